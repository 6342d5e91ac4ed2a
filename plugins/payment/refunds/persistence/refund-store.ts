import type { Dispute } from '../../disputes/model/dispute.ts';
import type { Payment } from '../../payments/model/payment.ts';
import type { Refund } from '../model/refund.ts';
import type { IdempotencyRelock } from '../../store/idempotency.ts';
import type { Records, Written } from '../../store/records.ts';

/** Persistence of refunds and disputes. Every read is strongly consistent. */
export interface RefundStore {
  /**
   * Writes the intent of a refund. Reserves its amount by a condition on the refundable amount, so that refunds of
   * one payment do not conflict; `whole`: only while the refundable amount is exactly that, `fenced`: only at the
   * payment's version.
   * @returns `stale` when the refundable amount is too small by now, or refunds are blocked
   */
  beginRefund(
    intent: {
      readonly before: Payment;
      readonly after: Payment;
      readonly refund: Refund;
      readonly condition: 'available' | 'whole' | 'fenced';
    },
    records: Records,
  ): Promise<Written>;
  /** Acquires the lock of a refund whose invocation has died; only one of several concurrent calls succeeds. */
  relockRefund(refund: Refund, lockUntil: number, relock: IdempotencyRelock | undefined): Promise<Written>;
  /** The refunds of a payment, the oldest first. */
  refunds(paymentId: string): Promise<readonly Refund[]>;
  refund(paymentId: string, refundId: string): Promise<Refund | undefined>;
  /** The disputes and reversals of a payment, the oldest first. */
  disputes(paymentId: string): Promise<readonly Dispute[]>;
}
