import type { Faulted } from './call-provider.ts';
import { NOT_ALLOWED, failedWith, isOpen, succeeded } from './model/provider-command.ts';
import type { ProviderErrorDetails } from '../providers/provider-error.ts';
import type { Part, Root } from '../store/aggregate-store.ts';
import type { IdempotencyOutcome, StoredAnswer } from '../store/idempotency.ts';
import { type Next, type State, change } from './aggregate.ts';
import {
  type StoredRefusal,
  callProvider,
  providerCodeMember,
  refusalProblem,
  unavailable,
} from './call-provider.ts';
import type { Run, Undertaken, Undertaking } from './undertaking.ts';

/** Makes the call, always with the key that was written down for it. */
export const request = <R extends Root, P extends Part, A>({ flow, it }: Run<R, P, A>, state: State<R, P>) =>
  callProvider(flow, state.root.provider, it.callOf(state).providerKey, (provider, call) =>
    it.request(provider, state, call),
  );

/** What the provider has of a call that may have been carried out. */
export const lookUp = <R extends Root, P extends Part, A>({ flow, it }: Run<R, P, A>, state: State<R, P>) =>
  callProvider(flow, state.root.provider, undefined, async (provider, call): Promise<A | undefined> =>
    it.lookUp?.(provider, state, call),
  );

/** Carries the call out and writes down what came of it. */
export async function sendCall<R extends Root, P extends Part, A>(
  run: Run<R, P, A>,
  state: State<R, P>,
): Promise<Undertaken<R, P, A>> {
  const result = await request(run, state);
  return result.kind === 'ok' ? conclude(run, state, result.value) : fault(run, state, result);
}

/** The provider has done it. */
export async function conclude<R extends Root, P extends Part, A>(
  run: Run<R, P, A>,
  state: State<R, P>,
  answer: A,
): Promise<Undertaken<R, P, A>> {
  const { flow, it } = run;
  const settled = await change(
    flow,
    it,
    state,
    async (current, tries) => {
      const known = tries > 1 && it.lookBeside ? await it.lookBeside(current, answer) : answer;
      const next = it.done(current, known);
      const call = it.callOf(next);
      return isOpen(call) ? { ...next, ...it.withCall(next, succeeded(call)) } : next;
    },
    (after) => ({ idempotency: answered(run, (ended) => answerOf(it, ended))(after) }),
  );
  const ended = answerOf(it, settled.state);
  if (ended.kind === 'problem') throw refusalProblem(ended);
  return { state: settled.state, status: it.successStatus, answer };
}

/** The answer to a call that has ended, as it is stored: a reply, unless the object did not allow it any more. */
export function answerOf<R extends Root, P extends Part, A>(
  it: Undertaking<R, P, A>,
  state: State<R, P>,
): StoredAnswer {
  const { status, failureCode } = it.callOf(state);
  return status === 'failed' && failureCode === NOT_ALLOWED ? stateConflict(it, state) : replyOf(it, state);
}

/** The answer to what the object does not allow, as it is stored: it says how it stands. */
export const stateConflict = <R extends Root, P extends Part, A>(
  it: Undertaking<R, P, A>,
  state: State<R, P>,
): StoredRefusal => ({
  kind: 'problem',
  code: 'invalid-state',
  extensions: { ...it.about, ...it.standing?.(state) },
});

export const replyOf = <R extends Root, P extends Part, A>(
  it: Undertaking<R, P, A>,
  state: State<R, P>,
): StoredAnswer => ({ kind: 'reply', status: it.successStatus, body: it.view(state) });

/** The call did not come back with success. What may be given up depends on whether it can have happened. */
export async function fault<R extends Root, P extends Part, A>(
  run: Run<R, P, A>,
  state: State<R, P>,
  result: Faulted,
): Promise<Undertaken<R, P, A>> {
  const { it } = run;
  if (result.kind === 'unsent') return release(run, state, result, 'unsent');
  const { details } = result;
  switch (details.class) {
    case 'declined':
    case 'invalid': {
      const refusal = (await it.refusal?.(state, details)) ?? refusalAbout(it.about, details);
      await giveUp(
        run,
        state,
        details.code,
        answered(run, () => refusal),
      );
      throw refusalProblem(refusal);
    }
    case 'auth':
    case 'rate_limited':
      return release(run, state, result, details.class);
    case 'already_done':
      return converge(run, state);
    case 'in_progress':
    case 'unknown':
      return doubt(run, state);
  }
}

