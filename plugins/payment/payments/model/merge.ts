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
  /** The payment with what the snapshot says; `version`, `seq` and `updatedAt` are not touched here. */
  readonly payment: Payment;
  readonly changed: boolean;
  readonly attemptFailed: boolean;
  readonly lateSuccess: boolean;
  /** Found now; a payment that is flagged already reports none. */
  readonly mismatch: Mismatch | undefined;
  /** Why the snapshot's status was not taken. */
  readonly refused: 'stale' | 'unknown_provider_status' | undefined;
}

/**
 * Merges the provider's current object into a payment. Status moves only along the state table, captured money
 * never shrinks, and an object that contradicts the payment flags it instead of changing it. Pure.
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
 * Why the last attempt failed. Where the provider's object says nothing of that, it stands until a new attempt
 * shows; a payment that ends without one still says why.
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

/** What ended a payment first stays its reason. */
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

/** What is stored of an object: DynamoDB keeps no `undefined`. */
const defined = (object: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

function mismatchOf(payment: Payment, snapshot: Snapshot): Mismatch | undefined {
  const pairs: readonly (readonly [Mismatch['field'], unknown, unknown])[] = [
    // What a subscription made carries no id of ours.
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

/** What the snapshot says about the operation under way: done, impossible by now, or still open. */
function settle(before: Payment, after: Payment): Payment {
  const active = before.activeOp;
  if (active === undefined) return after;
  const outcome = outcomeOf(active, before, after);
  if (outcome !== undefined) return { ...after, ...operationDone(after, outcome) };
  // What a capture has reserved stays reserved until its outcome is known.
  const reserved = active.kind === 'capture' ? (active.amountMinor ?? 0) : 0;
  return { ...after, capturableMinor: Math.max(0, after.capturableMinor - reserved) };
}

function outcomeOf(active: ActiveOperation, before: Payment, after: Payment): OperationStatus | undefined {
  if (isDone(active, before, after)) return 'succeeded';
  if (isTerminal(after.status)) return 'failed';
  if (active.kind === 'confirm')
    return after.failure !== undefined && after.failure !== before.failure ? 'failed' : undefined;
  // Several captures seen at once may well hold ours: to give it up would invite to take the money again.
  const { kind, amountMinor = Infinity } = active;
  return kind === 'capture' && after.capturedMinor - before.capturedMinor >= amountMinor
    ? 'succeeded'
    : undefined;
}
