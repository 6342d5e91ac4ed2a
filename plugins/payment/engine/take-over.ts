import type { Call } from './model/provider-command.ts';
import { problem } from '../errors.ts';
import type { ProviderName } from '../providers/provider-call.ts';
import type { Part, Root } from '../store/aggregate-store.ts';
import { type State, aggregateChange, stateAfter } from './aggregate.ts';
import { lockUntil } from './flow.ts';
import { unavailable } from './call-provider.ts';
import { conclude, doubt, fault, lookUp, request } from './send-call.ts';
import { type Faulted } from './call-provider.ts';
import type { Run, Undertaken } from './undertaking.ts';

/** Refusals that come before the request is looked at. */
const UNHEARD: ReadonlySet<string> = new Set(['auth', 'rate_limited']);

/** Carries on a call whose invocation is gone, with the same provider key. @throws ProblemError 409 while it runs */
export async function takeOver<R extends Root, P extends Part, A>(
  run: Run<R, P, A>,
  seen: State<R, P>,
  lockWas?: number,
): Promise<Undertaken<R, P, A>> {
  const { flow, it } = run;
  const nowMs = flow.services.now().getTime();
  if (it.callOf(seen).lockUntil > nowMs) throw problem(inProgress(run));
  const state = await relock(run, seen, {}, lockWas);
  const provider = await flow.services.provider(state.root.provider as ProviderName);
  // The provider may have forgotten the key, so we look before we send again.
  if (nowMs - Date.parse(it.callOf(state).createdAt) > provider.idempotencyKeyTtlMs && it.lookUp) {
    const found = await lookUp(run, state);
    if (found.kind !== 'ok') return doubt(run, state);
    if (found.value !== undefined) return conclude(run, state, found.value);
  }
  const result = await request(run, state);
  if (result.kind === 'ok') return conclude(run, state, result.value);
  // A repetition that the provider did not look at says nothing of the first call.
  if (result.kind === 'unsent' || UNHEARD.has(result.details.class)) {
    const ended = await doubt(run, state);
    if (result.kind === 'error' && result.details.class === 'auth') throw unavailable(result);
    return ended;
  }
  const stuck = result.details.class === 'unknown' && result.details.replayed === true;
  return stuck ? tryAnew(run, state, result) : fault(run, state, result);
}

const inProgress = ({ key }: { readonly key: unknown }) =>
  key === undefined ? 'operation-in-progress' : 'idempotency-in-progress';

/** A provider may repeat even a 500 for a key. When nothing exists, a new attempt gets a new key. */
async function tryAnew<R extends Root, P extends Part, A>(
  run: Run<R, P, A>,
  state: State<R, P>,
  stuck: Faulted,
): Promise<Undertaken<R, P, A>> {
  const { it } = run;
  const found = it.lookUp ? await lookUp(run, state) : ({ kind: 'ok', value: undefined } as const);
  if (found.kind !== 'ok') return fault(run, state, stuck);
  if (found.value !== undefined) return conclude(run, state, found.value);
  const call = it.callOf(state);
  const attempt = call.attempt + 1;
  const providerKey = `${call.providerKey.replace(/-a\d+$/, '')}-a${attempt}`;
  const anew = await relock(run, state, { attempt, providerKey });
  const result = await request(run, anew);
  return result.kind === 'ok' ? conclude(run, anew, result.value) : fault(run, anew, result);
}

/** Makes the call ours: one of several that try gets it. */
async function relock<R extends Root, P extends Part, A>(
  run: Run<R, P, A>,
  state: State<R, P>,
  anew: Partial<Pick<Call, 'attempt' | 'providerKey'>>,
  lockWas?: number,
): Promise<State<R, P>> {
  const { flow, it, key } = run;
  const until = lockUntil(flow);
  const next = it.withCall(state, { ...it.callOf(state), ...anew, lockUntil: until });
  const made = aggregateChange(flow, it.type, state, next);
  if (made === undefined) throw new TypeError('A new lock is a change');
  const relocked = key && lockWas !== undefined ? { key, was: lockWas, lockUntil: until } : undefined;
  const written = await it.store.write(made, { relock: relocked });
  if (written.kind !== 'committed') throw problem(inProgress(run));
  return stateAfter(next, made);
}
