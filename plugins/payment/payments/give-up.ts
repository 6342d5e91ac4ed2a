import { askAgain, rejected } from './model/operation-outcome.ts';
import type { PaymentOperation, Payment } from './model/payment.ts';
import type { ProviderErrorDetails } from '../providers/provider-error.ts';
import type { IdempotencyKey, IdempotencyOutcome, StoredAnswer } from '../store/idempotency.ts';
import { type Step, advance, finish, mergeSnapshot } from './advance.ts';
import type { Flow } from '../services.ts';
import { rangeOf } from './charge-range.ts';
import { refusalByPayer } from '../customers/payer-refusal.ts';
import { refusalProblem, unavailable } from '../engine/call-provider.ts';
import { AMOUNT_CODES, refusalOf } from './refusals.ts';
import type { Faulted } from '../engine/call-provider.ts';
import type { Started } from './started.ts';

/** The provider has refused it for good: ends the operation, and keeps the refusal as the key's answer. */
export async function refuse(flow: Flow, started: Started, details: ProviderErrorDetails): Promise<never> {
  const { payment, operation, key } = started;
  const { customerId } = payment;
  const used = { customerId, methodRef: operation.request.paymentMethodId };
  const charges = operation.kind === 'create' || operation.kind === 'confirm';
  const byPayer = charges ? await refusalByPayer(flow, used, details) : undefined;
  const range = AMOUNT_CODES.has(details.code) ? await rangeOf(flow, payment) : undefined;
  const answer = byPayer ?? refusalOf(payment, details, range);
  const ended = details.class === 'declined' ? declineOf(flow) : rejection;
  await finish(flow, started, async (current) => ({
    ...ended(current, operation, details),
    ...(key && { idempotency: answered(key, operation.id, () => answer) }),
  }));
  throw refusalProblem(answer);
}

const declineOf =
  (flow: Flow) =>
  (current: Payment, operation: PaymentOperation, details: ProviderErrorDetails): Step =>
    operation.kind === 'confirm'
      ? declinedConfirm(flow, current, operation, details)
      : decline(current, operation, details);

function decline(current: Payment, operation: PaymentOperation, details: ProviderErrorDetails): Step {
  return isApproved(current, operation)
    ? declinedApproval(current, details)
    : declinedAttempt(rejection(reopened(current, operation), operation, details), details);
}

/**
 * The payment still waits for its payer, and says why this method did not do. The object that came with the decline
 * tells the attempt from others, so that its webhook does not count it again.
 */
function declinedConfirm(
  flow: Flow,
  current: Payment,
  { id }: PaymentOperation,
  { code, declineCode, snapshot }: ProviderErrorDetails,
): Step {
  if (current.activeOp?.id !== id) return { next: current };
  const merged = snapshot && mergeSnapshot(flow, current, snapshot);
  if (merged !== undefined && merged.attemptFailed)
    return { next: rejected(merged.payment, { code }), notes: merged, failureCode: code };
  const failure = { code, ...(declineCode !== undefined && { declineCode }) };
  const ended = rejected(current, failure);
  const next = { ...ended, nextActionType: undefined, failure, attempts: current.attempts + 1 };
  return { next, notes: { attemptFailed: true }, failureCode: code };
}

/** A capture that was declined is told as the last error, until it is tried again. */
function declinedAttempt(step: Step, { code, declineCode }: ProviderErrorDetails): Step {
  const { next } = step;
  if (next.operation.kind !== 'capture' || next.operation.status !== 'failed') return step;
  return { ...step, next: { ...next, failure: { code, ...(declineCode !== undefined && { declineCode }) } } };
}

/** Whether the operation under way acts on what the payer has approved. */
const isApproved = ({ status, activeOp }: Payment, { id }: PaymentOperation): boolean =>
  status === 'approved' && activeOp?.id === id && activeOp.kind !== 'cancel';

function declinedApproval(current: Payment, { code, declineCode }: ProviderErrorDetails): Step {
  const failure = { code, ...(declineCode !== undefined && { declineCode }) };
  return { next: askAgain(current, failure), notes: { attemptFailed: true }, failureCode: code };
}

/** A declined create ends its payment, also when a webhook has seen the payer asked for another card first. */
function reopened(current: Payment, { id, kind }: PaymentOperation): Payment {
  const overtaken = current.activeOp === undefined && current.operation.id === id;
  return overtaken && kind === 'create' && current.status === 'requires_action'
    ? { ...current, activeOp: { id, kind, lockUntil: 0 } }
    : current;
}

/** The step that ends an operation which did not happen, unless somebody has settled it already. */
export function rejection(
  current: Payment,
  { id }: PaymentOperation,
  { code, declineCode, snapshot }: Pick<ProviderErrorDetails, 'code' | 'declineCode' | 'snapshot'>,
): Step {
  if (current.activeOp?.id !== id) return { next: current };
  const next = rejected(current, { code, ...(declineCode !== undefined && { declineCode }) }, snapshot);
  const attemptFailed = snapshot !== undefined && next.status === 'failed';
  return { next: attemptFailed ? { ...next, attempts: 1 } : next, failureCode: code };
}

/** It did definitely not happen: the key becomes free, so that the same call may be made again. */
export async function release(
  flow: Flow,
  { payment, operation, key }: Started,
  result: Faulted,
  code: string,
): Promise<never> {
  await advance(flow, payment, async (current) => ({
    ...rejection(current, operation, { code }),
    ...(key && { idempotency: () => ({ ...key, operationId: operation.id, kind: 'released' }) }),
  }));
  if (code === 'auth') flow.log.error('The provider refuses our credentials');
  throw unavailable(result);
}

/** Leaves the key with an answer, made from the payment as it will be stored. */
export function answered(key: IdempotencyKey, operationId: string, answer: (after: Payment) => StoredAnswer) {
  return (after: Payment): IdempotencyOutcome => ({
    ...key,
    operationId,
    kind: 'answered',
    answer: answer(after),
  });
}
