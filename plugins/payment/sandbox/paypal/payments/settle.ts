import { emitCapture } from '../events.ts';
import type { CaptureRecord } from '../store/records.ts';
import type { World } from '../world.ts';
import { nowIso } from '../world.ts';
import { update } from './authorizations.ts';

/** Ends a pending capture; undefined when it is not pending. */
export function settle(world: World, id: string, result: 'completed' | 'denied'): CaptureRecord | undefined {
  return world.store.transaction(() => {
    const pending = world.store.get('capture', id);
    if (pending?.status !== 'PENDING') return undefined;
    world.store.delete('job', id);
    const { reason: _, ...rest } = pending;
    const status = result === 'completed' ? 'COMPLETED' : 'DECLINED';
    const settled: CaptureRecord = { ...rest, status, updatedAt: nowIso(world) };
    world.store.put('capture', id, settled);
    const authorization = world.store.get('authorization', settled.authorizationId ?? '');
    // What a voided authorization held is gone, whatever becomes of its captures.
    if (authorization && authorization.status !== 'VOIDED') update(world, authorization);
    emitCapture(world, result === 'completed' ? 'COMPLETED' : 'DENIED', settled);
    return settled;
  });
}
