import { ProblemError } from '#runtime/contract/errors.ts';
import { changeOf } from './model/change.ts';
import type { Payment } from './model/payment.ts';
import { type PaymentErrorCode, problem } from '../errors.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import { changeContext, providerBudgetMs } from '../engine/flow.ts';
import { type Flow } from '../services.ts';
import { beginOwn } from '../engine/execute.ts';
import { intentOf, newOperation } from './new-operation.ts';
import { type PaymentEnded, resumeOperation } from './payment-operation.ts';
import { existingPayment } from './payment-repository.ts';

/** The result of completing an approval. */
interface Completion {
  readonly payment: Payment;
  /** False while another invocation executes it, or while the outcome is unknown: the caller has to retry. */
  readonly settled: boolean;
  /** Whether the webhook event still has to be recorded, because nothing was written with it. */
  readonly unrecorded?: boolean;
}

const TRIES_MAX = 4;

/** Error codes that are recorded on the payment, so that the approval needs nothing more. */
const OUTCOMES: ReadonlySet<string> = new Set<PaymentErrorCode>([
  'payment-declined',
  'provider-rejected',
  'provider-mismatch',
  'invalid-state',
  'limit-exceeded',
  'capture-exceeds-authorized',
]);

/**
 * Completes an approved payment: captures it, or authorizes it with manual capture. The operation has one id per
 * payment, so that a crashed attempt is resumed with the same key. `inbox` is written with the outcome.
 * @throws ProblemError 503 when the provider call fails
 */
export async function completeApproval(flow: Flow, first: Payment, inbox?: InboxEntry): Promise<Completion> {
  let payment = first;
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    if (payment.status !== 'approved' || payment.flags.includes('mismatch'))
      return { payment, settled: true, unrecorded: true };
    const { activeOp } = payment;
    if (activeOp !== undefined && activeOp.lockUntil > flow.services.now().getTime())
      return { payment, settled: false };
    if (activeOp === undefined && providerBudgetMs(flow) === undefined) throw problem('provider-unavailable');
    const ending =
      activeOp === undefined
        ? beginOwn(flow, await prepared(flow, payment), inbox)
        : resumeOperation(flow, payment.id, activeOp.id, inbox);
    const completion = await completionOf(flow, payment, ending);
    if (completion !== undefined) return completion;
    payment = await existingPayment(flow, payment.id);
  }
  throw problem('contention');
}

const kindOf = ({ captureMethod }: Payment): 'capture' | 'authorize' =>
  captureMethod === 'automatic' ? 'capture' : 'authorize';

const operationIdOf = (payment: Payment): string =>
  `${kindOf(payment) === 'capture' ? 'cap' : 'auth'}_auto_${payment.id}`;

/** A new attempt, with a key of its own, follows only on one that definitely failed. */
async function nextAttempt(flow: Flow, payment: Payment): Promise<number> {
  // Before its first operation after the create, a payment cannot have been completed.
  if (payment.operation.kind === 'create') return 1;
  const { operation } = await flow.services.store.loadOperation(payment.id, operationIdOf(payment));
  return (operation?.attempt ?? 0) + 1;
}

async function prepared(flow: Flow, payment: Payment) {
  const attempt = await nextAttempt(flow, payment);
  const given = { id: operationIdOf(payment), paymentId: payment.id, kind: kindOf(payment), attempt };
  const { operation, active } = newOperation(flow, { ...given, request: {} });
  const change = changeOf(payment, { ...payment, ...active }, {}, changeContext(flow));
  return intentOf(flow, change, operation);
}

async function completionOf(
  flow: Flow,
  { id }: Payment,
  ending: Promise<PaymentEnded | undefined>,
): Promise<Completion | undefined> {
  try {
    const ended = await ending;
    return ended && { payment: ended.state, settled: ended.status !== 202 };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    if (error.code === 'operation-in-progress')
      return { payment: await existingPayment(flow, id), settled: false };
    if (!OUTCOMES.has(error.code)) throw error;
    return { payment: await existingPayment(flow, id), settled: true, unrecorded: true };
  }
}
