/**
 * Where our ids and the caller's order stand in the metadata of the provider's object. Clients may not set
 * these.
 */
export const PAYMENT_ID_KEY = 'payment_id';
export const ORDER_REFERENCE_KEY = 'order_reference';
export const REFUND_ID_KEY = 'refund_id';
export const CUSTOMER_ID_KEY = 'customer_id';
export const SUBSCRIPTION_ID_KEY = 'subscription_id';
/** Where the deployment that made an object stands, for accounts that several of them share. */
export const DEPLOYMENT_KEY = 'anineeplus_deployment';
/** The keys that say whose object it is in the provider's metadata; no client may use them. */
export const OWN_METADATA_KEYS: readonly string[] = [
  PAYMENT_ID_KEY,
  ORDER_REFERENCE_KEY,
  REFUND_ID_KEY,
  CUSTOMER_ID_KEY,
  SUBSCRIPTION_ID_KEY,
  DEPLOYMENT_KEY,
];
/** How many keys of ours one object of a provider may have at most. */
export const OWN_METADATA_KEYS_MAX = 5;
