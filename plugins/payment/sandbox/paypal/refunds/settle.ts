import type { RefundRecord } from '../store/refund-record.ts';
import type { CaptureRecord } from '../store/records.ts';
import type { World } from '../world.ts';
import { nowIso } from '../world.ts';
import { emitRefund } from './events.ts';
import { refundedMinor } from './refunds-of.ts';

/** Ends a pending refund; undefined when it is not pending. */
export function settleRefund(
  world: World,
  id: string,
  status: 'COMPLETED' | 'FAILED' | 'CANCELLED',
): RefundRecord | undefined {
  return world.store.transaction(() => {
    const pending = world.store.get('refund', id);
    if (pending?.status !== 'PENDING') return undefined;
    world.store.delete('job', id);
    const settled = { ...pending, status, updatedAt: nowIso(world) };
    world.store.put('refund', id, settled);
    const capture = world.store.get('capture', settled.captureId);
    if (capture) recount(world, capture);
    emitRefund(world, settled);
    return settled;
  });
}

/** Keeps a capture with the status that its completed refunds give it. */
export function recount(world: World, capture: CaptureRecord): void {
  const backMinor = refundedMinor(world, capture);
  const partial = backMinor > 0 ? 'PARTIALLY_REFUNDED' : 'COMPLETED';
  const status = backMinor >= capture.amountMinor ? 'REFUNDED' : partial;
  world.store.put('capture', capture.id, { ...capture, status, updatedAt: nowIso(world) });
}
