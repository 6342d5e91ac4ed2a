import { type Account, nowIso } from '../account.ts';
import { newId } from '../ids.ts';
import { SETTLE_AFTER_MS } from '../payments/captures.ts';
import type { CaptureRecord, RefundRecord } from '../store/records.ts';
import { emitRefund, emitReversal } from './events.ts';
import { refundedMinor } from './view.ts';

/** What becomes of a refund: at once, or first `PENDING` and then completed, failed, or as a control says. */
type RefundOutcome = 'completes' | 'pending' | 'pending-fails' | 'review' | 'fails';

/** Refund amounts, in minor units, that choose an outcome in any currency. */
const RESERVED: Readonly<Record<number, RefundOutcome>> = {
  2003: 'pending',
  2004: 'pending-fails',
  2005: 'review',
  2006: 'fails',
};

/** The outcome of a refund by its amount. */
function refundOutcomeOf(amountMinor: number): RefundOutcome {
  return RESERVED[amountMinor] ?? 'completes';
}

/** What is known of a refund or a reversal before it is made. */
interface NewRefund {
  readonly amountMinor: number;
  readonly customId?: string | undefined;
  readonly invoiceId?: string | undefined;
  readonly noteToPayer?: string | undefined;
}

/** Refunds a capture; the amount chooses the outcome. */
export function makeRefund(account: Account, capture: CaptureRecord, what: NewRefund): RefundRecord {
  const outcome = refundOutcomeOf(what.amountMinor);
  const pending = outcome === 'completes' ? 'COMPLETED' : 'PENDING';
  const status = outcome === 'fails' ? 'FAILED' : pending;
  const made = keepRefund(account, capture, { ...what, status, reversal: false });
  if (outcome === 'pending' || outcome === 'pending-fails') {
    const kind = outcome === 'pending' ? 'complete-refund' : 'fail-refund';
    account.store.put('job', made.id, { kind, ref: made.id, dueAtMs: account.nowMs() + SETTLE_AFTER_MS });
  }
  emitRefund(account, made);
  return made;
}

/** Reverses a capture, for a chargeback or a lost dispute. */
export function makeReversal(account: Account, capture: CaptureRecord, amountMinor: number): RefundRecord {
  const made = keepRefund(account, capture, { amountMinor, status: 'COMPLETED', reversal: true });
  emitReversal(account, made);
  return made;
}

function keepRefund(
  account: Account,
  capture: CaptureRecord,
  what: NewRefund & Pick<RefundRecord, 'status' | 'reversal'>,
): RefundRecord {
  const at = nowIso(account);
  const made: RefundRecord = {
    ...what,
    id: newId(),
    captureId: capture.id,
    currency: capture.currency,
    customId: what.customId ?? capture.customId,
    invoiceId: what.invoiceId ?? capture.invoiceId,
    createdAt: at,
    updatedAt: at,
  };
  account.store.put('refund', made.id, made);
  recountRefunds(account, { ...capture, refundIds: [...(capture.refundIds ?? []), made.id] });
  return made;
}

/** Ends a pending refund; undefined when it is not pending. */
export function settleRefund(
  account: Account,
  id: string,
  status: 'COMPLETED' | 'FAILED' | 'CANCELLED',
): RefundRecord | undefined {
  const pending = account.store.get('refund', id);
  if (pending?.status !== 'PENDING') return undefined;
  account.store.delete('job', id);
  const settled = { ...pending, status, updatedAt: nowIso(account) };
  account.store.put('refund', id, settled);
  const capture = account.store.get('capture', settled.captureId);
  if (capture) recountRefunds(account, capture);
  emitRefund(account, settled);
  return settled;
}

/** Stores a capture with the status that its completed refunds give it. */
function recountRefunds(account: Account, capture: CaptureRecord): void {
  const backMinor = refundedMinor(account, capture);
  const partial = backMinor > 0 ? 'PARTIALLY_REFUNDED' : 'COMPLETED';
  const status = backMinor >= capture.amountMinor ? 'REFUNDED' : partial;
  account.store.put('capture', capture.id, { ...capture, status, updatedAt: nowIso(account) });
}
