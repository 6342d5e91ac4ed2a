import { type Account, nowIso } from '../account.ts';
import { emitCapture } from '../events.ts';
import { newId } from '../ids.ts';
import type { AuthorizationRecord, CaptureRecord, OrderRecord } from '../store/records.ts';

/** Sandbox time between a pending capture and its outcome. */
export const SETTLE_AFTER_MS = 2000;

/** What is captured: an order, or a part of its authorization. */
interface Capturing {
  readonly order: OrderRecord;
  readonly authorization?: AuthorizationRecord;
  readonly amountMinor: number;
  readonly final: boolean;
  readonly invoiceId?: string | undefined;
}

/** Takes the money as the payer's account lets it: at once, later, or not at all. */
export function captureMoney(account: Account, what: Capturing): CaptureRecord {
  const { amountMinor, authorization, final, order } = what;
  const at = nowIso(account);
  const start = startOf(order);
  const made: CaptureRecord = {
    id: newId(),
    orderId: order.id,
    authorizationId: authorization?.id,
    ...start,
    final,
    currency: order.currency,
    amountMinor,
    customId: order.customId,
    invoiceId: what.invoiceId ?? order.invoiceId,
    createdAt: at,
    updatedAt: at,
  };
  account.store.put('capture', made.id, made);
  if (made.reason === 'ECHECK') {
    const kind = order.outcome === 'echeck' ? 'complete-capture' : 'deny-capture';
    account.store.put('job', made.id, { kind, ref: made.id, dueAtMs: account.nowMs() + SETTLE_AFTER_MS });
  }
  emitCapture(account, start.status, made);
  return made;
}

interface Start {
  readonly status: 'PENDING' | 'COMPLETED' | 'DECLINED';
  readonly reason?: CaptureRecord['reason'];
}

function startOf({ outcome }: OrderRecord): Start {
  if (outcome === 'echeck' || outcome === 'echeck-denied') return { status: 'PENDING', reason: 'ECHECK' };
  if (outcome === 'review') return { status: 'PENDING', reason: 'PENDING_REVIEW' };
  return { status: outcome === 'capture-declined' ? 'DECLINED' : 'COMPLETED' };
}
