import type { RefundRecord } from '../store/refund-record.ts';
import type { CaptureRecord } from '../store/records.ts';
import type { Account } from '../account.ts';
import { nowIso } from '../account.ts';
import { emitRefund } from './events.ts';
import { refundedMinor } from './refunds-of.ts';

/** Ends a pending refund; undefined when it is not pending. */
export function settleRefund(
  account: Account,
  id: string,
  status: 'COMPLETED' | 'FAILED' | 'CANCELLED',
): RefundRecord | undefined {
  return account.store.transaction(() => {
    const pending = account.store.get('refund', id);
    if (pending?.status !== 'PENDING') return undefined;
    account.store.delete('job', id);
    const settled = { ...pending, status, updatedAt: nowIso(account) };
    account.store.put('refund', id, settled);
    const capture = account.store.get('capture', settled.captureId);
    if (capture) recount(account, capture);
    emitRefund(account, settled);
    return settled;
  });
}

/** Keeps a capture with the status that its completed refunds give it. */
export function recount(account: Account, capture: CaptureRecord): void {
  const backMinor = refundedMinor(account, capture);
  const partial = backMinor > 0 ? 'PARTIALLY_REFUNDED' : 'COMPLETED';
  const status = backMinor >= capture.amountMinor ? 'REFUNDED' : partial;
  account.store.put('capture', capture.id, { ...capture, status, updatedAt: nowIso(account) });
}
