import type { ProblemError } from '#runtime/contract/errors.ts';
import { NOT_ALLOWED, isOpen } from './model/provider-command.ts';
import { problem } from '../errors.ts';
import type { Part, Root } from '../store/aggregate-store.ts';
import type {
  IdempotencyClaim,
  IdempotencyKey,
  IdempotencyOutcome,
  IdempotencyRecord,
} from '../store/idempotency.ts';
import { type State, aggregateChange, stateAfter } from './aggregate.ts';
import type { Flow } from '../services.ts';
import { storedAnswer } from './idempotency.ts';
import { answerInTime } from './answer-in-time.ts';
import { unlessKnown } from './known-key.ts';
import { refusalProblem } from './call-provider.ts';
import { answered, stateConflict, refusalAbout, replyOf, sendCall } from './send-call.ts';
import { takeOver } from './take-over.ts';
import type { Begun, Run, Undertaken, Undertaking } from './undertaking.ts';

/** Failures of a call that never happened: its key may ask for it again. */
const NEVER_SENT: ReadonlySet<string> = new Set(['unsent', 'auth', 'rate_limited']);

/**
 * Writes the intent down and carries it out. `of` makes the undertaking for an aggregate and operation, also for
 * those that the record of a known key names. @throws ProblemError for refusals
 */
export async function undertake<R extends Root, P extends Part, A>(
  flow: Flow,
  claim: IdempotencyClaim | undefined,
  of: (id: string, operationId: string) => Undertaking<R, P, A>,
  intent: {
    readonly before?: State<R, P> | undefined;
    readonly next: State<R, P>;
    readonly operationId: string;
    /** Why it may not be begun now; what was begun under its key before still gets its answer. */
    readonly forbidden?: ProblemError | undefined;
  },
): Promise<Begun<R, P, A> | 'stale'> {
  const { before, next, operationId, forbidden } = intent;
  const it = of(next.root.id, operationId);
  return unlessKnown<Begun<R, P, A> | 'stale'>(flow, claim, {
    async judge() {
      if (forbidden !== undefined) throw forbidden;
      const made = aggregateChange(flow, it.type, before, next);
      if (made === undefined) throw new TypeError('An intent changes something');
      return async () => {
        const written = await it.store.write(made, claim ? { claim: { claim, operationId } } : {});
        switch (written.kind) {
          case 'committed': {
            const run = { flow, it, key: claim && keyOf(claim) };
            const begun = stateAfter(next, made);
            return { kind: 'ended', ...(await undertakenInTime(run, begun, sendCall(run, begun))) };
          }
          case 'key-taken':
            if (claim === undefined) throw new TypeError('Only a call with a key can find it taken');
            return repeatCall(flow, claim, written.record, of);
          case 'stale':
          case 'duplicate':
            return 'stale';
        }
      };
    },
    repeat: (known, record) => repeatCall(flow, known, record, of),
  });
}

/** In doubt when the invocation ends before the outcome is written down. */
function undertakenInTime<R extends Root, P extends Part, A>(
  { flow, it }: Run<R, P, A>,
  state: State<R, P>,
  work: Promise<Undertaken<R, P, A>>,
): Promise<Undertaken<R, P, A>> {
  return answerInTime(flow, work, () => ({
    state: it.withCall(state, { ...it.callOf(state), status: 'in_doubt' }),
    status: 202,
  }));
}

export const keyOf = ({ tenant, subject, key }: IdempotencyClaim): IdempotencyKey => ({
  tenant,
  subject,
  key,
});

/** Deals with a key that has a record. @throws ProblemError 422 for another request, 409 while the first call runs */
export async function repeatCall<R extends Root, P extends Part, A>(
  flow: Flow,
  claim: IdempotencyClaim,
  record: IdempotencyRecord,
  of: (id: string, operationId: string) => Undertaking<R, P, A>,
): Promise<Begun<R, P, A>> {
  const { subject, operationId } = record;
  const answer = storedAnswer(flow, claim, record);
  if (answer !== undefined) return { kind: 'replayed', status: answer.status, body: answer.body };
  const it = of(subject.id, operationId);
  const run = { flow, it, key: keyOf(claim) };
  const state = await it.read();
  const ended = isOpen(it.callOf(state))
    ? await undertakenInTime(run, state, takeOver(run, state, record.lockUntil))
    : await finishSettled(run, state);
  return { kind: 'ended', ...ended };
}

/**
 * Carries on a call whose invocation is gone, as far as there is one. @throws ProblemError 409 while it still
 * runs
 */
export async function settleCall<R extends Root, P extends Part, A>(
  flow: Flow,
  it: Undertaking<R, P, A>,
  state: State<R, P>,
): Promise<Undertaken<R, P, A>> {
  if (!isOpen(it.callOf(state))) return { state, status: it.successStatus };
  return takeOver({ flow, it, key: undefined }, state);
}

/** A call that a webhook has settled meanwhile: its key gets the answer, and keeps it. */
async function finishSettled<R extends Root, P extends Part, A>(
  { flow, it, key }: Run<R, P, A>,
  state: State<R, P>,
): Promise<Undertaken<R, P, A>> {
  const { status, failureCode = '' } = it.callOf(state);
  const leave = (outcome: IdempotencyOutcome | undefined) =>
    it.store.write(undefined, { idempotency: outcome });
  if (status !== 'failed') {
    await leave(answered({ flow, it, key }, () => replyOf(it, state))(state));
    return { state, status: it.successStatus };
  }
  if (NEVER_SENT.has(failureCode)) {
    await leave(key && { ...key, operationId: it.operationId, kind: 'released' });
    throw problem('provider-unavailable');
  }
  const refusal =
    failureCode === NOT_ALLOWED
      ? stateConflict(it, state)
      : refusalAbout(it.about, { class: 'invalid', code: failureCode });
  await leave(answered({ flow, it, key }, () => refusal)(state));
  throw refusalProblem(refusal);
}
