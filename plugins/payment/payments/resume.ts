import { type PaymentOperation, type Payment, providerKeyOf } from './model/payment.ts';
import { merge } from './model/merge.ts';
import type { Snapshot } from './model/snapshot.ts';
import { problem } from '../errors.ts';
import type { ProviderName } from '../providers/provider-call.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import type { IdempotencyKey, IdempotencyRecord } from '../store/idempotency.ts';
import { finishSettled } from './finish-settled.ts';
import { lockUntil } from '../engine/flow.ts';
import { type Flow } from '../services.ts';
import { answerInTime } from '../engine/answer-in-time.ts';
import { type CallResult, callProvider, unavailable } from '../engine/call-provider.ts';
import { conclude, doubtOf, fault, request } from './send.ts';
import { type Faulted } from '../engine/call-provider.ts';
import { type Ended, type Started } from './started.ts';

/** Refusals that come before the request is looked at. */
const UNHEARD: ReadonlySet<string> = new Set(['auth', 'rate_limited']);

/** A record whose first call is gone: carries on where it stopped, with the same provider key. */
export async function resume(flow: Flow, key: IdempotencyKey, record: IdempotencyRecord): Promise<Ended> {
  const { subject, operationId } = record;
  const { payment, operation } = await flow.services.store.loadOperation(subject.id, operationId);
  if (payment === undefined || operation === undefined) throw new Error(`Payment ${subject.id} is gone`);
  if (payment.activeOp?.id !== operation.id) return finishSettled(flow, payment, operation, key);
  const started = { payment, operation, key };
  return answerInTime(flow, takeOver(flow, started, record.lockUntil), () => doubtOf(flow, started));
}

/** Carries on an operation without its idempotency record, as `verify` does. */
export async function resumeActive(
  flow: Flow,
  payment: Payment,
  operationId: string,
  inbox?: InboxEntry,
): Promise<Ended> {
  const loaded = await flow.services.store.loadOperation(payment.id, operationId);
  if (loaded.payment === undefined || loaded.operation === undefined)
    throw new Error(`Payment ${payment.id} is gone`);
  if (loaded.payment.activeOp?.id !== operationId) return { payment: loaded.payment, status: 200 };
  const { payment: current, operation } = loaded;
  return takeOver(flow, { payment: current, operation, key: undefined, inbox });
}

async function takeOver(flow: Flow, started: Started, lockWas?: number): Promise<Ended> {
  const owned = await relock(flow, started, started.operation, lockWas);
  const ageMs = flow.services.now().getTime() - Date.parse(owned.operation.createdAt);
  const provider = await flow.services.provider(owned.payment.provider as ProviderName);
  // The provider may have forgotten the key, so we look before we send again.
  if (ageMs > provider.idempotencyKeyTtlMs) {
    const seen = await lookUp(flow, owned);
    if (seen.kind !== 'ok') return fault(flow, owned, inDoubt(seen));
    if (seen.value !== undefined) return conclude(flow, owned, seen.value, 'look');
  }
  const result = await request(flow, owned);
  if (result.kind === 'ok') return conclude(flow, owned, result.value);
  if (result.kind === 'unsent' || UNHEARD.has(result.details.class)) return unheard(flow, owned, result);
  const stuck = result.details.class === 'unknown' && result.details.replayed === true;
  return stuck ? tryAnew(flow, owned, result) : fault(flow, owned, result);
}

/**
 * A repetition that the provider did not look at says nothing of the first call: nothing is given up. Refused
 * credentials are told as such, so that the configuration is read again.
 */
async function unheard(flow: Flow, owned: Started, result: Faulted): Promise<Ended> {
  const ended = await fault(flow, owned, inDoubt(result));
  if (result.kind === 'error' && result.details.class === 'auth') throw unavailable(result);
  return ended;
}

/** Stripe repeats even a 500 for a key. When a look proves that nothing exists, a new attempt gets a new key. */
async function tryAnew(flow: Flow, owned: Started, stuck: Faulted): Promise<Ended> {
  const seen = await lookUp(flow, owned);
  if (seen.kind !== 'ok') return fault(flow, owned, stuck);
  if (seen.value !== undefined) return conclude(flow, owned, seen.value, 'look');
  const attempt = owned.operation.attempt + 1;
  const { id, kind } = owned.operation;
  const providerKey = providerKeyOf(flow.services.stage, id, kind, attempt);
  const anew = await relock(flow, owned, { ...owned.operation, attempt, providerKey });
  const result = await request(flow, anew);
  return result.kind === 'ok' ? conclude(flow, anew, result.value) : fault(flow, anew, result);
}

/** Makes the operation ours: one of several that try gets it, the others are told that it is running. */
async function relock(
  flow: Flow,
  started: Started,
  operation: PaymentOperation,
  lockWas?: number,
): Promise<Started> {
  const { payment, key } = started;
  const until = lockUntil(flow);
  const active = payment.activeOp;
  if (active === undefined) throw new TypeError('Only an active operation can be taken over');
  const after: Payment = {
    ...payment,
    activeOp: { ...active, lockUntil: until },
    version: payment.version + 1,
  };
  const idempotency = key && lockWas !== undefined ? { key, was: lockWas, lockUntil: until } : undefined;
  const locked = await flow.services.store.relock({ before: payment, after, operation, idempotency });
  if (locked === 'stale') throw problem(key ? 'idempotency-in-progress' : 'operation-in-progress');
  return { ...started, payment: after, operation };
}

/** What the provider knows of an operation that may have been carried out: its object, if it shows the effect. */
function lookUp(flow: Flow, { payment, operation }: Started): Promise<CallResult<Snapshot | undefined>> {
  return callProvider(flow, payment.provider, undefined, async (provider, call) => {
    const { providerRef: ref, id: paymentId, createdAt } = payment;
    if (ref === undefined) return provider.find({ paymentId, createdAt }, call);
    const snapshot = await provider.retrieve(ref, call);
    return merge(payment, snapshot).payment.activeOp?.id === operation.id ? undefined : snapshot;
  });
}

/** A call that failed proves nothing of the one before it, whatever refused it. */
function inDoubt(seen: Faulted): Faulted {
  return seen.kind === 'unsent'
    ? { kind: 'error', details: { class: 'unknown', code: 'unsent' } }
    : { kind: 'error', details: { ...seen.details, class: 'unknown' } };
}
