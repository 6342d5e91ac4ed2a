import type { KeyRecord } from '../../shared/api/idempotency.ts';
import type { CoreRecords } from '../../shared/store/records.ts';
import type { Outcome } from '../orders/outcomes.ts';
import type { DisputeRecord } from './dispute-record.ts';
import type { MoneyResource } from './resource.ts';
import type { PlanRecord, ProductRecord, SubscriptionRecord } from './subscription-records.ts';
import type { PaymentTokenRecord, SetupTokenRecord } from './vault-records.ts';

/** An order with its one purchase unit. */
export interface OrderRecord extends MoneyResource {
  readonly intent: 'CAPTURE' | 'AUTHORIZE';
  readonly status: 'CREATED' | 'PAYER_ACTION_REQUIRED' | 'APPROVED' | 'COMPLETED' | 'VOIDED';
  readonly referenceId: string;
  readonly description?: string | undefined;
  readonly softDescriptor?: string | undefined;
  readonly returnUrl?: string | undefined;
  readonly cancelUrl?: string | undefined;
  /** It was made with `payment_source.paypal`. */
  readonly wallet: boolean;
  /** What the payer's account does, chosen when the payer approved. */
  readonly outcome?: Outcome | undefined;
  /** How often the payer's instrument was declined. */
  readonly declines: number;
  /** The current authorization; `formerIds` are those that it replaced. */
  readonly authorizationId?: string;
  readonly formerIds?: readonly string[];
  readonly captureIds: readonly string[];
}

/** An authorization of a whole order; the honor period starts with `createdAt`. */
export interface AuthorizationRecord extends MoneyResource {
  readonly orderId: string;
  readonly status: 'CREATED' | 'PARTIALLY_CAPTURED' | 'CAPTURED' | 'VOIDED';
  /** It was not voided by the merchant but by time. */
  readonly expired: boolean;
  readonly captureIds: readonly string[];
  /** It is the result of a reauthorization. */
  readonly renewed?: boolean;
  readonly expiresAt: string;
}

/** A capture of an order, or of all or a part of an authorization, or a charge of a subscription. */
export interface CaptureRecord extends MoneyResource {
  readonly orderId?: string | undefined;
  readonly authorizationId?: string | undefined;
  readonly subscriptionId?: string | undefined;
  readonly status: 'PENDING' | 'COMPLETED' | 'DECLINED' | 'PARTIALLY_REFUNDED' | 'REFUNDED';
  readonly reason?: 'ECHECK' | 'PENDING_REVIEW' | undefined;
  readonly final: boolean;
  /** Refunds and reversals, oldest first. */
  readonly refundIds?: readonly string[];
}

/** A refund or a reversal of a capture. */
export interface RefundRecord extends MoneyResource {
  readonly captureId: string;
  readonly status: 'PENDING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';
  /** PayPal reversed the capture; the merchant did not refund it. */
  readonly reversal: boolean;
  readonly noteToPayer?: string | undefined;
}

/** A job for a time of the sandbox's clock (epoch milliseconds). */
export interface JobRecord {
  readonly kind:
    | 'expire-order'
    | 'expire-authorization'
    | 'complete-capture'
    | 'deny-capture'
    | 'complete-refund'
    | 'fail-refund'
    | 'bill-subscription';
  readonly ref: string;
  readonly dueAtMs: number;
}

/** A webhook event as it is sent. */
export interface EventRecord {
  readonly id: string;
  readonly event_version: '1.0';
  readonly create_time: string;
  readonly resource_type: string;
  readonly resource_version?: string;
  readonly event_type: string;
  readonly summary: string;
  readonly resource: Readonly<Record<string, unknown>>;
  readonly links: readonly object[];
}

/** What a `PayPal-Request-Id` made. */
interface RequestIdRecord extends KeyRecord {
  readonly ref: string;
}

/** The certificates and the key that webhooks are signed with. */
export interface PkiRecord {
  readonly certId: string;
  readonly caPem: string;
  readonly leafPem: string;
  readonly privateKeyPem: string;
}

/** Every kind of record the sandbox keeps. */
export interface Records extends CoreRecords {
  readonly order: OrderRecord;
  readonly authorization: AuthorizationRecord;
  readonly capture: CaptureRecord;
  readonly refund: RefundRecord;
  readonly dispute: DisputeRecord;
  readonly setupToken: SetupTokenRecord;
  readonly paymentToken: PaymentTokenRecord;
  readonly product: ProductRecord;
  readonly plan: PlanRecord;
  readonly subscription: SubscriptionRecord;
  readonly event: EventRecord;
  readonly job: JobRecord;
  readonly requestId: RequestIdRecord;
  /** The order that paid an invoice, by invoice id. */
  readonly invoice: string;
  readonly pki: PkiRecord;
}
