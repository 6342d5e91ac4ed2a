import { type StoredRefusal, providerCodeMember, unavailable } from '../engine/call-provider.ts';
import type { Answer, DurableOperation, OperationResult } from '../engine/durable-operation.ts';
import { type OpenOperation, resume } from '../engine/execute.ts';
import { type ProviderStep, type StepOutcome, nextAttempt, runStep } from '../engine/provider-step.ts';
import type { Repository } from '../engine/update.ts';
import type { Payment } from '../payments/model/payment.ts';
import { type Step, advance, existingPayment, paymentRepository } from '../payments/payment-repository.ts';
import type { RefundRequest } from '../providers/refunds-and-disputes.ts';
import type { Flow } from '../services.ts';
import type { StoredAnswer } from '../store/idempotency.ts';
import type { RefundSnapshot } from './model/refund-snapshot.ts';
import { type Refund, type RefundPart, isOpen, withParts, withSnapshot } from './model/refund.ts';
import { withRefund } from './model/refundable.ts';
import type { RefundView } from './refund-schema.ts';
import { refundView } from './refund-view.ts';

/** A refund, and the payment whose amounts change with it. */
export interface RefundState {
  readonly payment: Payment;
  readonly refund: Refund;
}

export interface RefundStep {
  readonly step: Step;
  readonly refund: Refund;
}

/** The outcome of each part's provider call, by the part's id. */
export type PartOutcomes = ReadonlyMap<string, StepOutcome<RefundSnapshot>>;
export type RefundResult = OperationResult<RefundState, PartOutcomes>;

/** Milliseconds after which a refund is in the provider's list, or does not exist. */
const LISTED_AFTER_MS = 600_000;

/** Whether the outcome of its call is unknown. */
const isUnsent = ({ status }: RefundPart): boolean => status === 'requested' || status === 'in_doubt';

/** Whether the outcome of any of its calls is unknown. */
export const isUnsettled = ({ parts }: Refund): boolean => parts.some(isUnsent);

/** View and path of a refund in responses. */
export const refundAnswer = {
  viewOf: ({ refund }: RefundState): RefundView => refundView(refund),
  pathOf: ({ paymentId }: RefundView) => `/payments/${paymentId}/refunds`,
};

/** The durable operation of a refund: one call to the provider for each of its parts. */
export function refundOperation(
  flow: Flow,
  paymentId: string,
  refundId: string,
): DurableOperation<RefundState, RefundStep, PartOutcomes> {
  const repository = refundRepository(flow, paymentId, refundId);
  return {
    id: refundId,
    about: { paymentId, refundId },
    repository,
    isOpen: ({ refund }) => isUnsettled(refund),
    lockUntilOf: ({ refund }) => refund.lockUntil,
    async relock({ payment, refund }, untilMs, record) {
      const { kind } = await flow.services.store.relockRefund(refund, untilMs, record);
      return kind === 'committed' ? { payment, refund: { ...refund, lockUntil: untilMs } } : undefined;
    },
    async perform(state, { isRepeated }) {
      const outcomes = new Map<string, StepOutcome<RefundSnapshot>>();
      for (const part of state.refund.parts.filter(isUnsent)) {
        outcomes.set(part.id, await runStep(flow, stepOf(flow, state, part), isRepeated));
      }
      // The state of a resumed refund may have changed since it was read.
      return { outcome: outcomes, state: isRepeated ? await repository.read() : state };
    },
    async record({ payment, refund }, outcomes) {
      const after = withOutcomes(refund, outcomes, flow.services.now());
      const next = withRefund({ ...payment }, refund, after);
      return { refund: after, step: { next, notes: { refunds: [{ before: refund, after }] } } };
    },
    answerOf: ({ refund }, outcomes) => answerOf(refund, outcomes),
    settledAnswer: async ({ refund }) => finalAnswerOf(refund),
    inDoubt({ payment, refund }) {
      const parts = refund.parts.map((part) =>
        isUnsent(part) ? { ...part, status: 'in_doubt' as const } : part,
      );
      return { payment, refund: withParts(refund, parts, refund.updatedAt) };
    },
  };
}

function refundRepository(
  flow: Flow,
  paymentId: string,
  refundId: string,
): Repository<RefundState, RefundStep> {
  const payments = paymentRepository(flow, paymentId);
  return {
    ...payments,
    async read() {
      // A refund changes only with the version of its payment, so a refund read after the payment is not older.
      const payment = await existingPayment(flow, paymentId);
      const refund = await flow.services.store.refund(paymentId, refundId);
      if (refund === undefined) throw new Error(`Refund ${refundId} does not exist any more`);
      return { payment, refund };
    },
    async write({ payment }, { step, refund }, recordsOf) {
      const written = await payments.write(payment, step, (after) => recordsOf({ payment: after, refund }));
      return written.kind === 'committed'
        ? { kind: 'committed', after: { payment: written.after, refund } }
        : written;
    },
  };
}

