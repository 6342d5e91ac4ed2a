import { type StoredRefusal, providerCodeMember, unavailable } from '../engine/call-provider.ts';
import {
  type Answer,
  type DurableOperation,
  type OperationResult,
  repeat,
  resume,
} from '../engine/durable-operation.ts';
import {
  type ProviderStep,
  type StepOutcome,
  keyOfAttempt,
  performStep,
  repeatStep,
} from '../engine/provider-step.ts';
import type { Repository } from '../engine/update.ts';
import type { Payment } from '../payments/model/payment.ts';
import { type Step, advance, existingPayment, paymentRepository } from '../payments/payment-repository.ts';
import type { RefundRequest } from '../providers/refunds-and-disputes.ts';
import type { Flow } from '../services.ts';
import type { IdempotencyClaim, IdempotencyRecord, StoredAnswer } from '../store/idempotency.ts';
import type { RefundSnapshot } from './model/refund-snapshot.ts';
import { type Refund, type RefundPart, isOpen, withParts, withSnapshot } from './model/refund.ts';
import { withRefund } from './model/refundable.ts';
import { type RefundView, refundView } from './refund-view.ts';

/** A refund, and the payment whose amounts change with it. */
export interface RefundState {
  readonly payment: Payment;
  readonly refund: Refund;
}

interface RefundStep {
  readonly step: Step;
  readonly refund: Refund;
}

/** What became of the call of each part, by the part's id. */
export type PartOutcomes = ReadonlyMap<string, StepOutcome<RefundSnapshot>>;
export type RefundResult = OperationResult<RefundState, PartOutcomes>;

/** A refund is on the provider's list by then, or does not exist. */
const LISTED_AFTER_MS = 600_000;

/** Whether nothing is known of its call yet. */
const isUnsent = ({ status }: RefundPart): boolean => status === 'requested' || status === 'in_doubt';

/** Whether the outcome of one of its calls is not known. */
export const isUnsettled = ({ parts }: Refund): boolean => parts.some(isUnsent);

/** How callers are answered about a refund. */
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
    async relock({ payment, refund }, untilMs, idempotency) {
      const locked = await flow.services.store.relockRefund({ refund, lockUntil: untilMs, idempotency });
      return locked === 'committed' ? { payment, refund: { ...refund, lockUntil: untilMs } } : undefined;
    },
    async perform(state, { isRepeated }) {
      const outcomes = new Map<string, StepOutcome<RefundSnapshot>>();
      for (const part of state.refund.parts.filter(isUnsent)) {
        const step = stepOf(flow, state, part);
        outcomes.set(part.id, await (isRepeated ? repeatStep : performStep)(flow, step));
      }
      // What was begun here is known; what was taken over may have been changed by others since it was read.
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
      // The refund changes under the version of its payment only, so that what is read after it is not older.
      const payment = await existingPayment(flow, paymentId);
      const { refund } = await flow.services.store.loadRefund(paymentId, refundId);
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
      const attempt = part.attempt + 1;
      const renewed = { ...part, attempt, providerKey: keyOfAttempt(providerKey, attempt) };
      const recorded = await recordAttempt(flow, payment, refund.id, renewed);
      return recorded && stepOf(flow, { payment: recorded, refund }, renewed);
    },
  };
}

/** Records another attempt of a part; `undefined` when somebody has learnt meanwhile what became of it. */
async function recordAttempt(
  flow: Flow,
  payment: Payment,
  refundId: string,
  renewed: RefundPart,
): Promise<Payment | undefined> {
  const recorded = await advance(flow, payment, async (current) => {
    const { refund } = await flow.services.store.loadRefund(current.id, refundId);
    const isStillOpen = refund?.parts.some((part) => part.id === renewed.id && isUnsent(part));
    if (refund === undefined || !isStillOpen) return { next: current };
    const parts = refund.parts.map((part) => (part.id === renewed.id ? renewed : part));
    const after = withParts(refund, parts, flow.services.now().toISOString());
    return { next: { ...current }, notes: { refunds: [{ before: refund, after }] } };
  });
  return recorded.step.notes === undefined ? undefined : recorded.payment;
}

/** The refund with what became of its parts; what a webhook has settled meanwhile stays as it is. */
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

/** The answer to a refund that has ended, as it is stored. */
const finalAnswerOf = (refund: Refund): StoredAnswer =>
  refusalOf(refund) ?? { kind: 'reply', status: 201, body: refundView(refund) };

/** Why nothing of a refund was accepted, or nothing when some of it was. */
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

/** The providers' codes for less left to refund than is known here, because of refunds made elsewhere. */
const EXCEEDS: ReadonlySet<string> = new Set([
  'charge_already_refunded',
  'refund_amount_exceeded',
  'REFUND_AMOUNT_EXCEEDED',
  'CAPTURE_FULLY_REFUNDED',
]);

/** See {@link repeat}. */
export const repeatRefund = (
  flow: Flow,
  claim: IdempotencyClaim,
  record: IdempotencyRecord,
): Promise<RefundResult> =>
  repeat(flow, claim, record, async (paymentId, refundId) => {
    const operation = refundOperation(flow, paymentId, refundId);
    return { operation, state: await operation.repository.read() };
  });

/**
 * Carries on a refund whose invocation is gone: somebody has asked for it, so it is finished.
 * @throws ProblemError 409 while another invocation has it, or the refusal in which it ends
 */
export const resumeRefund = (flow: Flow, payment: Payment, refund: Refund): Promise<RefundResult> =>
  resume({ flow, operation: refundOperation(flow, payment.id, refund.id) }, { payment, refund });
