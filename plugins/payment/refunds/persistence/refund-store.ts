import type { Dispute } from '../../disputes/model/dispute.ts';
import type { Payment } from '../../payments/model/payment.ts';
import type { Refund } from '../model/refund.ts';
import type { IdempotencyClaim, IdempotencyRecord, IdempotencyRelock } from '../../store/idempotency.ts';

/**
 * The result of starting a refund. `refused`: the refundable amount is too small by now, or refunds are blocked.
 */
export type RefundClaimed =
  | { readonly kind: 'claimed' }
  | { readonly kind: 'key-taken'; readonly record: IdempotencyRecord }
  | { readonly kind: 'refused' };

/** Persistence of refunds and disputes. Every read is strongly consistent. */
export interface RefundStore {
  /**
   * T3r: the intent of a refund. Reserves its amount by a condition on the refundable amount, so that refunds of
   * one payment do not conflict; `whole`: only while the refundable amount is exactly that, `fenced`: only at the
   * payment's version.
   */
  beginRefund(intent: {
    readonly before: Payment;
    readonly after: Payment;
    readonly refund: Refund;
    readonly condition: 'available' | 'whole' | 'fenced';
    readonly idempotency: IdempotencyClaim | undefined;
  }): Promise<RefundClaimed>;
  /** Acquires the lock of a refund whose invocation has died; only one of several concurrent calls succeeds. */
  relockRefund(takeover: {
    readonly refund: Refund;
    readonly lockUntil: number;
    readonly idempotency: IdempotencyRelock | undefined;
  }): Promise<'committed' | 'stale'>;
  /** The refunds of a payment, the oldest first. */
  refunds(paymentId: string): Promise<readonly Refund[]>;
  /** Payment and one of its refunds in one round trip. */
  loadRefund(
    paymentId: string,
    refundId: string,
  ): Promise<{ readonly payment: Payment | undefined; readonly refund: Refund | undefined }>;
  /** The disputes and reversals of a payment, the oldest first. */
  disputes(paymentId: string): Promise<readonly Dispute[]>;
}
