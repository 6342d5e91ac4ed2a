import type { Ended, Started } from './started.ts';
import type { Faulted } from '../engine/call-provider.ts';
import { accepted, converged, doubted } from './model/operation-outcome.ts';
import type { PaymentOperation, Payment } from './model/payment.ts';
import { type Snapshot, refreshed } from './model/snapshot.ts';
import type { ProviderErrorDetails } from '../providers/provider-error.ts';
import { viewOf } from './payment-view.ts';
import type { StoredAnswer } from '../store/idempotency.ts';
import { advance, finish, mergeSnapshot, mergedStep } from './advance.ts';
import type { Flow } from '../services.ts';
import { answered, refuse, release } from './give-up.ts';
import { answerInTime } from '../engine/answer-in-time.ts';
import { requestOf } from './provider-request.ts';
import {
  type CallResult,
  type StoredRefusal,
  callProvider,
  refusalProblem,
  unavailable,
} from '../engine/call-provider.ts';
import { AMOUNT_CODES, exceedingRefusal, stateRefusal } from './refusals.ts';

/** Carries out an operation at the provider and writes down what came of it. @throws ProblemError for a refusal */
export async function send(flow: Flow, started: Started): Promise<Ended> {
  const result = await request(flow, started);
  return result.kind === 'ok' ? conclude(flow, started, result.value) : fault(flow, started, result);
}

/** The same for a caller who waits: in doubt when the invocation ends before the outcome is written down. */
export function sendInTime(flow: Flow, started: Started): Promise<Ended> {
  return answerInTime(flow, send(flow, started), () => doubtOf(flow, started));
}

/** What a caller is told of an operation whose outcome could not be written down. */
export const doubtOf = (flow: Flow, { payment }: Pick<Started, 'payment'>): Ended => ({
  payment: doubted(payment, flow.services.now().getTime()),
  status: 202,
});

/** Makes the provider call of an operation, always with the key that was written down for it. */
export function request(flow: Flow, { payment, operation }: Started): Promise<CallResult<Snapshot>> {
  return callProvider(flow, payment.provider, operation.providerKey, (provider, call) =>
    requestOf(provider, payment, operation, call),
  );
}

/**
 * The provider has done it: its answer is the snapshot. One that was only looked up does not prove that it was this
 * operation which did it.
 */
export async function conclude(
  flow: Flow,
  started: Started,
  answer: Snapshot,
  source: 'answer' | 'look' = 'answer',
): Promise<Ended> {
  const { payment, operation, key } = started;
  let snapshot = answer;
  const status = operation.kind === 'create' ? 201 : 200;
  const { payment: after, step } = await finish(flow, started, async (current, tries) => {
    if (tries > 1) snapshot = refreshed(answer, await retrieve(flow, payment.provider, answer.ref));
    const merged = mergeSnapshot(flow, current, snapshot);
    const shown = merged.changed ? merged.payment : current;
    const next = source === 'answer' ? accepted(shown, operation) : shown;
    const stored = (stands: Payment): StoredAnswer =>
      refusalAfterAll(stands, operation) ?? { kind: 'reply', status, body: viewOf(stands) };
    return {
      ...mergedStep(current, merged),
      next,
      ...(key && { idempotency: answered(key, operation.id, stored) }),
    };
  });
  const refusal = refusalAfterAll({ ...after, flags: step.next.flags }, operation);
  if (refusal !== undefined) throw refusalProblem(refusal);
  return { payment: after, status, snapshot };
}

/** Why the answer is a refusal although the provider went along: a contradiction, or money that came in between. */
function refusalAfterAll(stands: Payment, { id: ours, kind }: PaymentOperation): StoredRefusal | undefined {
  if (isMismatched(stands)) return mismatched(stands);
  const { operation } = stands;
  const lost = kind !== 'create' && operation.id === ours && operation.status === 'failed';
  return lost ? stateRefusal(stands) : undefined;
}

export const isMismatched = (payment: Payment): boolean => payment.flags.includes('mismatch');
export const mismatched = ({ id }: Payment) =>
  ({ kind: 'problem', code: 'provider-mismatch', extensions: { paymentId: id } }) as const;

/**
 * The provider's object as it is now, or `undefined` when the provider does not know it (any more).
 * @throws ProblemError 503 when the provider cannot be asked
 */
