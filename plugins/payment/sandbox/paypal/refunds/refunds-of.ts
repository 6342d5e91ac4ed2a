import type { CaptureRecord, RefundRecord } from '../store/records.ts';
import type { Account } from '../account.ts';

/** What went back from a capture, in whatever state, oldest first. */
export function refundsOf(account: Account, { refundIds = [] }: CaptureRecord): RefundRecord[] {
  return refundIds.flatMap((id) => account.store.get('refund', id) ?? []);
}

/** What of a capture can still go back: pending refunds hold their amount. */
export function refundableMinor(account: Account, capture: CaptureRecord): number {
  return capture.amountMinor - sum(refundsOf(account, capture), ['PENDING', 'COMPLETED']);
}

/** What has gone back of a capture. */
export function refundedMinor(account: Account, capture: CaptureRecord): number {
  return sum(refundsOf(account, capture), ['COMPLETED']);
}

function sum(refunds: readonly RefundRecord[], states: readonly RefundRecord['status'][]): number {
  return refunds.reduce(
    (total, { amountMinor, status }) => total + (states.includes(status) ? amountMinor : 0),
    0,
  );
}
