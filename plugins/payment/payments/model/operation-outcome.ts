import type { ActiveOperation, PaymentOperation, OperationStatus, Payment } from './payment.ts';
import type { Failure } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';
import type { PaymentStatus } from './state.ts';

/** The statuses of an approved payment after its completion. */
const COMPLETED: ReadonlySet<PaymentStatus> = new Set([
  'processing',
  'authorized',
  'partially_captured',
  'succeeded',
]);

/**
 * Whether the snapshot shows the requested result: the amount captured and the rest kept or released as requested,
 * or nothing more captured by a cancel. `before` has the amount of a capture reserved.
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

/** Whether the payer has to authenticate the confirmed method. */
const asksPayer = ({ status, nextActionType }: Payment): boolean =>
  status === 'requires_action' && nextActionType !== undefined;

/** The payment after the provider accepted the operation, even if its object does not show the result yet. */
export function accepted(payment: Payment, { id, kind }: Pick<PaymentOperation, 'id' | 'kind'>): Payment {
  const misjudged =
    kind === 'capture' && payment.operation.id === id && payment.operation.status === 'failed';
  return payment.activeOp?.id === id || misjudged
    ? { ...payment, ...operationDone(payment, 'succeeded') }
    : payment;
}

/**
 * The payment after a rejection because of the object's state: the operation succeeded only if the object shows the
 * requested result. A confirmation did not, because the payer paid with another method.
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
 * The payment after its operation definitely did not happen: the reserved amount is released. A failed create fails
 * the payment.
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

/** The payment after its approved method was declined: the payer may approve another one. */
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

/** The payment with its operation in doubt; the lock ends at `nowMs`, so that any invocation may resume it. */
export function doubted(payment: Payment, nowMs: number): Payment {
  const active = payment.activeOp;
  if (active === undefined) return payment;
  return {
    ...payment,
    operation: { ...payment.operation, status: 'in_doubt' },
    activeOp: { ...active, lockUntil: nowMs },
  };
}
