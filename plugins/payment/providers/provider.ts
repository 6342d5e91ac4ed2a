import type { ProviderCall, ProviderName } from './provider-call.ts';
import type { AmountRange } from '../money/amount-range.ts';
import type { Snapshot } from '../payments/model/snapshot.ts';
import type { Customers } from './customers.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { Renewal } from '../subscriptions/model/snapshots.ts';
import type { RefundsAndDisputes } from './refunds-and-disputes.ts';
import type { ProviderRecords } from './records.ts';

/** The owner of a provider's object, by its own metadata or that of its parent. */
export interface Owner {
  /** Our payment id; undefined on objects that no payment of ours created. */
  readonly paymentId?: string | undefined;
  readonly deployment?: string | undefined;
  /** The subscription charge, if the object is one. */
  readonly renewal?: Renewal | undefined;
}

/** A payment to create at the provider. Amounts are ISO 4217 minor units. */
export interface CreateRequest {
  readonly paymentId: string;
  /** The deployment to record on the object; absent for payments created before deployments were recorded. */
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
  /** A saved method is charged without the payer being present to authenticate; only with `confirm`. */
  readonly offSession?: boolean | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Capabilities that not every provider has; a call that needs a missing one is rejected with
 * `capability-unsupported`.
 */
export interface Capabilities {
  /** A payment can be confirmed from the server with a payment method, at its creation and later. */
  readonly confirmOnServer: boolean;
  /**
   * The payer's browser confirms with a client secret, which can be fetched while the payment waits for its payer.
   */
  readonly clientSecrets: boolean;
  /**
   * Payments can be found by our payment id. Without it, a payment whose creation response was lost can never be
   * paid, because nobody has its approval link.
   */
  readonly search: boolean;
  /** An authorization can be captured in several parts. */
  readonly multipleCaptures: boolean;
  /** Refunds are made per capture, not per payment; `Snapshot.captures` lists the captures. */
  readonly refundsPerCapture: boolean;
  /** A subscription can be canceled at the end of its period. */
  readonly cancelAtPeriodEnd: boolean;
  /** A customer can be created without a payment method. */
  readonly customersWithoutMethod: boolean;
  /** A saved method of a customer can be charged, even without `confirmOnServer`. */
  readonly savedMethods: boolean;
}

/**
 * The port to a payment provider; `stripe/` and `paypal/` implement it. All amounts are ISO 4217 minor units.
 * Methods reject with {@link ProviderError} only.
 */
export interface PaymentProvider {
  readonly name: ProviderName;
  /** Whether the credentials move real money. */
  readonly livemode: boolean;
  readonly capabilities: Capabilities;
  /**
   * Milliseconds after its first use for which the provider honors an idempotency key. Later, an operation is
   * looked up before it is sent again.
   */
  readonly idempotencyKeyTtlMs: number;
  /**
   * The smallest amount step that the provider accepts, in ISO 4217 minor units; undefined when it does not support
   * the currency.
   */
  stepMinor(currency: string): number | undefined;
  /**
   * The smallest and largest amount of one payment by the provider's documentation, in ISO 4217 minor units. Bounds
   * that depend on the account or the method are the usual ones; the provider itself enforces the exact ones.
   */
  amountBounds(currency: string): Partial<AmountRange>;
  /** Creates a payment. */
  create(request: CreateRequest, call: ProviderCall): Promise<Snapshot>;
  /** Fetches a payment. */
  retrieve(ref: string, call: ProviderCall): Promise<Snapshot>;
  /** The owner of the payment or capture that a refund or dispute names; undefined when there is no such object. */
  ownerOf(
    object: { readonly ref?: string | undefined; readonly captureRef?: string | undefined },
    call: ProviderCall,
  ): Promise<Owner | undefined>;
  /**
   * Looks up the object of a payment whose creation response was lost; undefined when there is none, and always
   * without `search`.
   */
  find(
    payment: { readonly paymentId: string; readonly createdAt: string },
    call: ProviderCall,
  ): Promise<Snapshot | undefined>;
  /** Confirms a payment that waits for its payer with a payment method; only with `confirmOnServer`. */
  confirm?(
    request: {
      readonly ref: string;
      readonly paymentMethodId: string;
      readonly returnUrl?: string | undefined;
      /** A saved method is charged without the payer being present to authenticate. */
      readonly offSession?: boolean | undefined;
    },
    call: ProviderCall,
  ): Promise<Snapshot>;
  /**
   * Captures the whole amount of an approved payment, or authorizes it with manual capture. Only providers with
   * status `approved` have it.
   * @throws ProviderError `declined` when the payer may approve again
   */
  complete?(
    request: { readonly ref: string; readonly captureMethod: 'automatic' | 'manual' },
    call: ProviderCall,
  ): Promise<Snapshot>;
  /** Captures up to the capturable amount. A final capture, the default, releases the rest. */
  capture(
    request: {
      readonly ref: string;
      readonly amountMinor: number;
      readonly currency: string;
      readonly final?: boolean;
    },
    call: ProviderCall,
  ): Promise<Snapshot>;
  /** Cancels a payment that is not captured, or releases the rest of its authorization. */
  cancel(
    request: { readonly ref: string; readonly reason?: string | undefined },
    call: ProviderCall,
  ): Promise<Snapshot>;
  /** A cheap authenticated read, for the health check. */
  probe(call: ProviderCall): Promise<void>;
  readonly refundsAndDisputes: RefundsAndDisputes;
  readonly customers: Customers;
  readonly subscriptions: Subscriptions;
  readonly records: ProviderRecords;
}
