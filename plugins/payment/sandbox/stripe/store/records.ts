import type Stripe from 'stripe';
import type { CoreRecords } from '../../shared/store/records.ts';

/** A payment method and the magic name that decides how charging it goes. */
export interface MethodRecord {
  readonly object: Stripe.PaymentMethod;
  readonly magic: string;
  /** It had its one use without a customer, or lost its customer. */
  readonly spent?: boolean;
}

interface IntentJob {
  readonly kind: 'expire-authorization' | 'settle';
  readonly intentId: string;
}

interface RefundJob {
  readonly kind: 'settle-refund' | 'fail-refund';
  readonly refundId: string;
}

interface OpenDisputeJob {
  readonly kind: 'open-dispute';
  readonly chargeId: string;
}

interface DecideDisputeJob {
  readonly kind: 'decide-dispute';
  readonly disputeId: string;
}

interface SettleInvoiceJob {
  readonly kind: 'settle-invoice';
  readonly intentId: string;
}

interface RetryInvoiceJob {
  readonly kind: 'retry-invoice';
  readonly invoiceId: string;
  /** Charges of the renewal so far. */
  readonly tries: number;
}

interface SubscriptionJob {
  readonly kind: 'renew-subscription' | 'expire-subscription';
  readonly subscriptionId: string;
}

/** Work that falls due at a time of the sandbox's clock (epoch milliseconds). */
export type JobRecord = (
  | IntentJob
  | RefundJob
  | OpenDisputeJob
  | DecideDisputeJob
  | SettleInvoiceJob
  | RetryInvoiceJob
  | SubscriptionJob
) & { readonly dueAtMs: number };

/** What an idempotency key did the first time; `fingerprint` covers method, path and parameters. */
export interface IdempotencyRecord {
  readonly fingerprint: string;
  readonly requestId: string;
  readonly status: number;
  readonly body: string;
  readonly createdAtMs: number;
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
