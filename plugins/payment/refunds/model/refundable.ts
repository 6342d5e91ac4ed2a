import type { Dispute } from '../../disputes/model/dispute.ts';
import type { Payment } from '../../payments/model/payment.ts';
import type { RefundSnapshot } from './refund-snapshot.ts';
import { type Refund, type RefundPart, isOpen } from './refund.ts';

/** More was given back at the provider than there was room for. */
export const OVER_REFUNDED = 'over_refunded';

/** What the parts of a refund take of a payment: on its way back, and back. */
function refundTotalsOf(parts: readonly RefundPart[]): {
  readonly pending: number;
  readonly refunded: number;
} {
  const sum = (counts: (part: RefundPart) => boolean): number =>
    parts.filter(counts).reduce((total, { amountMinor }) => total + amountMinor, 0);
  return { pending: sum(isOpen), refunded: sum(({ status }) => status === 'succeeded') };
}

/**
 * The payment with its room for refunds: what was captured without what is on its way back, back, and lost. Always
 * made anew from these, because what was once cut off at nothing must not come back as room.
 */
function balanced(payment: Payment): Payment {
  const { capturedMinor, refundPendingMinor, refundedMinor, lostMinor } = payment;
  const remainingMinor = capturedMinor - refundPendingMinor - refundedMinor - lostMinor;
  const flags = overRefunded(payment, remainingMinor < 0);
  return { ...payment, flags, refundableMinor: Math.max(0, remainingMinor) };
}

/** The flag stays as long as more is back, or on its way, than was captured: a refund in doubt may still fail. */
function overRefunded({ flags }: Payment, is: boolean): readonly string[] {
  if (flags.includes(OVER_REFUNDED) === is) return flags;
  return is ? [...flags, OVER_REFUNDED] : flags.filter((flag) => flag !== OVER_REFUNDED);
}

/**
 * The payment after one of its refunds became known or changed. One that was made elsewhere beyond the room leaves
 * none, and flags the payment for as long as that is so.
 */
export function withRefund(payment: Payment, before: Refund | undefined, after: Refund): Payment {
  const was = refundTotalsOf(before?.parts ?? []);
  const is = refundTotalsOf(after.parts);
  return balanced({
    ...payment,
    refundPendingMinor: payment.refundPendingMinor + is.pending - was.pending,
    refundedMinor: payment.refundedMinor + is.refunded - was.refunded,
  });
}

/** The payment with more money captured: the same amount can be given back. */
export function withCaptured(payment: Payment, capturedMinor: number): Payment {
  return capturedMinor === payment.capturedMinor ? payment : balanced({ ...payment, capturedMinor });
}

/** The payment after a dispute or reversal became known or changed. */
export function withDispute(payment: Payment, before: Dispute | undefined, after: Dispute): Payment {
  const disputes = {
    ...payment.disputes,
    [after.ref]: { status: after.status, blocksRefunds: after.blocksRefunds },
  };
  return balanced({
    ...payment,
    disputes,
    refundBlocked: Object.values(disputes).some(({ blocksRefunds }) => blocksRefunds),
    lostMinor: payment.lostMinor + after.takenMinor - (before?.takenMinor ?? 0),
  });
}

/**
 * What a lost dispute or a reversal takes. Providers report the same money twice, as a dispute and as the
 * reversal that follows it, in any order: together they take the larger of both sums. And no more than is left,
 * because what went back was not taken again.
 */
export function disputableMinor(
  payment: Payment,
  before: Dispute | undefined,
  own: Pick<Dispute, 'ref' | 'kind' | 'amountMinor'>,
  known: readonly Dispute[],
): number {
  const others = known.filter(({ ref, status }) => ref !== own.ref && status === 'lost');
  const sumOf = (kind: Dispute['kind']): number =>
    [...others, own].reduce((sum, each) => sum + (each.kind === kind ? each.amountMinor : 0), 0);
  const taken = others.reduce((sum, { takenMinor }) => sum + takenMinor, 0);
  const due = Math.max(0, Math.max(sumOf('dispute'), sumOf('reversal')) - taken);
  return Math.min(own.amountMinor, due, payment.refundableMinor + (before?.takenMinor ?? 0));
}

/** Whether money that went back was this payment's, as far as the provider says which capture it is of. */
export function isMoneyOf({ captures, currency }: Payment, snapshot: RefundSnapshot): boolean {
  const { captureRef } = snapshot;
  const named = captureRef !== undefined && captures !== undefined;
  const known = !named || captures.some(({ ref }) => ref === captureRef);
  return known && snapshot.currency === currency;
}

export type RefundSummary = 'none' | 'partial' | 'full';

/** How much of what was captured is back. */
export function refundStatusOf({ refundedMinor, capturedMinor }: Payment): RefundSummary {
  if (refundedMinor === 0) return 'none';
  return refundedMinor >= capturedMinor ? 'full' : 'partial';
}

const PRECEDENCE = ['open', 'under_review', 'inquiry', 'lost', 'won'] as const;

/** The most pressing of a payment's disputes. */
export function disputeStatusOf({ disputes = {} }: Payment): 'none' | (typeof PRECEDENCE)[number] {
  const statuses = Object.values(disputes).map(({ status }) => status);
  return PRECEDENCE.find((status) => statuses.includes(status)) ?? 'none';
}
