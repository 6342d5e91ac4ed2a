import type { DocumentClient } from '../aws/document-types.ts';
import { documentClient } from '../aws/documents.ts';
import type { Log } from '../contract/log.ts';
import { within } from '../within.ts';
import { createErrorStore, type Occurrences } from './error-store.ts';
import { describeFault, type Fault } from './fault.ts';

export interface ErrorRecorder {
  /** Takes a fault, and writes it unless this environment has written too often of late. It never throws. */
  readonly record: (fault: Fault, remainingMs: number) => Promise<void>;
  /** Writes what waits, if it may. */
  readonly flush: (remainingMs: number) => Promise<void>;
}

export interface ErrorRecorderOptions {
  readonly client?: Pick<DocumentClient, 'update' | 'transactWrite'>;
  readonly table: string;
  readonly plugin: string;
  readonly version: string;
  readonly sourceFolder: string | undefined;
  readonly now: () => Date;
  readonly log: Pick<Log, 'warn'>;
  /** Writes that an environment may make at once, and how often it may make another one. */
  readonly burst?: number;
  readonly everyMs?: number;
}

/** How long an answer waits for a write, which then goes on while the next invocation runs. */
const WAIT_MAX_MS = 300;
/** Time that stays for the answer itself. */
const ANSWER_MS = 50;
/** Groups that may wait; of more than that only the logs have all. */
const WAITING_MAX = 100;

/**
 * Records the faults of one execution environment, with at most one write in an invocation: the first ten at once, and
 * then one in six seconds with all that have come meanwhile.
 */
export function createErrorRecorder(options: ErrorRecorderOptions): ErrorRecorder {
  const { client = documentClient(), plugin, sourceFolder, log, burst = 10, everyMs = 6000 } = options;
  const store = createErrorStore({ ...options, client });
  const waiting = new Map<string, Occurrences>();
  let tokens = burst;
  let refilledAt = performance.now();

  /** Whether a write may be made now, which it then counts as. */
  function takeToken(): boolean {
    const refill = Math.floor((performance.now() - refilledAt) / everyMs);
    tokens = Math.min(burst, tokens + refill);
    refilledAt += refill * everyMs;
    if (tokens === 0) return false;
    tokens -= 1;
    return true;
  }

  function wait(occurrences: Occurrences): void {
    const { fingerprint } = occurrences.group;
    const known = waiting.get(fingerprint);
    if (!known && waiting.size >= WAITING_MAX) return;
    waiting.set(fingerprint, { ...occurrences, count: occurrences.count + (known?.count ?? 0) });
  }

  async function write(fingerprint: string | undefined, remainingMs: number): Promise<void> {
    const occurrences = waiting.get(fingerprint ?? '');
    if (!occurrences || !takeToken()) return;
    waiting.delete(occurrences.group.fingerprint);
    const written = store(occurrences).catch((error: unknown) => {
      wait(occurrences);
      log.warn('An error could not be recorded', { error: (error as Error).name });
    });
    await within(written, Math.max(0, Math.min(WAIT_MAX_MS, remainingMs - ANSWER_MS)), () => undefined);
  }

  return {
    async record(fault, remainingMs) {
      const { group, sample } = describeFault(fault, { plugin, sourceFolder });
      wait({ group, sample, count: 1, traceparent: fault.traceparent });
      await write(group.fingerprint, remainingMs);
    },
    flush: (remainingMs) => write(waiting.keys().next().value, remainingMs),
  };
}
