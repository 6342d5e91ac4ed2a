import type { KeyRecord } from '../../shared/api/idempotency.ts';
import type { CoreRecords } from '../../shared/store/records.ts';
import type { Outcome } from '../orders/outcomes.ts';
import type { DisputeRecord } from './dispute-record.ts';
import type { PlanRecord, ProductRecord, SubscriptionRecord } from './subscription-records.ts';
import type { PaymentTokenRecord, SetupTokenRecord } from './vault-records.ts';

/** What an order, an authorization and a capture are told alike; texts that were not sent are undefined. */
export interface Labels {
  readonly customId?: string | undefined;
  readonly invoiceId?: string | undefined;
}

/** An order; amounts are minor units of its currency, times are ISO 8601 on the sandbox's clock. */
export interface OrderRecord extends Labels {
  readonly id: string;
  readonly intent: 'CAPTURE' | 'AUTHORIZE';
  readonly status: 'CREATED' | 'PAYER_ACTION_REQUIRED' | 'APPROVED' | 'COMPLETED' | 'VOIDED';
  readonly referenceId: string;
  readonly description?: string | undefined;
  readonly softDescriptor?: string | undefined;
  readonly currency: string;
  readonly amountMinor: number;
  readonly returnUrl?: string | undefined;
  readonly cancelUrl?: string | undefined;
  /** It was made with `payment_source.paypal`. */
  readonly wallet: boolean;
  /** What the payer's account does, chosen when the payer approved. */
  readonly outcome?: Outcome | undefined;
  /** How often the payer's instrument was declined. */
  readonly declines: number;
  /** The authorization that counts; `formerIds` are those it took the place of. */
  readonly authorizationId?: string;
  readonly formerIds?: readonly string[];
  readonly captureIds: readonly string[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** An authorization of a whole order; the honor period starts with `createdAt`. */
export interface AuthorizationRecord extends Labels {
  readonly id: string;
  readonly orderId: string;
  readonly status: 'CREATED' | 'PARTIALLY_CAPTURED' | 'CAPTURED' | 'VOIDED';
  /** It was not voided by the merchant but by time. */
  readonly expired: boolean;
  readonly currency: string;
  readonly amountMinor: number;
  readonly captureIds: readonly string[];
  /** It took the place of another one. */
  readonly renewed?: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly expiresAt: string;
}

/** A capture of an order, or of all or a part of an authorization, or a charge of a subscription. */
export interface CaptureRecord extends Labels {
  readonly id: string;
  readonly orderId?: string | undefined;
  readonly authorizationId?: string | undefined;
  readonly subscriptionId?: string | undefined;
  readonly status: 'PENDING' | 'COMPLETED' | 'DECLINED' | 'PARTIALLY_REFUNDED' | 'REFUNDED';
  readonly reason?: 'ECHECK' | 'PENDING_REVIEW' | undefined;
  readonly final: boolean;
  readonly currency: string;
  readonly amountMinor: number;
  /** What went back or is on its way: refunds and reversals, oldest first. */
  readonly refundIds?: readonly string[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Money that went back from a capture, or is on its way; amounts are minor units. */
export interface RefundRecord extends Labels {
  readonly id: string;
  readonly captureId: string;
  readonly status: 'PENDING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';
  /** PayPal took the money, not the merchant gave it. */
  readonly reversal: boolean;
  readonly currency: string;
  readonly amountMinor: number;
  readonly noteToPayer?: string | undefined;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Work that falls due at a time of the sandbox's clock (epoch milliseconds). */
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
export interface RequestIdRecord extends KeyRecord {
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
