import type { AmountRange } from '../money/amount-range.ts';
import type { Payment } from './model/payment.ts';
import type { StoredPaymentOperation } from './persistence/payment-store.ts';
import type { IdempotencyKey, StoredAnswer } from '../store/idempotency.ts';
import { viewOf } from './payment-view.ts';
import { rangeOf } from './charge-range.ts';
import type { Flow } from '../services.ts';
import { type StoredRefusal, refusalProblem } from '../engine/call-provider.ts';
import { AMOUNT_CODES, refusalOf, stateRefusal } from './refusals.ts';
import { isMismatched, mismatched, retrieve } from './send.ts';
import { type Ended } from './started.ts';

/** Failures of an operation that never reached the provider: the same key may ask for it again. */
const NEVER_SENT: ReadonlySet<string> = new Set(['never_sent', 'unsent', 'auth', 'rate_limited']);

/** How the key's record is left. */
type Left = { readonly kind: 'released' } | { readonly kind: 'answered'; readonly answer: StoredAnswer };

/**
 * An operation that a webhook or `verify` has settled meanwhile: answers its key from what they found, and keeps
 * that answer. @throws ProblemError for one that failed
 */
export async function finishSettled(
  flow: Flow,
  payment: Payment,
  operation: StoredPaymentOperation,
  key: IdempotencyKey,
): Promise<Ended> {
  const { id: operationId, kind } = operation;
  const leave = (left: Left): Promise<unknown> =>
    flow.services.store.commit({ paymentId: payment.id, idempotency: { ...key, operationId, ...left } });

  if (operation.status === 'failed') {
    const outside = AMOUNT_CODES.has(operation.failureCode ?? '');
    const range = outside ? await rangeOf(flow, payment) : undefined;
    const refusal = refusalOfSettled(payment, operation, range);
    const free = NEVER_SENT.has(operation.failureCode ?? '');
    await leave(free ? { kind: 'released' } : { kind: 'answered', answer: refusal });
    throw refusalProblem(refusal);
  }
  const status = kind === 'create' ? 201 : 200;
  const ref = payment.providerRef;
  const snapshot =
    kind === 'create' && ref !== undefined ? await retrieve(flow, payment.provider, ref) : undefined;
  await leave({ kind: 'answered', answer: { kind: 'reply', status, body: viewOf(payment) } });
  return { payment, status, snapshot };
}

function refusalOfSettled(
  payment: Payment,
  { kind, failureCode }: StoredPaymentOperation,
  range: AmountRange | undefined,
): StoredRefusal {
  const problem = (code: string): StoredRefusal => ({
    kind: 'problem',
    code,
    extensions: { paymentId: payment.id },
  });
  if (NEVER_SENT.has(failureCode ?? '')) return problem('provider-unavailable');
  if (kind === 'confirm' && payment.failure !== undefined)
    return refusalOf(payment, { class: 'declined', ...payment.failure });
  if (kind !== 'create') return stateRefusal(payment);
  if (isMismatched(payment)) return mismatched(payment);
  if (failureCode === undefined) return problem('invalid-state');
  const declineCode = payment.failure?.declineCode;
  const errorClass = declineCode === undefined ? 'invalid' : 'declined';
  return refusalOf(payment, { class: errorClass, code: failureCode, declineCode }, range);
}
