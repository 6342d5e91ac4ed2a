import type { CoreRecords } from './store/records.ts';
import type { Store } from './store/store.ts';

/** A merchant account at the provider: its objects, its clock and its webhook endpoint. */
export interface SandboxAccount<Records extends CoreRecords = CoreRecords> {
  readonly store: Store<Records>;
  readonly webhookUrl: string | undefined;
  /** Origin the sandbox answers at, known once it listens. */
  readonly origin: () => string;
  /** Real time in epoch milliseconds: used for signatures, which receivers compare with their own clock. */
  readonly realNowMs: () => number;
  /** The sandbox's clock in epoch milliseconds: real time plus what testers advanced it by. */
  readonly nowMs: () => number;
  /** Wakes the webhook dispatcher and the job runner after a transaction that may have left them work. */
  readonly wake: () => void;
}

/** The request an object change belongs to; both null for changes nobody asked for. */
export interface RequestCause {
  readonly requestId: string | null;
  readonly idempotencyKey: string | null;
}
