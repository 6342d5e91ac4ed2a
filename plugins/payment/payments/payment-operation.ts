import { refusalByPayer } from '../customers/payer-refusal.ts';
import type { StoredRefusal } from '../engine/call-provider.ts';
import type { DurableOperation, Ended, OperationResult } from '../engine/durable-operation.ts';
import { type OpenOperation, resume } from '../engine/execute.ts';
import { performCall } from '../engine/perform-call.ts';
import type { ProviderStep } from '../engine/provider-step.ts';
import type { ProviderErrorDetails } from '../providers/provider-error.ts';
import type { Flow } from '../services.ts';
import type { IdempotencyRelock } from '../store/idempotency.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import { rangeOf } from './charge-range.ts';
import { merge } from './model/merge.ts';
import { doubted } from './model/operation-outcome.ts';
import { type Payment, type PaymentOperation, operationIn } from './model/payment.ts';
import type { Snapshot } from './model/snapshot.ts';
import { type PaymentOutcome, answerOf, outcomeStep, settledAnswerOf } from './payment-outcome.ts';
import { type Step, paymentRepository } from './payment-repository.ts';
import { requestOf } from './provider-request.ts';
import { AMOUNT_CODES, refusalOf } from './refusals.ts';

export type PaymentEnded = Ended<Payment, PaymentOutcome>;
export type PaymentResult = OperationResult<Payment, PaymentOutcome>;

/** The durable operation that creates, confirms, authorizes, captures or cancels a payment. */
export function paymentOperation(
  flow: Flow,
  stored: PaymentOperation,
): DurableOperation<Payment, Step, PaymentOutcome> {
  const { id, paymentId, kind } = stored;
  const isOpen = ({ activeOp }: Payment): boolean => activeOp?.id === id;
  const inDoubt = (payment: Payment): Payment =>
    isOpen(payment) ? doubted(payment, flow.services.now().getTime()) : payment;
  const relock = async (
    payment: Payment,
    untilMs: number,
    { attempt, providerKey }: PaymentOperation,
    record?: IdempotencyRelock,
  ): Promise<Payment | undefined> => {
    const { activeOp, version } = payment;
    if (activeOp === undefined) throw new TypeError('Only an active operation can be relocked');
    const isHere = operationIn(payment, id) !== undefined;
    const after: Payment = {
      ...payment,
      activeOp: { ...activeOp, lockUntil: untilMs },
      ...(isHere && { operation: { ...payment.operation, attempt, providerKey } }),
      version: version + 1,
    };
    const { kind: written } = await flow.services.store.write(
      {
        paymentId,
        change: { before: payment, after },
        ...(!isHere && { operation: { id, attempt, providerKey } }),
      },
      { relock: record },
    );
    return written === 'committed' ? after : undefined;
  };
  return {
    id,
    about: { paymentId, kind },
    repository: paymentRepository(flow, paymentId),
    isOpen,
    lockUntilOf: ({ activeOp }) => activeOp?.lockUntil ?? 0,
    relock: (payment, untilMs, record) => relock(payment, untilMs, stored, record),

    async perform(payment, attempt) {
      const call = { stepOn, relock, refusalOf: refusalTo(flow, stored) };
      const performed = await performCall(flow, call, stored, payment, attempt);
      const { outcome } = performed;
      if (outcome.kind === 'not-sent' && outcome.code === 'auth')
        flow.log.error('The provider refuses our credentials');
      return performed;
    },

    record: async (current, outcome, tries) =>
      outcome.kind === 'in-doubt'
        ? { next: inDoubt(current) }
        : outcomeStep(flow, current, stored, outcome, tries),
    answerOf: (recorded, outcome) => answerOf(recorded, stored, outcome),
    settledAnswer: (payment) => settledAnswerOf(flow, payment, stored),
    inDoubt,
  };
}

/** The provider call of an operation, and how its outcome is looked up. */
function stepOn(payment: Payment, operation: PaymentOperation): Omit<ProviderStep<Snapshot>, 'renew'> {
  const { id: paymentId, provider, providerRef: ref, createdAt } = payment;
  return {
    provider,
    idempotencyKey: operation.providerKey,
    createdAt: operation.createdAt,
    request: (at, call) => requestOf(at, payment, operation, call),
    async lookUp(at, call) {
      if (ref === undefined) return at.find({ paymentId, createdAt }, call);
      const snapshot = await at.retrieve(ref, call);
      return merge(payment, snapshot).payment.activeOp?.id === operation.id ? undefined : snapshot;
    },
    fetch: async (at, call) => (ref === undefined ? undefined : at.retrieve(ref, call)),
    // A capture above the authorized amount: something was captured elsewhere, which the object shows.
    isConflict: ({ class: errorClass, code }) =>
      errorClass === 'invalid' && operation.kind === 'capture' && AMOUNT_CODES.has(code),
  };
}

/** The stored response to a definitive rejection by the provider. */
const refusalTo =
  (flow: Flow, { kind, request }: PaymentOperation) =>
  async (payment: Payment, details: ProviderErrorDetails): Promise<StoredRefusal> => {
    const used = { customerId: payment.customerId, methodRef: request.paymentMethodId };
    const charges = kind === 'create' || kind === 'confirm';
    const byPayer = charges ? await refusalByPayer(flow, used, details) : undefined;
    const range = AMOUNT_CODES.has(details.code) ? await rangeOf(flow, payment) : undefined;
    return byPayer ?? refusalOf(payment, details, range);
  };

/** Loads an operation of a payment and its state. @throws Error when one of both does not exist */
export const openOperation =
  (flow: Flow): OpenOperation<Payment, Step, PaymentOutcome> =>
  async (paymentId, operationId) => {
    const { payment, operation } = await flow.services.store.loadOperation(paymentId, operationId);
    if (payment === undefined || operation === undefined)
      throw new Error(`Operation ${operationId} of payment ${paymentId} does not exist any more`);
    return { operation: paymentOperation(flow, operation), state: payment };
  };

/**
 * Resumes the operation of a payment without its idempotency record, as `verify` does.
 * @throws ProblemError 409 while another invocation holds the lock, or the rejection in which it ends
 */
export async function resumeOperation(
  flow: Flow,
  paymentId: string,
  operationId: string,
  inbox?: InboxEntry,
): Promise<PaymentEnded> {
  const { operation, state } = await openOperation(flow)(paymentId, operationId);
  if (!operation.isOpen(state)) return { kind: 'ended', state, status: 200 };
  return resume({ flow, operation, inbox }, state);
}
