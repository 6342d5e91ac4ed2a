import type { ProviderCall, ProviderName } from './provider-call.ts';
import type { AmountRange } from '../money/amount-range.ts';
import type { Snapshot } from '../payments/model/snapshot.ts';
import type { Customers } from './customers.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { Renewal } from '../subscriptions/model/snapshots.ts';
import type { RefundsAndDisputes } from './refunds-and-disputes.ts';
import type { ProviderRecords } from './records.ts';

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
  readonly idempotencyKeyTtlMs: number;
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
  readonly refundsAndDisputes: RefundsAndDisputes;
  readonly customers: Customers;
  readonly subscriptions: Subscriptions;
  readonly records: ProviderRecords;
}
