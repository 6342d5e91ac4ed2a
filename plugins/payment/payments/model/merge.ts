import { isDeepStrictEqual } from 'node:util';
import { isDone, operationDone } from './operation-outcome.ts';
import type { ActiveOperation, OperationStatus, Payment } from './payment.ts';
import type { Failure } from './snapshot.ts';
import { withCaptured } from '../../refunds/model/refundable.ts';
import type { Snapshot } from './snapshot.ts';
import { isTerminal, transition } from './state.ts';

/** A contradiction between the provider's object and our record. */
export interface Mismatch {
  readonly field: 'amount' | 'currency' | 'livemode' | 'paymentId' | 'providerRef' | 'captured' | 'refunded';
  readonly expected: string;
  readonly actual: string;
}

export interface Merged {
  /** The payment after the merge; `version`, `seq` and `updatedAt` are unchanged. */
  readonly payment: Payment;
  readonly changed: boolean;
  readonly attemptFailed: boolean;
  readonly lateSuccess: boolean;
  /** A new mismatch; undefined on a payment that is already flagged. */
  readonly mismatch: Mismatch | undefined;
  /** Why the snapshot's status was not applied. */
  readonly refused: 'stale' | 'unknown_provider_status' | undefined;
}

/**
 * Merges the provider's current object into a payment. The status changes only along the state table, captured
 * money never shrinks, and a mismatch flags the payment instead of changing it. Pure.
 */
export function merge(payment: Payment, snapshot: Snapshot): Merged {
  const mismatch = mismatchOf(payment, snapshot);
  if (mismatch !== undefined) return flagged(payment, mismatch);
  if (snapshot.status === undefined) {
    const known = payment.providerRef === undefined ? { ...payment, providerRef: snapshot.ref } : payment;
    return result(payment, known, { refused: 'unknown_provider_status' });
  }
  const decision = transition(payment.status, snapshot.status);
  if (decision === 'refused') return result(payment, payment, { refused: 'stale' });
  const failure = failureAfter(payment, snapshot);
  const attemptFailed = failure !== undefined && failure !== payment.failure;
  const next = settle(payment, {
    ...withCaptured(payment, snapshot.capturedMinor),
    status: snapshot.status,
    ...(isTerminal(snapshot.status) &&
      snapshot.status !== 'succeeded' && { reason: reasonOf(payment, snapshot) }),
    authorizedMinor: Math.max(payment.authorizedMinor, snapshot.authorizedMinor, snapshot.capturedMinor),
    captures: snapshot.captures ?? payment.captures,
    capturableMinor: snapshot.capturableMinor,
    captureBefore: snapshot.captureBefore ?? payment.captureBefore,
    providerRef: snapshot.ref,
    nextActionType: snapshot.nextAction?.type,
    nextActionUrl: snapshot.nextAction?.url ?? payment.nextActionUrl,
    failure,
    attempts: payment.attempts + (attemptFailed ? 1 : 0),
  });
  return result(payment, next, { attemptFailed, lateSuccess: decision === 'late_success' });
}

/**
 * Why the last attempt failed. If the object does not report it, the reason stays until a new attempt; a payment
 * that ends keeps it.
 */
function failureAfter(payment: Payment, { failure, status, capturedMinor }: Snapshot): Failure | undefined {
  if (failure === null) return undefined;
  if (failure !== undefined) {
    const known = isDeepStrictEqual(defined(failure), defined(payment.failure ?? {}));
    return known ? payment.failure : failure;
  }
  const ended = status === 'canceled' || status === 'failed';
  const anew = capturedMinor > payment.capturedMinor || (status !== payment.status && !ended);
  return anew ? undefined : payment.failure;
}

/** The first reason for the end of a payment is kept. */
function reasonOf(payment: Payment, snapshot: Snapshot): string | undefined {
  const ended = payment.status === snapshot.status ? payment.reason : undefined;
  return ended ?? snapshot.reason ?? payment.reason;
}

function result(before: Payment, after: Payment, notes: Partial<Merged>): Merged {
  return {
    attemptFailed: false,
    lateSuccess: false,
    mismatch: undefined,
    refused: undefined,
    ...notes,
    payment: after,
    changed: !isDeepStrictEqual(defined(before), defined(after)),
  };
}

/** The stored members of an object: DynamoDB stores no `undefined`. */
const defined = (object: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

function mismatchOf(payment: Payment, snapshot: Snapshot): Mismatch | undefined {
  const pairs: readonly (readonly [Mismatch['field'], unknown, unknown])[] = [
    // A payment that a subscription created does not carry our id.
    ['paymentId', payment.id, payment.subscriptionId === undefined ? snapshot.paymentId : payment.id],
    ['providerRef', payment.providerRef ?? snapshot.ref, snapshot.ref],
    ['currency', payment.currency, snapshot.currency],
    ['amount', payment.amountMinor, snapshot.amountMinor],
    ['livemode', payment.livemode, snapshot.livemode],
  ];
  const found = pairs.find(([, expected, actual]) => expected !== actual);
  if (found !== undefined) return { field: found[0], expected: String(found[1]), actual: String(found[2]) };
  if (snapshot.capturedMinor >= payment.capturedMinor) return undefined;
  return {
    field: 'captured',
    expected: String(payment.capturedMinor),
    actual: String(snapshot.capturedMinor),
  };
}

function flagged(payment: Payment, mismatch: Mismatch): Merged {
  const creating = payment.activeOp?.kind === 'create';
  const next: Payment = {
    ...payment,
    flags: payment.flags.includes('mismatch') ? payment.flags : [...payment.flags, 'mismatch'],
    ...(creating && { status: 'failed', reason: 'mismatch', ...operationDone(payment, 'failed') }),
  };
  return result(payment, next, payment.flags.includes('mismatch') ? {} : { mismatch });
}

/** The status of the open operation by the snapshot: succeeded, no longer possible, or still open. */
function settle(before: Payment, after: Payment): Payment {
  const active = before.activeOp;
  if (active === undefined) return after;
  const outcome = outcomeOf(active, before, after);
  if (outcome !== undefined) return { ...after, ...operationDone(after, outcome) };
  // The amount of a capture stays reserved until its outcome is known.
  const reserved = active.kind === 'capture' ? (active.amountMinor ?? 0) : 0;
  return { ...after, capturableMinor: Math.max(0, after.capturableMinor - reserved) };
}

function outcomeOf(active: ActiveOperation, before: Payment, after: Payment): OperationStatus | undefined {
  if (isDone(active, before, after)) return 'succeeded';
  if (isTerminal(after.status)) return 'failed';
  if (active.kind === 'confirm')
    return after.failure !== undefined && after.failure !== before.failure ? 'failed' : undefined;
  // Several captures in one snapshot may include ours: failing the operation would invite a second capture of the
  // same money.
  const { kind, amountMinor = Infinity } = active;
  return kind === 'capture' && after.capturedMinor - before.capturedMinor >= amountMinor
    ? 'succeeded'
    : undefined;
}
