import type { AmountRange } from '../money/amount-range.ts';
import type { Snapshot } from '../payments/model/snapshot.ts';
import type { Customers, Renewal, Subscriptions } from './customers.ts';
import type { MoneyBack } from './refunds-and-disputes.ts';
import type { ProviderRecords } from './records.ts';

/** The providers that exist. */
export const providerNames = ['stripe', 'paypal'] as const;
export type ProviderName = (typeof providerNames)[number];

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

/**
 * Codes that we give ourselves where the provider sends none. They stand in logs and records, and are never shown
 * as the provider's own.
 */
export const ownCodes = [
  'amount_not_representable',
  'arguments_invalid',
  'auth',
  'authorization_denied',
  'cancel_at_period_end_unsupported',
  'capture_declined',
  'capture_not_named',
  'invalid-state',
  'multicapture_off',
  'never_sent',
  'object_missing',
  'order_moved_on',
  'rate_limited',
  'sale_denied',
  'saved_method_unsupported',
  'subscription_charge',
  'subscription_ended',
  'subscriptions_live',
  'timed_out',
  'too_many_intents',
  'unexpected_answer',
  'unexpected_error',
  'unsent',
  'unspecified',
  'value_missing',
] as const;
export type OwnCode = (typeof ownCodes)[number];

const OWN: ReadonlySet<string> = new Set(ownCodes);

/** The provider's own code, such as `resource_missing` or a PayPal issue; `undefined` for one of ours. */
export const providerCodeOf = (code: string | undefined): string | undefined =>
  code === undefined || OWN.has(code) ? undefined : code;

/**
 * What a refusal or fault of the provider means for money: `declined`, `invalid`, `auth`, `rate_limited` are
 * definitive, nothing happened; `already_done`: fetch and converge; `in_progress`, `unknown`: it may have
 * happened, so nothing may be given up.
 */
export type ProviderErrorClass =
  | 'declined'
  | 'invalid'
  | 'already_done'
  | 'in_progress'
  | 'rate_limited'
  | 'auth'
  | 'unknown';

export interface ProviderErrorDetails {
  readonly class: ProviderErrorClass;
  /** The provider's stable code, or one of {@link ownCodes}; never its message, nor a name of its SDK. */
  readonly code: string;
  /** The answer says that there is no such object, or not any more. It is definitive. */
  readonly missing?: boolean;
  /** The HTTP status of the answer, for the log. */
  readonly httpStatus?: number | undefined;
  readonly declineCode?: string | undefined;
  readonly param?: string | undefined;
  readonly requestId?: string | undefined;
  /** The provider answered from its idempotency store, so that asking again with this key brings nothing new. */
  readonly replayed?: boolean;
  /** The object as it is after a decline, where the provider sends it along. */
  readonly snapshot?: Snapshot | undefined;
}

/** The only error that a provider adapter throws. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly details: ProviderErrorDetails;

  constructor(details: ProviderErrorDetails, options?: ErrorOptions) {
    super(`${details.class}: ${details.code}`, options);
    this.details = details;
  }
}

/** What bounds and identifies one call. */
export interface ProviderCall {
  /** Milliseconds left for the whole call, retries included. */
  readonly budgetMs: number;
  /** Required for every call that changes something. */
  readonly idempotencyKey?: string;
}

/** Whose an object is, as it says itself or through what it belongs to. */
export interface Owner {
  /** Our payment id; undefined on what no payment of ours made. */
  readonly paymentId?: string | undefined;
  readonly deployment?: string | undefined;
  /** The charge of a subscription that it is. */
  readonly renewal?: Renewal | undefined;
}

