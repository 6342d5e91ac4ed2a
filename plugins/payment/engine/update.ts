import { setTimeout as pause } from 'node:timers/promises';
import { problem } from '../errors.ts';
import type { Flow } from '../services.ts';
import type { IdempotencyOutcome } from '../store/idempotency.ts';
import type { Records } from '../store/records.ts';

/**
 * Tries before a change fails with 503 `contention`: at least `TRIES_MIN`, then as long as time is left, up to
 * `TRIES_MAX`.
 */
const TRIES_MIN = 16;
const TRIES_MAX = 64;
const TRY_MS = 2_000;
const PAUSE_MS = 25;
const PAUSE_DOUBLINGS_MAX = 4;

/** Reads and writes the state `S` of one aggregate; `N` is the state after a step. */
export interface Repository<S, N> {
  /** The current state, read strongly consistent. @throws Error when an aggregate that existed before is missing */
  read(): Promise<S>;
  /**
   * Writes the state after a step, with its records, on condition that the stored version is still the one that was
   * read.
   * @returns `stale` when the version has changed, `duplicate` when the webhook event was processed before; then
   * nothing is written
   */
  write(
    before: S,
    next: N,
    recordsOf: (after: S) => Records,
  ): Promise<{ readonly kind: 'committed'; readonly after: S } | { readonly kind: 'stale' | 'duplicate' }>;
  /** Completes an idempotency record without changing the state. */
  complete(outcome: IdempotencyOutcome): Promise<void>;
}

/** The state after an update; with `duplicate` nothing was written. */
export interface Updated<S, N> {
  readonly applied: 'processed' | 'duplicate';
  readonly state: S;
  readonly step: N;
}

/**
 * Changes an aggregate after its creation: computes a step from the state that was read, and writes it with log,
 * outbox and records on condition of the version. On a version conflict the state is read again and the step
 * computed again, so a step that uses the provider's object must fetch it again.
 * @param first the state, as it was read
 * @throws ProblemError 503 `contention`
 */
export async function update<S, N>(
  flow: Flow,
  repository: Repository<S, N>,
  first: S,
  take: (state: S, tries: number) => Promise<N>,
  recordsOf: (after: S, step: N) => Records = () => ({}),
): Promise<Updated<S, N>> {
  let state = first;
  for (let tries = 1; tries <= TRIES_MIN || mayRetry(flow, tries); tries += 1) {
    const step = await take(state, tries);
    const written = await repository.write(state, step, (after) => recordsOf(after, step));
    if (written.kind === 'committed') return { applied: 'processed', state: written.after, step };
    if (written.kind === 'duplicate') return { applied: 'duplicate', state, step };
    await backOff(tries);
    state = await repository.read();
  }
  throw problem('contention');
}

const mayRetry = (flow: Flow, tries: number): boolean => tries <= TRIES_MAX && flow.remainingMs() > TRY_MS;

/**
 * Pauses with full jitter after a version conflict.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
const backOff = (tries: number): Promise<void> =>
  pause(Math.random() * PAUSE_MS * 2 ** Math.min(tries, PAUSE_DOUBLINGS_MAX));

/**
 * Repeats an attempt that reads, validates and writes until there is no version conflict.
 * @throws ProblemError 503 `contention`
 */
export async function untilWritten<T>(
  attempt: (tries: number) => Promise<T | 'stale'>,
  triesMax = TRIES_MIN,
): Promise<T> {
  for (let tries = 1; tries <= triesMax; tries += 1) {
    const done = await attempt(tries);
    if (done !== 'stale') return done;
    await backOff(tries);
  }
  throw problem('contention');
}
