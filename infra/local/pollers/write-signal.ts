import type { Engine } from '../engine/types.ts';
import { pause } from './types.ts';

/** Waits for writes to the tables. */
interface WriteSignal {
  /** Forgets the writes so far. */
  reset(): void;
  /** Resolves soon after a write since `reset`, at the earliest after `minMs`, without one after `maxMs`. */
  wait(maxMs: number, minMs: number, stop: AbortSignal): Promise<void>;
  close(): void;
}

/** Signals writes, so that pollers need not poll all the time. */
export function writeSignal(engine: Engine): WriteSignal {
  let written = new AbortController();
  const close = engine.onWrite(() => written.abort());
  return {
    reset() {
      if (written.signal.aborted) written = new AbortController();
    },
    async wait(maxMs, minMs, stop) {
      const { signal } = written;
      // Many writes to other tables must not keep the poller spinning.
      if (signal.aborted) await pause(minMs, stop);
      else await pause(maxMs, AbortSignal.any([signal, stop]));
    },
    close,
  };
}
