import { type Account, isoTime, nowIso } from '../account.ts';
import { emit } from '../events.ts';
import { newDisputeId } from '../ids.ts';
import { makeReversal } from '../refunds/make.ts';
import { refundableMinor } from '../refunds/view.ts';
import type { DisputeOutcome, DisputeRecord } from '../store/dispute-record.ts';
import type { CaptureRecord } from '../store/records.ts';
import { disputeView } from './view.ts';

/** How long the merchant may take to answer an inquiry, and everything later. */
const INQUIRY_MS = 20 * 24 * 3_600_000;
const ANSWER_MS = 10 * 24 * 3_600_000;

/** The payer complains. */
export function openDispute(
  account: Account,
  capture: CaptureRecord,
  what: Pick<DisputeRecord, 'reason' | 'stage' | 'amountMinor'>,
): DisputeRecord {
  const at = nowIso(account);
  const made: DisputeRecord = {
    ...what,
    id: newDisputeId(),
    captureId: capture.id,
    currency: capture.currency,
    status: 'WAITING_FOR_SELLER_RESPONSE',
    sellerDueAt: dueAt(account, what.stage),
    createdAt: at,
    updatedAt: at,
  };
  account.store.put('dispute', made.id, made);
  emitDispute(account, 'CREATED', made);
  return made;
}

/** The dispute goes on: another status, or a later stage with a new time to answer. */
export function changeDispute(
  account: Account,
  dispute: DisputeRecord,
  { stage, status }: Partial<Pick<DisputeRecord, 'stage' | 'status'>>,
): DisputeRecord {
  const changed = {
    ...dispute,
    status: status ?? dispute.status,
    ...(stage === undefined ? {} : { stage, sellerDueAt: dueAt(account, stage) }),
    updatedAt: nowIso(account),
  };
  account.store.put('dispute', changed.id, changed);
  emitDispute(account, 'UPDATED', changed);
  return changed;
}

/** Ends a dispute. In the payer's favour the money is taken from the capture, as far as it is still there. */
export function closeDispute(
  account: Account,
  dispute: DisputeRecord,
  outcome: DisputeOutcome,
): DisputeRecord {
  const capture = account.store.get('capture', dispute.captureId);
  const lost = outcome === 'RESOLVED_BUYER_FAVOUR' && capture !== undefined;
  const takenMinor = lost ? Math.min(dispute.amountMinor, refundableMinor(account, capture)) : 0;
  const closed: DisputeRecord = {
    ...dispute,
    status: 'RESOLVED',
    outcome,
    ...(lost ? { takenMinor } : {}),
    updatedAt: nowIso(account),
  };
  account.store.put('dispute', closed.id, closed);
  if (capture && takenMinor > 0) makeReversal(account, capture, takenMinor);
  emitDispute(account, 'RESOLVED', closed);
  return closed;
}

function dueAt(account: Account, stage: DisputeRecord['stage']): string {
  return isoTime(account.nowMs() + (stage === 'INQUIRY' ? INQUIRY_MS : ANSWER_MS));
}

const SUMMARIES = {
  CREATED: 'A new dispute opened with Case #',
  UPDATED: 'A dispute was updated with Case #',
  RESOLVED: 'A dispute was resolved with case #',
} as const;

/** Announces a change of a dispute. */
function emitDispute(account: Account, what: keyof typeof SUMMARIES, dispute: DisputeRecord): void {
  emit(account, {
    resource_type: 'dispute',
    event_type: `CUSTOMER.DISPUTE.${what}`,
    summary: `${SUMMARIES[what]} ${dispute.id}`,
    resource: disputeView(account, dispute),
  });
}
