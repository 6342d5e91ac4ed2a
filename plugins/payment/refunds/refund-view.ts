import type { Dispute } from '../disputes/model/dispute.ts';
import { exponentOf } from '../money/currencies.ts';
import { toMajorNumber } from '../money/money.ts';
import { type Refund, arrivedMinor } from './model/refund.ts';
import type { DisputeView, RefundView } from './refund-schema.ts';

const major = (amountMinor: number, currency: string): number =>
  toMajorNumber(amountMinor, exponentOf(currency) ?? 0);

/** The refund as clients see it: this is also what is stored for replays. */
export function refundView(refund: Refund): RefundView {
  const { id, paymentId, status, amountMinor, currency, reason, origin, parts, createdAt, updatedAt } =
    refund;
  const failed = parts.find((part) => part.status === 'failed');
  return {
    id,
    paymentId,
    status,
    amount: major(amountMinor, currency),
    amountMinor,
    refundedMinor: arrivedMinor(refund),
    currency,
    ...(reason !== undefined && { reason }),
    origin,
    providerRefs: parts.flatMap(({ ref }) => ref ?? []),
    ...(failed && { failure: { code: failed.failureCode ?? 'unspecified' } }),
    createdAt,
    updatedAt,
  };
}

export function disputeView(dispute: Dispute): DisputeView {
  const { ref, paymentId, kind, status, stage, reason, amountMinor, currency, dueBy } = dispute;
  return {
    id: ref,
    paymentId,
    kind,
    status,
    ...(stage !== undefined && { stage }),
    reason,
    amount: major(amountMinor, currency),
    amountMinor,
    currency,
    ...(dueBy !== undefined && { dueBy }),
    refundBlocked: dispute.blocksRefunds,
    createdAt: dispute.createdAt,
    updatedAt: dispute.updatedAt,
  };
}
