import type { DisputeRecord } from '../store/dispute-record.ts';
import type { Account } from '../account.ts';

/** The disputes of a capture that are not resolved. */
export function openDisputes(account: Account, captureId: string): DisputeRecord[] {
  return account.store
    .all('dispute')
    .map(({ value }) => value)
    .filter((dispute) => dispute.captureId === captureId && dispute.status !== 'RESOLVED');
}
