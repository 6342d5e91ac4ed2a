import { isDeepStrictEqual } from 'node:util';
import type { ActiveOperation, Failure, Operation, OperationStatus, Payment } from './payment.ts';
import { withCaptured } from './room.ts';
import type { Snapshot } from './snapshot.ts';
import { type PaymentStatus, isTerminal, transition } from './state.ts';

/** What a payment that was approved becomes once the provider has acted on the approval. */
const COMPLETED: ReadonlySet<PaymentStatus> = new Set([
  'processing',
  'authorized',
  'partially_captured',
  'succeeded',
]);

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

/**
 * Whether what the provider shows is what was asked for: the same amount captured, the rest held or released as
 * asked, or nothing more captured by a cancel. `before` has the amount of a capture reserved.
 */
export function isDone(
  { kind, amountMinor, final = true }: Pick<ActiveOperation, 'kind' | 'amountMinor' | 'final'>,
  before: Payment,
  after: Payment,
): boolean {
  const takenMinor = after.capturedMinor - before.capturedMinor;
  switch (kind) {
    case 'create':
      return true;
    case 'confirm':
      return COMPLETED.has(after.status) || (asksPayer(after) && !asksPayer(before));
    case 'authorize':
      return COMPLETED.has(after.status);
    case 'capture':
      if (amountMinor === undefined) return COMPLETED.has(after.status);
      return takenMinor === amountMinor && after.capturableMinor === (final ? 0 : before.capturableMinor);
    case 'cancel':
      if (after.status === 'canceled') return true;
      return before.status === 'partially_captured' && after.status === 'succeeded' && takenMinor === 0;
  }
}

/** The members of a payment whose operation has ended with `status`. */
export function operationDone(
  payment: Payment,
  status: OperationStatus,
): Pick<Payment, 'operation' | 'activeOp'> {
  return { operation: { ...payment.operation, status }, activeOp: undefined };
}

/** Whether the payer has to do something with the method that was confirmed. */
const asksPayer = ({ status, nextActionType }: Payment): boolean =>
  status === 'requires_action' && nextActionType !== undefined;

/** The operation is known to have been accepted by the provider, whatever its object shows yet, or shows besides. */
export function accepted(payment: Payment, { id, kind }: Pick<Operation, 'id' | 'kind'>): Payment {
  const misjudged =
    kind === 'capture' && payment.operation.id === id && payment.operation.status === 'failed';
  return payment.activeOp?.id === id || misjudged
    ? { ...payment, ...operationDone(payment, 'succeeded') }
    : payment;
}

/**
 * The provider has refused the operation because of where its object stands: it succeeded only if that is as asked.
 * A confirmation is not: whoever paid did so with another method.
 */
export function converged(before: Payment, after: Payment, failure: Failure): Payment {
  const { activeOp: asked } = before;
  if (asked === undefined || after.operation.id !== asked.id) return after;
  if (asked.kind !== 'confirm' && isDone(asked, before, after))
    return { ...after, ...operationDone(after, 'succeeded') };
  return after.activeOp === undefined
    ? { ...after, ...operationDone(after, 'failed') }
    : rejected(after, failure);
}

/**
 * The operation under way definitely did not happen: gives back what it had reserved. A failed create fails the
 * payment.
 */
export function rejected(payment: Payment, failure: Failure, snapshot?: Snapshot): Payment {
  const active = payment.activeOp;
  if (active === undefined) return payment;
  const ended = { ...payment, ...operationDone(payment, 'failed') };
  if (active.kind === 'authorize') return ended;
  if (active.kind === 'capture') {
    return { ...ended, capturableMinor: payment.capturableMinor + (active.amountMinor ?? 0) };
  }
  if (active.kind === 'cancel' || active.kind === 'confirm') return ended;
  return {
    ...ended,
    status: 'failed',
    reason: failure.code,
    failure: snapshot?.failure ?? failure,
    ...(snapshot?.paymentId === payment.id && { providerRef: snapshot.ref }),
  };
}

/** What the payer approved was declined: the payer is asked again, and may choose another way to pay. */
export function askAgain(payment: Payment, failure: Failure): Payment {
  return {
    ...payment,
    ...operationDone(payment, 'failed'),
    status: 'requires_action',
    nextActionType: 'redirect',
    failure,
    attempts: payment.attempts + 1,
  };
}

/** The outcome of the operation under way is unknown; `nowMs` ends its lock, so that anyone may settle it. */
export function doubted(payment: Payment, nowMs: number): Payment {
  const active = payment.activeOp;
  if (active === undefined) return payment;
  return {
    ...payment,
    operation: { ...payment.operation, status: 'in_doubt' },
    activeOp: { ...active, lockUntil: nowMs },
  };
}
