import type { Engine } from '../engine/types.ts';
import type { AwsMetrics } from '../metrics/aws-metrics.ts';
import type { Assembly } from '../resources/assembly.ts';
import type { State } from '../state/types.ts';
import type { Functions, Terminal } from '../types.ts';

/** What every poller works with. */
export interface PollerContext {
  readonly assembly: Assembly;
  readonly state: State;
  readonly engine: Engine;
  readonly functions: Functions;
  readonly awsMetrics?: AwsMetrics | undefined;
  readonly terminal: Terminal;
}

/** One running event source mapping. */
export interface Poller {
  /** Starts nothing more; resolves when the invocation in flight has ended, or its result is ignored. */
  stop(): Promise<void>;
}

/** How long the result of an invocation in flight is awaited after `stop`. */
const graceMs = 2_000;

/** Runs a loop until it is stopped. A loop that fails is reported and restarted after a second. */
export function startLoop(
  name: string,
  terminal: Terminal,
  loop: (signals: { readonly stop: AbortSignal; readonly dead: AbortSignal }) => Promise<void>,
): Poller {
  const stop = new AbortController();
  const dead = new AbortController();
  const run = async () => {
    while (!stop.signal.aborted) {
      try {
        await loop({ stop: stop.signal, dead: dead.signal });
      } catch (error) {
        if (stop.signal.aborted) return;
        terminal.warn(`${name}: ${error instanceof Error ? error.message : String(error)}`);
        await pause(1_000, stop.signal);
      }
    }
  };
  const done = run();
  return {
    async stop() {
      stop.abort();
      await Promise.race([done, pause(graceMs)]);
      dead.abort();
    },
  };
}

/** Waits, but not beyond the signal. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    timer.unref();
    signal?.addEventListener('abort', end);
  });
}
