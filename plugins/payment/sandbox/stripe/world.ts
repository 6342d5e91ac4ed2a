import type { Cause, Core } from '../shared/core.ts';
import type { Records } from './store/records.ts';

/** API version whose shapes and rules the sandbox follows. */
export const API_VERSION = '2026-10-28.endive';

/** What the parts of one sandbox share. */
export interface World extends Core<Records> {
  readonly secretKey: string;
  readonly webhookSecrets: readonly string[];
}

/** The cause of changes made by time or by the payer. */
export const NO_REQUEST: Cause = { requestId: null, idempotencyKey: null };

/** The sandbox's clock in whole seconds, as the API writes times. */
export function nowSeconds(world: World): number {
  return Math.floor(world.nowMs() / 1000);
}
