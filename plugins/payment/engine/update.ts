import { setTimeout as pause } from 'node:timers/promises';
import { problem } from '../errors.ts';
import type { Flow } from '../services.ts';
import type { IdempotencyOutcome } from '../store/idempotency.ts';
import type { InboxEntry } from '../store/inbox-store.ts';

/** Tries before a change fails as contention; as long as there is time for another, up to `TRIES_MAX`. */
const TRIES_MIN = 16;
const TRIES_MAX = 64;
const TRY_MS = 2_000;
const PAUSE_MS = 25;
const PAUSE_DOUBLINGS_MAX = 4;

/** What is written beside a state, in the same transaction. */
export interface Records {
  /** How the caller's idempotency record is left. */
  readonly idempotency?: IdempotencyOutcome | undefined;
  /** The webhook event that needs nothing more with this write. */
  readonly inbox?: InboxEntry | undefined;
}

/** Reads and writes the states `S` of one aggregate; `N` is what a step makes of a state. */
export interface Repository<S, N> {
  /** The state now, read strongly. @throws Error when an aggregate that existed a moment ago does not */
  read(): Promise<S>;
  /**
   * Writes what a step made of a state, with its records, on condition that nobody has changed the state since it
   * was read. `stale`: somebody has; `duplicate`: the webhook event was dealt with before. Then nothing is written.
   */
  write(
    before: S,
    next: N,
    recordsOf: (after: S) => Records,
  ): Promise<{ readonly kind: 'committed'; readonly after: S } | { readonly kind: 'stale' | 'duplicate' }>;
  /** Leaves an idempotency record without a change of the state. */
  complete(outcome: IdempotencyOutcome): Promise<void>;
}

export interface Updated<S, N> {
  readonly applied: 'processed' | 'duplicate';
  readonly state: S;
  readonly step: N;
}

/**
 * The only way an aggregate changes after its creation: takes a step from the state that was read, and writes it
 * with log, outbox and records on condition of its version. When somebody else was faster the step is taken again,
 * from what they wrote; a step that fetches the provider's object then has to fetch it again.
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

/** A pause with full jitter after somebody else was faster, so that each gets its turn. */
export const backOff = (tries: number): Promise<void> =>
  pause(Math.random() * PAUSE_MS * 2 ** Math.min(tries, PAUSE_DOUBLINGS_MAX));

/** Repeats an attempt that reads, judges and writes until nobody was faster. @throws ProblemError 503 `contention` */
export async function untilWritten<T>(attempt: (tries: number) => Promise<T | 'stale'>): Promise<T> {
  for (let tries = 1; tries <= TRIES_MIN; tries += 1) {
    const done = await attempt(tries);
    if (done !== 'stale') return done;
    await backOff(tries);
  }
  throw problem('contention');
}