/** The call of one part, always with the key that was recorded for it. */
function stepOf(
  flow: Flow,
  { payment, refund }: RefundState,
  part: RefundPart,
): ProviderStep<RefundSnapshot> {
  const { id: paymentId, providerRef: ref = '', currency, provider } = payment;
  const { deployment, createdAt } = refund;
  const { id: refundId, amountMinor, captureRef, providerKey } = part;
  const reason = refund.reason as RefundRequest['reason'];
  return {
    provider,
    idempotencyKey: providerKey,
    createdAt,
    absentAfterMs: LISTED_AFTER_MS,
    request: ({ refundsAndDisputes }, call) =>
      refundsAndDisputes.refund(
        { refundId, paymentId, deployment, ref, captureRef, amountMinor, currency, reason },
        call,
      ),
    async lookUp({ refundsAndDisputes }, call) {
      const listed = await refundsAndDisputes.listRefunds(ref, call);
      return listed.find((snapshot) => snapshot.refundId === refundId);
    },
    async renew() {
      const renewed = nextAttempt(part);
      const recorded = await recordAttempt(flow, payment, refund.id, renewed);
      return recorded && stepOf(flow, { payment: recorded, refund }, renewed);
    },
  };
}

/** Records another attempt of a part; undefined when its outcome was recorded meanwhile. */
async function recordAttempt(
  flow: Flow,
  payment: Payment,
  refundId: string,
  renewed: RefundPart,
): Promise<Payment | undefined> {
  const recorded = await advance(flow, payment, async (current) => {
    const refund = await flow.services.store.refund(current.id, refundId);
    const isStillOpen = refund?.parts.some((part) => part.id === renewed.id && isUnsent(part));
    if (refund === undefined || !isStillOpen) return { next: current };
    const parts = refund.parts.map((part) => (part.id === renewed.id ? renewed : part));
    const after = withParts(refund, parts, flow.services.now().toISOString());
    return { next: { ...current }, notes: { refunds: [{ before: refund, after }] } };
  });
  return recorded.step.notes === undefined ? undefined : recorded.state;
}

/** The refund with the outcomes of its parts; outcomes that a webhook has recorded are kept. */
function withOutcomes(refund: Refund, outcomes: PartOutcomes, now: Date): Refund {
  const parts = refund.parts.map((part): RefundPart => {
    const outcome = outcomes.get(part.id);
    if (outcome === undefined) return part;
    if (outcome.kind === 'done') return withSnapshot(part, outcome.answer);
    if (outcome.kind === 'conflict') return withSnapshot(part, outcome.shown);
    if (!isUnsent(part)) return part;
    if (outcome.kind === 'in-doubt') return { ...part, status: 'in_doubt' };
    const failureCode = outcome.kind === 'refused' ? outcome.details.code : outcome.code;
    return { ...part, status: 'failed', failureCode };
  });
  return { ...withParts(refund, parts, now.toISOString()), lockUntil: now.getTime() };
}

function answerOf(refund: Refund, outcomes: PartOutcomes): Answer {
  if (isUnsettled(refund)) return { kind: 'in_doubt' };
  const [first, ...more] = [...outcomes.values()];
  const nothingWasSent =
    first?.kind === 'not-sent' && more.every(({ kind }) => kind === 'not-sent') && refusalOf(refund);
  return nothingWasSent ? { kind: 'released', error: unavailable(first.result) } : finalAnswerOf(refund);
}

/** The stored response to a refund that has ended. */
const finalAnswerOf = (refund: Refund): StoredAnswer =>
  refusalOf(refund) ?? { kind: 'reply', status: 201, body: refundView(refund) };

/** The rejection when no part was accepted; otherwise undefined. */
function refusalOf({ id: refundId, paymentId, parts }: Refund): StoredRefusal | undefined {
  const [first] = parts;
  const accepted = parts.some((part) => isOpen(part) || part.ref !== undefined);
  if (first === undefined || accepted) return undefined;
  const code = first.failureCode;
  const exceeds = code !== undefined && EXCEEDS.has(code);
  return {
    kind: 'problem',
    code: exceeds ? 'refund-exceeds-remaining' : 'provider-rejected',
    extensions: { paymentId, refundId, ...providerCodeMember(code) },
  };
}

/** The providers' codes for a refund above the refundable amount, because of refunds made at the provider. */
const EXCEEDS: ReadonlySet<string> = new Set([
  'charge_already_refunded',
  'refund_amount_exceeded',
  'REFUND_AMOUNT_EXCEEDED',
  'CAPTURE_FULLY_REFUNDED',
]);

/** Loads a refund and its payment. */
export const openRefund =
  (flow: Flow): OpenOperation<RefundState, RefundStep, PartOutcomes> =>
  async (paymentId, refundId) => {
    const operation = refundOperation(flow, paymentId, refundId);
    return { operation, state: await operation.repository.read() };
  };

/**
 * Resumes a refund whose invocation has died.
 * @throws ProblemError 409 while another invocation holds the lock, or the rejection in which it ends
 */
export const resumeRefund = (flow: Flow, payment: Payment, refund: Refund): Promise<RefundResult> =>
  resume({ flow, operation: refundOperation(flow, payment.id, refund.id) }, { payment, refund });
