import type { Dispute } from '../../disputes/model/dispute.ts';
import type { Payment } from '../../payments/model/payment.ts';
import type { Refund } from '../model/refund.ts';
import type { IdempotencyClaim, IdempotencyRecord, IdempotencyRelock } from '../../store/idempotency.ts';

/** How a refund was begun. `refused`: the room is smaller by now, or refunds are blocked. */
export type RefundClaimed =
  | { readonly kind: 'claimed' }
  | { readonly kind: 'key-taken'; readonly record: IdempotencyRecord }
  | { readonly kind: 'refused' };

/** What goes back of payments. Every read is strongly consistent. */
export interface RefundStore {
  /**
   * T3r: the intent of a refund. Takes its amount of the payment's room by numbers alone, so that refunds of one
   * payment need not wait for each other; `whole`: only as long as the room is exactly that amount, `fenced`:
   * only as long as nobody has changed the payment.
   */
  beginRefund(intent: {
    readonly before: Payment;
    readonly after: Payment;
    readonly refund: Refund;
    readonly condition: 'available' | 'whole' | 'fenced';
    readonly idempotency: IdempotencyClaim | undefined;
  }): Promise<RefundClaimed>;
  /** Takes over a refund whose invocation is gone: one of several that try. */
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
