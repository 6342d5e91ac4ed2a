import type { ActiveOperation, PaymentOperation, OperationStatus, Payment } from './payment.ts';
import type { Failure } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';
import type { PaymentStatus } from './state.ts';

/** What a payment that was approved becomes once the provider has acted on the approval. */
const COMPLETED: ReadonlySet<PaymentStatus> = new Set([
  'processing',
  'authorized',
  'partially_captured',
  'succeeded',
]);

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
export function accepted(payment: Payment, { id, kind }: Pick<PaymentOperation, 'id' | 'kind'>): Payment {
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
export function declinedByProvider(payment: Payment, failure: Failure): Payment {
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
