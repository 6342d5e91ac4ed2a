import type { Dispute } from './dispute.ts';
import type { Payment } from './payment.ts';
import { type Refund, type RefundPart, isOpen } from './refund.ts';

/** What the parts of a refund take of a payment: on its way back, and back. */
function takenBy(parts: readonly RefundPart[]): { readonly pending: number; readonly refunded: number } {
  const sum = (counts: (part: RefundPart) => boolean): number =>
    parts.filter(counts).reduce((total, { amountMinor }) => total + amountMinor, 0);
  return { pending: sum(isOpen), refunded: sum(({ status }) => status === 'succeeded') };
}

/**
 * The payment after one of its refunds became known or changed. The room that is left, what is on its way back,
 * what is back and what is lost always come to what was captured; a refund that was made elsewhere beyond the
 * room leaves none, and flags the payment.
 */
export function withRefund(payment: Payment, before: Refund | undefined, after: Refund): Payment {
  const was = takenBy(before?.parts ?? []);
  const is = takenBy(after.parts);
  const refundPendingMinor = payment.refundPendingMinor + is.pending - was.pending;
  const refundedMinor = payment.refundedMinor + is.refunded - was.refunded;
  // Not by difference: what was cut off at nothing once must not come back as room.
  const refundableMinor = payment.capturedMinor - refundPendingMinor - refundedMinor - payment.lostMinor;
  return {
    ...payment,
    ...(refundableMinor < 0 && { flags: flagged(payment, 'mismatch') }),
    refundableMinor: Math.max(0, refundableMinor),
    refundPendingMinor,
    refundedMinor,
  };
}

/** The payment with more money captured: the same amount can be given back. */
export function withCaptured(payment: Payment, capturedMinor: number): Payment {
  const grown = capturedMinor - payment.capturedMinor;
  return { ...payment, capturedMinor, refundableMinor: payment.refundableMinor + grown };
}

/** The payment after a dispute or reversal became known or changed. */
export function withDispute(payment: Payment, before: Dispute | undefined, after: Dispute): Payment {
  const lost = after.takenMinor - (before?.takenMinor ?? 0);
  const disputes = {
    ...payment.disputes,
    [after.ref]: { status: after.status, blocksRefunds: after.blocksRefunds },
  };
  return {
    ...payment,
    disputes,
    refundBlocked: Object.values(disputes).some(({ blocksRefunds }) => blocksRefunds),
    lostMinor: payment.lostMinor + lost,
    refundableMinor: payment.refundableMinor - lost,
  };
}

/**
 * What a lost dispute or a reversal takes. Providers tell of the same money twice, as a dispute and as the
 * reversal that follows it, in any order: together they take the larger of both sums. And no more than is left,
 * because what went back was not taken again.
 */
export function takeableMinor(
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

const flagged = ({ flags }: Payment, flag: string): readonly string[] =>
  flags.includes(flag) ? flags : [...flags, flag];