/** Somebody else did something to it: it succeeded only if what the object shows now is what was asked for. */
async function converge<R extends Root, P extends Part, A>(
  run: Run<R, P, A>,
  state: State<R, P>,
): Promise<Undertaken<R, P, A>> {
  const { flow, it } = run;
  const found = await callProvider(flow, state.root.provider, undefined, async (provider, call) =>
    it.lookAt?.(provider, state, call),
  );
  const shown = found.kind === 'ok' ? found.value : undefined;
  if (shown === undefined) return doubt(run, state);
  const settled = await change(
    flow,
    it,
    state,
    async (current) => {
      const next = it.done(current, shown);
      const call = it.callOf(next);
      if (!isOpen(call)) return next;
      return { ...next, ...it.withCall(it.undone(next, NOT_ALLOWED), failedWith(call, NOT_ALLOWED)) };
    },
    (after) => ({ idempotency: answered(run, (ended) => answerOf(it, ended))(after) }),
  );
  const ended = answerOf(it, settled.state);
  if (ended.kind === 'problem') throw refusalProblem(ended);
  return { state: settled.state, status: it.successStatus, answer: shown };
}

/** It did definitely not happen: the key becomes free, so that the same call may be made again. */
async function release<R extends Root, P extends Part, A>(
  run: Run<R, P, A>,
  state: State<R, P>,
  result: Faulted,
  code: string,
): Promise<never> {
  const { key, it } = run;
  await giveUp(run, state, code, () => key && { ...key, operationId: it.operationId, kind: 'released' });
  throw unavailable(result);
}

async function giveUp<R extends Root, P extends Part, A>(
  { flow, it }: Run<R, P, A>,
  state: State<R, P>,
  code: string,
  outcome: (after: State<R, P>) => IdempotencyOutcome | undefined,
): Promise<void> {
  const take = async (current: State<R, P>): Promise<Next<R, P>> => {
    const call = it.callOf(current);
    if (!isOpen(call)) return current;
    const next = it.undone(current, code);
    return { ...next, ...it.withCall(next, failedWith(call, code)) };
  };
  await change(flow, it, state, take, (after) => ({ idempotency: outcome(after) }));
}

/** Nothing is concluded and nothing given up; the locks end now, so that whoever comes next can settle it. */
export async function doubt<R extends Root, P extends Part, A>(
  { flow, it, key }: Run<R, P, A>,
  state: State<R, P>,
): Promise<Undertaken<R, P, A>> {
  const settled = await change(
    flow,
    it,
    state,
    async (current) => {
      const call = it.callOf(current);
      if (!isOpen(call)) return current;
      const lockEnded = flow.services.now().getTime();
      return it.withCall(current, { ...call, status: 'in_doubt', lockUntil: lockEnded });
    },
    () => ({ idempotency: key && { ...key, operationId: it.operationId, kind: 'in_doubt' } }),
  );
  flow.log.warn('The outcome of a call is unknown', { ...it.about });
  flow.log.count('payment.in_doubt');
  return { state: settled.state, status: 202 };
}

/** Leaves the key with an answer, made from the state as it will be stored. */
export function answered<R extends Root, P extends Part, A>(
  { it, key }: Run<R, P, A>,
  answer: (after: State<R, P>) => StoredAnswer,
) {
  return (after: State<R, P>): IdempotencyOutcome | undefined =>
    key && { ...key, operationId: it.operationId, kind: 'answered', answer: answer(after) };
}

/** The answer to a definitive refusal, as it is stored; provider messages stay out of it. */
export function refusalAbout(
  about: Readonly<Record<string, string>>,
  details: Pick<ProviderErrorDetails, 'class' | 'code' | 'declineCode' | 'param'>,
): StoredRefusal {
  const { class: errorClass, code, declineCode, param } = details;
  const extensions = {
    ...about,
    ...providerCodeMember(code),
    ...(param !== undefined && { param }),
  };
  return errorClass === 'declined'
    ? {
        kind: 'problem',
        code: 'payment-declined',
        extensions: { ...extensions, declineCode: declineCode ?? code },
      }
    : { kind: 'problem', code: 'provider-rejected', extensions };
}
