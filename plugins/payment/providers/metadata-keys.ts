/**
 * The metadata keys in which the provider's object carries our ids and the caller's order reference. Clients may
 * not set them.
 */
export const PAYMENT_ID_KEY = 'payment_id';
export const ORDER_REFERENCE_KEY = 'order_reference';
export const REFUND_ID_KEY = 'refund_id';
export const CUSTOMER_ID_KEY = 'customer_id';
export const SUBSCRIPTION_ID_KEY = 'subscription_id';
/** The metadata key of the deployment that created an object, for accounts that several deployments share. */
export const DEPLOYMENT_KEY = 'anineeplus_deployment';
/** All metadata keys that clients may not use. */
export const OWN_METADATA_KEYS: readonly string[] = [
  PAYMENT_ID_KEY,
  ORDER_REFERENCE_KEY,
  REFUND_ID_KEY,
  CUSTOMER_ID_KEY,
  SUBSCRIPTION_ID_KEY,
  DEPLOYMENT_KEY,
];
/** How many of these keys one object has at most. */
export const OWN_METADATA_KEYS_MAX = 5;