export interface CreateRequest {
  readonly paymentId: string;
  /** The deployment that the object is to name; absent on requests that were begun before there was one. */
  readonly deployment?: string | undefined;
  readonly amountMinor: number;
  readonly currency: string;
  readonly captureMethod: 'automatic' | 'manual';
  readonly paymentMethodId?: string | undefined;
  readonly confirm?: boolean | undefined;
  readonly returnUrl?: string | undefined;
  readonly description?: string | undefined;
  readonly orderReference?: string | undefined;
  /** The provider's id of the customer. */
  readonly customerRef?: string | undefined;
  /** The method is a saved one and the payer is not there to authenticate: with `confirm` only. */
  readonly offSession?: boolean | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What not every provider can do; asking for it elsewhere is `capability-unsupported`. */
export interface Capabilities {
  /** A payment method of the payer can be confirmed from the server, when the payment is created and later. */
  readonly confirmOnServer: boolean;
  /** The payer's browser confirms with a secret, which can be read again as long as the payment waits for it. */
  readonly clientSecrets: boolean;
  /** Objects can be found by our payment id. Elsewhere, what nobody has the link of can never be paid. */
  readonly search: boolean;
  /** An authorization can be captured in several parts. */
  readonly multipleCaptures: boolean;
  /** Refunds are made per capture, not per payment: `Snapshot.captures` lists them. */
  readonly refundsPerCapture: boolean;
  /** A subscription can be told to end with its period. */
  readonly cancelAtPeriodEnd: boolean;
  /** A customer can be created without a payment method. */
  readonly customersWithoutMethod: boolean;
  /** A payment can be made with a saved method of a customer, although `confirmOnServer` may be missing. */
  readonly savedMethods: boolean;
}

/** What the plugin needs of a payment provider. Methods reject with {@link ProviderError} only. */
export interface PaymentProvider {
  readonly name: ProviderName;
  /** Whether the credentials move real money. */
  readonly livemode: boolean;
  readonly capabilities: Capabilities;
  /** How long after its first use a key may be sent again; after that we look before we send. */
  readonly keyTrustedMs: number;
  /**
   * The smallest amount step that the provider can carry, in ISO minor units; `undefined`: it does not offer
   * the currency.
   */
  stepMinor(currency: string): number | undefined;
  /**
   * What one payment may come to by the provider's documents, in ISO minor units; a bound that depends on the
   * account or the method is the one that usually holds, and the provider itself judges by it.
   */
  amountBounds(currency: string): Partial<AmountRange>;
  create(request: CreateRequest, call: ProviderCall): Promise<Snapshot>;
  retrieve(ref: string, call: ProviderCall): Promise<Snapshot>;
  /**
   * Whose the money is that a refund or a dispute is about, by the payment or the capture that it names; undefined
   * when there is no such object.
   */
  ownerOf(
    object: { readonly ref?: string | undefined; readonly captureRef?: string | undefined },
    call: ProviderCall,
  ): Promise<Owner | undefined>;
  /** Looks for the object of a payment whose reference was never learned; finds nothing without `search`. */
  find(
    payment: { readonly paymentId: string; readonly createdAt: string },
    call: ProviderCall,
  ): Promise<Snapshot | undefined>;
  /** Tries to pay with a method, where the payment waits for its payer: with `confirmOnServer` only. */
  confirm?(
    request: {
      readonly ref: string;
      readonly paymentMethodId: string;
      readonly returnUrl?: string | undefined;
      /** The method is a saved one and the payer is not there to authenticate. */
      readonly offSession?: boolean | undefined;
    },
    call: ProviderCall,
  ): Promise<Snapshot>;
  /**
   * Takes the whole amount of a payment that its payer has approved, or holds it with manual capture. Only
   * providers that show `approved` have it; `declined` means that the payer may approve anew.
   */
  complete?(
    request: { readonly ref: string; readonly captureMethod: 'automatic' | 'manual' },
    call: ProviderCall,
  ): Promise<Snapshot>;
  /** Captures up to the capturable amount; a final capture, the default, releases the rest. */
  capture(
    request: {
      readonly ref: string;
      readonly amountMinor: number;
      readonly currency: string;
      readonly final?: boolean;
    },
    call: ProviderCall,
  ): Promise<Snapshot>;
  cancel(
    request: { readonly ref: string; readonly reason?: string | undefined },
    call: ProviderCall,
  ): Promise<Snapshot>;
  /** A cheap authenticated call that changes nothing. */
  probe(call: ProviderCall): Promise<void>;
  readonly moneyBack: MoneyBack;
  readonly customers: Customers;
  readonly subscriptions: Subscriptions;
  readonly records: ProviderRecords;
}
