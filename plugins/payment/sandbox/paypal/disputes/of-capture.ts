import type { DisputeRecord } from '../store/dispute-record.ts';
import type { World } from '../world.ts';

/** The disputes of a capture that are not resolved. */
export function openDisputes(world: World, captureId: string): DisputeRecord[] {
  return world.store
    .all('dispute')
    .map(({ value }) => value)
    .filter((dispute) => dispute.captureId === captureId && dispute.status !== 'RESOLVED');
}
