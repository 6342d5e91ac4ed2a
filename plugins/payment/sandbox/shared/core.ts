import type { CoreRecords } from './store/records.ts';
import type { Store } from './store/store.ts';

/** What the shared machinery of one sandbox works with; `Records` are those that its provider keeps. */
export interface Core<Records extends CoreRecords = CoreRecords> {
  readonly store: Store<Records>;
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
