import type { ProviderErrorDetails } from '../providers/provider-error.ts';
import type { Flow } from '../services.ts';
import { type StoredRefusal, credentialsError, unavailable } from './call-provider.ts';
import type { Answer, Attempt, Performed } from './durable-operation.ts';
import { lockUntil } from './flow.ts';
import {
  type ProviderStep,
  type RecordedCall,
  type StepOutcome,
  nextAttempt,
  runStep,
} from './provider-step.ts';

type Refused = Extract<StepOutcome<unknown>, { readonly kind: 'refused' }>;

/** The outcome of a call; a rejection carries its stored response to the client. */
export type AnsweredOutcome<A> =
  | Exclude<StepOutcome<A>, Refused>
  | (Refused & { readonly refusal: StoredRefusal });

/** How the single call of an operation is made. */
export interface LockedCall<S, C, A> {
  readonly stepOn: (state: S, call: C) => Omit<ProviderStep<A>, 'renew'>;
  /**
   * Acquires the lock of the operation, and records the attempt of its call.
   * @returns undefined when another invocation has acquired it
   */
  readonly relock: (state: S, untilMs: number, call: C) => Promise<S | undefined>;
  /** The stored response to a definitive rejection. */
  readonly refusalOf: (state: S, details: ProviderErrorDetails) => Promise<StoredRefusal>;
}

/** Makes the single call of an operation. A new attempt first acquires the lock again. */
export async function performCall<S, C extends RecordedCall, A>(
  flow: Flow,
  { stepOn, relock, refusalOf }: LockedCall<S, C, A>,
  recorded: C,
  begun: S,
  { isRepeated, inProgress }: Attempt,
): Promise<Performed<S, AnsweredOutcome<A>>> {
  let state = begun;
  const stepOf = (call: C): ProviderStep<A> => ({
    ...stepOn(state, call),
    async renew() {
      const renewed = nextAttempt(call);
      const relocked = await relock(state, lockUntil(flow), renewed);
      if (relocked === undefined) throw inProgress();
      state = relocked;
      return stepOf(renewed);
    },
  });
  const outcome = await runStep(flow, stepOf(recorded), isRepeated);
  if (outcome.kind !== 'refused') return { outcome, state };
  return { outcome: { ...outcome, refusal: await refusalOf(state, outcome.details) }, state };
}

/** The response to a call that the provider has not executed, or not known to have. */
export function failureAnswer(
  outcome: Extract<AnsweredOutcome<unknown>, { readonly kind: 'refused' | 'not-sent' | 'in-doubt' }>,
): Answer {
  switch (outcome.kind) {
    case 'refused':
      return outcome.refusal;
    case 'not-sent':
      return { kind: 'released', error: unavailable(outcome.result) };
    case 'in-doubt':
      return { kind: 'in_doubt', error: credentialsError(outcome.result) };
  }
}

const NEVER_SENT: ReadonlySet<string> = new Set(['never_sent', 'unsent', 'auth', 'rate_limited']);

/** Whether the provider never processed a call that failed so: the same idempotency key may be used for a new try. */
export const wasNeverSent = (failureCode: string): boolean => NEVER_SENT.has(failureCode);