export async function retrieveIfThere(flow: Flow, name: string, ref: string): Promise<Snapshot | undefined> {
  const result = await callProvider(flow, name, undefined, (provider, call) => provider.retrieve(ref, call));
  if (result.kind === 'ok') return result.value;
  if (result.kind === 'error' && result.details.missing) return undefined;
  throw unavailable(result);
}

/** @throws ProblemError 503 when the provider cannot be asked */
export async function retrieve(flow: Flow, name: string, ref: string): Promise<Snapshot> {
  const result = await callProvider(flow, name, undefined, (provider, call) => provider.retrieve(ref, call));
  if (result.kind !== 'ok') throw unavailable(result);
  return result.value;
}

/** The call did not come back with success. What may be given up depends on whether it can have happened. */
export async function fault(flow: Flow, started: Started, result: Faulted): Promise<Ended> {
  if (result.kind === 'unsent') return release(flow, started, result, 'unsent');
  const { details } = result;
  switch (details.class) {
    case 'invalid':
      if (exceedsHeld(started, details)) return converge(flow, started, details);
      return refuse(flow, started, details);
    case 'declined':
      return refuse(flow, started, details);
    case 'auth':
    case 'rate_limited':
      return release(flow, started, result, details.class);
    case 'already_done':
      return converge(flow, started, details);
    case 'in_progress':
    case 'unknown':
      return doubt(flow, started);
  }
}

/** A capture of more than the provider holds: something was captured elsewhere, and its object tells what. */
const exceedsHeld = ({ operation }: Started, { code }: ProviderErrorDetails): boolean =>
  operation.kind === 'capture' && AMOUNT_CODES.has(code);

/**
 * Somebody else did something to it: the provider's object tells whether that is what was asked for. If not, the
 * answer says how the payment stands.
 */
async function converge(flow: Flow, started: Started, details: ProviderErrorDetails): Promise<Ended> {
  const { payment, operation, key } = started;
  const ref = payment.providerRef;
  const definitive = details.class === 'invalid';
  const unseen = () => (definitive ? refuse(flow, started, details) : doubt(flow, started));
  if (ref === undefined) return unseen();
  const found = await callProvider(flow, payment.provider, undefined, (provider, call) =>
    provider.retrieve(ref, call),
  );
  if (found.kind !== 'ok') return unseen();
  let snapshot = found.value;
  const refusalOf = (stands: Payment): StoredRefusal =>
    definitive && stands.capturableMinor > 0 ? exceedingRefusal(stands, details) : stateRefusal(stands);
  const { payment: after } = await finish(flow, started, async (current, tries) => {
    if (tries > 1) snapshot = await retrieve(flow, payment.provider, ref);
    const merged = mergeSnapshot(flow, current, snapshot);
    const shown = merged.changed ? merged.payment : current;
    const next = converged(current, shown, { code: 'invalid-state' });
    const answer = (stands: Payment): StoredAnswer =>
      hasSucceeded(stands, operation)
        ? { kind: 'reply', status: 200, body: viewOf(stands) }
        : refusalOf(stands);
    return {
      next,
      notes: merged,
      ...(!hasSucceeded(next, operation) && { failureCode: 'invalid-state' }),
      ...(key && { idempotency: answered(key, operation.id, answer) }),
    };
  });
  if (!hasSucceeded(after, operation)) throw refusalProblem(refusalOf(after));
  return { payment: after, status: 200, snapshot };
}

const hasSucceeded = ({ operation }: Payment, { id }: PaymentOperation): boolean =>
  operation.id === id && operation.status === 'succeeded';

/**
 * Nothing is concluded and nothing given up; the locks end now, so that a retry, verify or a webhook can settle
 * it.
 */
async function doubt(flow: Flow, { payment, operation, key }: Started): Promise<Ended> {
  const { payment: after } = await advance(flow, payment, async (current) => ({
    next: current.activeOp?.id === operation.id ? doubted(current, flow.services.now().getTime()) : current,
    ...(key && { idempotency: () => ({ ...key, operationId: operation.id, kind: 'in_doubt' }) }),
  }));
  flow.log.warn('The outcome of an operation is unknown', { paymentId: payment.id, kind: operation.kind });
  flow.log.count('payment.in_doubt');
  return { payment: after, status: 202 };
}
