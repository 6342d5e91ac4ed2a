import type { Account } from '../account.ts';
import { unprocessable } from '../api/errors.ts';
import type { CaptureRecord } from '../store/records.ts';
import { refundableMinor } from './view.ts';

/** How long after its capture money can be sent back. */
const REFUND_WINDOW_MS = 180 * 24 * 3_600_000;

/** Refuses a refund that the capture does not allow. */
export function refuseRefund(account: Account, capture: CaptureRecord, amountMinor: number): void {
  if (capture.status === 'PENDING') throw unprocessable('PENDING_CAPTURE');
  if (capture.status === 'DECLINED') throw unprocessable('REFUND_NOT_ALLOWED');
  const leftMinor = refundableMinor(account, capture);
  if (leftMinor <= 0) throw unprocessable('CAPTURE_FULLY_REFUNDED');
  refuseDisputed(account, capture, amountMinor < leftMinor);
  if (account.nowMs() > Date.parse(capture.createdAt) + REFUND_WINDOW_MS)
    throw unprocessable('REFUND_TIME_LIMIT_EXCEEDED');
  if (amountMinor > leftMinor) throw unprocessable('REFUND_AMOUNT_EXCEEDED', '/amount/value');
}

/** While a case is open all can be given back, not a part; once it is a chargeback, nothing. */
function refuseDisputed(account: Account, { id }: CaptureRecord, partial: boolean): void {
  const disputes = account.store
    .all('dispute')
    .filter(({ captureId, status }) => captureId === id && status !== 'RESOLVED');
  if (disputes.some(({ stage }) => stage !== 'INQUIRY'))
    throw unprocessable('REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK');
  if (partial && disputes.length > 0) throw unprocessable('TRANSACTION_DISPUTED');
}
