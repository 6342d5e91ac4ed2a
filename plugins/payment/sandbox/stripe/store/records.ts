import type Stripe from 'stripe';
import type { KeyRecord } from '../../shared/api/idempotency.ts';
import type { CoreRecords } from '../../shared/store/records.ts';

/** A payment method and the magic name that decides how charging it goes. */
export interface MethodRecord {
  readonly object: Stripe.PaymentMethod;
  readonly magic: string;
  /** It had its one use without a customer, or lost its customer. */
  readonly spent?: boolean;
  /** Charges are declined whatever the name says, by a tester's wish. */
  readonly declines?: boolean;
}

/** A job for a time of the sandbox's clock (epoch milliseconds). */
export type JobRecord = { readonly dueAtMs: number } & (
  | { readonly kind: 'expire-authorization' | 'settle' | 'settle-invoice'; readonly intentId: string }
  | { readonly kind: 'settle-refund' | 'fail-refund'; readonly refundId: string }
  | { readonly kind: 'open-dispute'; readonly chargeId: string }
  | { readonly kind: 'decide-dispute'; readonly disputeId: string }
  /** `tries` counts the charges of the renewal so far. */
  | { readonly kind: 'retry-invoice'; readonly invoiceId: string; readonly tries: number }
  | { readonly kind: 'renew-subscription' | 'expire-subscription'; readonly subscriptionId: string }
);

/** The outcome of the first request with an idempotency key. */
interface IdempotencyRecord extends KeyRecord {
  readonly requestId: string;
  readonly status: number;
  readonly body: string;
}

/** Every kind of record the sandbox keeps. */
export interface Records extends CoreRecords {
  readonly intent: Stripe.PaymentIntent;
  readonly charge: Stripe.Charge;
  readonly setupIntent: Stripe.SetupIntent;
  readonly refund: Stripe.Refund;
  readonly dispute: Stripe.Dispute;
  readonly fraudWarning: Stripe.Radar.EarlyFraudWarning;
  readonly product: Stripe.Product;
  readonly price: Stripe.Price;
  readonly subscription: Stripe.Subscription;
  readonly invoice: Stripe.Invoice;
  readonly invoicePayment: Stripe.InvoicePayment;
  /** The invoice that an intent pays, by the intent's id. */
  readonly invoiceOf: string;
  /** What becomes of a subscription whose renewal could not be charged. */
  readonly afterRetries: 'cancel' | 'unpaid';
  readonly customer: Stripe.Customer | Stripe.DeletedCustomer;
  readonly method: MethodRecord;
  readonly event: Stripe.Event;
  readonly job: JobRecord;
  readonly idempotency: IdempotencyRecord;
}
