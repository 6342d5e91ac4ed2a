import type { Store } from './store/store.ts';

/** API version whose shapes and rules the sandbox follows. */
export const API_VERSION = '2026-10-28.endive';

/** What the parts of one sandbox share. */
export interface World {
  readonly store: Store;
  readonly secretKey: string;
  readonly webhookSecrets: readonly string[];
  readonly webhookUrl: string | undefined;
  /** Origin the sandbox answers at, known once it listens. */
  readonly origin: () => string;
  /** Real time in epoch milliseconds: used for signatures, which receivers compare with their own clock. */
  readonly realNowMs: () => number;
  /** The sandbox's clock in epoch milliseconds: real time plus what testers advanced it by. */
  readonly nowMs: () => number;
  /** Tells the sender and the job runner that a transaction may have left them work. */
  readonly wake: () => void;
}

/** The request an object change belongs to; both null for changes nobody asked for. */
export interface Cause {
  readonly requestId: string | null;
  readonly idempotencyKey: string | null;
}

/** The cause of changes made by time or by the payer. */
export const NO_REQUEST: Cause = { requestId: null, idempotencyKey: null };

/** The sandbox's clock in whole seconds, as the API writes times. */
export function nowSeconds(world: World): number {
  return Math.floor(world.nowMs() / 1000);
}
