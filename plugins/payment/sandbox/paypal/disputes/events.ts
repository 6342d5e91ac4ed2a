import { emit } from '../events.ts';
import type { DisputeRecord } from '../store/dispute-record.ts';
import type { Account } from '../account.ts';
import { disputeView } from './view.ts';

const SUMMARIES = {
  CREATED: 'A new dispute opened with Case #',
  UPDATED: 'A dispute was updated with Case #',
  RESOLVED: 'A dispute was resolved with case #',
} as const;

/** Announces a change of a dispute. */
export function emitDispute(account: Account, what: keyof typeof SUMMARIES, dispute: DisputeRecord): void {
  emit(account, {
    resource_type: 'dispute',
    event_type: `CUSTOMER.DISPUTE.${what}`,
    summary: `${SUMMARIES[what]} ${dispute.id}`,
    resource: disputeView(account, dispute),
  });
}
