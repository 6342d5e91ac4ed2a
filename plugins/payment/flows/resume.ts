import { type Operation, type Payment, providerKeyOf } from '../domain/payment.ts';
import { merge } from '../domain/merge.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { problem } from '../errors.ts';
import type { ProviderName } from '../providers/provider.ts';
import type { IdempotencyKey, IdempotencyRecord, InboxEntry } from '../store/store.ts';
import { viewOf } from '../views/view.ts';
import { type Flow, lockUntil } from './flow.ts';
import { type CallResult, callProvider, refusalProblem } from './provider-errors.ts';
import { type Ended, type Started, conclude, fault, request, retrieve } from './send.ts';

/** A record whose first call is gone: carries on where it stopped, with the same provider key. */
export async function resume(flow: Flow, key: IdempotencyKey, record: IdempotencyRecord): Promise<Ended> {
  const { payment, operation } = await flow.services.store.loadOperation(
    record.paymentId,
    record.operationId,
  );
  if (payment === undefined || operation === undefined)
    throw new Error(`Payment ${record.paymentId} is gone`);
  if (payment.activeOp?.id !== operation.id) return finishSettled(flow, { payment, operation, key });
  return takeOver(flow, { payment, operation, key }, record.lockUntil);
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
  if (ageMs > provider.keyTrustedMs) {
    const seen = await lookUp(flow, owned);
    if (seen.kind !== 'ok') return fault(flow, owned, inDoubt(seen));
    if (seen.value !== undefined) return conclude(flow, owned, seen.value);
  }
  const result = await request(flow, owned);
  if (result.kind === 'ok') return conclude(flow, owned, result.value);
  const stuck =
    result.kind === 'error' && result.details.class === 'unknown' && result.details.replayed === true;
  return stuck ? tryAnew(flow, owned, result) : fault(flow, owned, result);
}

/** Stripe repeats even a 500 for a key. When a look proves that nothing exists, a new attempt gets a new key. */
async function tryAnew(
  flow: Flow,
  owned: Started,
  stuck: Exclude<CallResult<Snapshot>, { readonly kind: 'ok' }>,
): Promise<Ended> {
  const seen = await lookUp(flow, owned);
  if (seen.kind !== 'ok') return fault(flow, owned, stuck);
  if (seen.value !== undefined) return conclude(flow, owned, seen.value);
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
  operation: Operation,
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

/** A look that failed proves nothing, whatever refused it. */
function inDoubt(seen: Exclude<CallResult<unknown>, { readonly kind: 'ok' }>): typeof seen {
  return seen.kind === 'unsent'
    ? { kind: 'error', details: { class: 'unknown', code: 'unsent' } }
    : {
        kind: 'error',
        details: { ...seen.details, class: 'unknown' },
      };
}

/** A webhook or `verify` has settled it meanwhile: answers from what they found, and keeps that answer. */
async function finishSettled(
  flow: Flow,
  {
    payment,
    operation,
    key,
  }: Started & { readonly operation: Operation & { readonly failureCode?: string | undefined } },
): Promise<Ended> {
  const { store } = flow.services;
  const record = key && { ...key, operationId: operation.id };
  if (operation.status === 'failed') {
    const neverSent = operation.failureCode === 'never_sent';
    const code = neverSent ? 'provider-unavailable' : 'invalid-state';
    const refusal = { kind: 'problem', code, extensions: { paymentId: payment.id } } as const;
    // What was never sent may be asked for again with the same key.
    const outcome = neverSent
      ? ({ kind: 'released' } as const)
      : ({ kind: 'answered', answer: refusal } as const);
    if (record) await store.commit({ paymentId: payment.id, idempotency: { ...record, ...outcome } });
    throw refusalProblem(refusal);
  }
  const status = operation.kind === 'create' ? 201 : 200;
  const ref = payment.providerRef;
  const snapshot =
    operation.kind === 'create' && ref !== undefined
      ? await retrieve(flow, payment.provider, ref)
      : undefined;
  const answer = { kind: 'reply', status, body: viewOf(payment) } as const;
  if (record)
    await store.commit({ paymentId: payment.id, idempotency: { ...record, kind: 'answered', answer } });
  return { payment, status, snapshot };
}
