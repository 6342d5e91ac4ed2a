import { newId } from '../ids.ts';
import { SETTLE_AFTER_MS } from '../payments/captures.ts';
import type { RefundRecord } from '../store/refund-record.ts';
import type { CaptureRecord } from '../store/records.ts';
import type { Account } from '../account.ts';
import { nowIso } from '../account.ts';
import { emitRefund, emitReversal } from './events.ts';
import { refundOutcomeOf } from './outcomes.ts';
import { recount } from './settle.ts';

/** What a refund or a reversal is told. */
export interface GivingBack {
  readonly amountMinor: number;
  readonly customId?: string | undefined;
  readonly invoiceId?: string | undefined;
  readonly noteToPayer?: string | undefined;
}

/** Sends money of a capture back, as the merchant wishes; the amount says what becomes of it. */
export function giveBack(account: Account, capture: CaptureRecord, what: GivingBack): RefundRecord {
  const outcome = refundOutcomeOf(what.amountMinor);
  const pending = outcome === 'completes' ? 'COMPLETED' : 'PENDING';
  const status = outcome === 'fails' ? 'FAILED' : pending;
  const made = keep(account, capture, { ...what, status, reversal: false });
  if (outcome === 'pending' || outcome === 'pending-fails') {
    const kind = outcome === 'pending' ? 'complete-refund' : 'fail-refund';
    account.store.put('job', made.id, { kind, ref: made.id, dueAtMs: account.nowMs() + SETTLE_AFTER_MS });
  }
  emitRefund(account, made);
  return made;
}

/** PayPal takes money of a capture back, for a chargeback or a lost dispute. */
export function reverse(account: Account, capture: CaptureRecord, amountMinor: number): RefundRecord {
  const made = keep(account, capture, { amountMinor, status: 'COMPLETED', reversal: true });
  emitReversal(account, made);
  return made;
}

function keep(
  account: Account,
  capture: CaptureRecord,
  what: GivingBack & Pick<RefundRecord, 'status' | 'reversal'>,
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
  recount(account, { ...capture, refundIds: [...(capture.refundIds ?? []), made.id] });
  return made;
}
