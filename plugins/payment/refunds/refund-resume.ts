import type { Payment } from '../payments/model/payment.ts';
import type { Refund } from './model/refund.ts';
import { problem } from '../errors.ts';
import type { ProviderName } from '../providers/provider-call.ts';
import type { IdempotencyClaim, IdempotencyKey, IdempotencyRecord } from '../store/idempotency.ts';
import type { RefundView } from './refund-view.ts';
import { lockUntil } from '../engine/flow.ts';
import { type Flow } from '../services.ts';
import { storedAnswer } from '../engine/idempotency.ts';
import { answerInTime } from '../engine/answer-in-time.ts';
import { refusalProblem } from '../engine/call-provider.ts';
import { type RefundEnded, answerOf, refundInDoubt, sendRefund } from './refund-send.ts';

/**
 * Deals with the key of a refund that has a record: the first answer again, or what comes of carrying on.
 * @throws ProblemError 422 for another request, 409 while the first call runs, or the refusal that was kept
 */
export async function repeatRefund(
  flow: Flow,
  claim: IdempotencyClaim,
  record: IdempotencyRecord,
): Promise<RefundEnded> {
  const answer = storedAnswer(flow, claim, record);
  if (answer !== undefined) return { view: answer.body as RefundView, status: answer.status, replayed: true };
  const { tenant, subject, key } = claim;
  const { payment, refund } = await flow.services.store.loadRefund(record.subject.id, record.operationId);
  if (payment === undefined || refund === undefined) throw new Error(`Refund ${record.operationId} is gone`);
  const owner = { tenant, subject, key };
  return isUnsettled(refund)
    ? answerInTime(flow, takeOver(flow, payment, refund, { key: owner, was: record.lockUntil }), () =>
        refundInDoubt(refund),
      )
    : finishSettled(flow, refund, owner);
}

/** Whether the outcome of one of its calls is not known. */
export const isUnsettled = ({ parts }: Refund): boolean =>
  parts.some(({ status }) => status === 'requested' || status === 'in_doubt');

/**
 * Carries on a refund whose invocation is gone, with the same keys: somebody has asked for it, so it is finished.
 * @throws ProblemError 409 while somebody else has it, or the refusal in which it ends
 */
export async function resumeRefund(flow: Flow, payment: Payment, refund: Refund): Promise<RefundEnded> {
  if (refund.lockUntil > flow.services.now().getTime()) throw problem('operation-in-progress');
  return takeOver(flow, payment, refund, undefined);
}

async function takeOver(
  flow: Flow,
  payment: Payment,
  refund: Refund,
  record: { readonly key: IdempotencyKey; readonly was: number } | undefined,
): Promise<RefundEnded> {
  const { services } = flow;
  const until = lockUntil(flow);
  const idempotency = record && { ...record, lockUntil: until };
  const locked = await services.store.relockRefund({ refund, lockUntil: until, idempotency });
  if (locked === 'stale') throw problem(record ? 'idempotency-in-progress' : 'operation-in-progress');
  const { idempotencyKeyTtlMs } = await services.provider(payment.provider as ProviderName);
  const ageMs = services.now().getTime() - Date.parse(refund.createdAt);
  return sendRefund(flow, {
    payment,
    refund: { ...refund, lockUntil: until },
    key: record?.key,
    repeated: true,
    lookFirst: ageMs > idempotencyKeyTtlMs,
  });
}

/** A refund that a webhook or the reconciler has settled meanwhile: its key gets the answer, and keeps it. */
async function finishSettled(flow: Flow, refund: Refund, key: IdempotencyKey): Promise<RefundEnded> {
  const answer = answerOf(refund);
  await flow.services.store.commit({
    paymentId: refund.paymentId,
    idempotency: { ...key, operationId: refund.id, kind: 'answered', answer },
  });
  if (answer.kind === 'problem') throw refusalProblem(answer);
  return { view: answer.body as RefundView, status: answer.status };
}
