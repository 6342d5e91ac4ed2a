import type { Dispute } from '../../disputes/model/dispute.ts';
import type { Payment } from '../../payments/model/payment.ts';
import type { RefundSnapshot } from './refund-snapshot.ts';
import { type Refund, type RefundPart, isOpen } from './refund.ts';

/** The flag for refunds at the provider that exceed the refundable amount. */
export const OVER_REFUNDED = 'over_refunded';

/** The pending and the refunded amount of a refund's parts, in minor units. */
function refundTotalsOf(parts: readonly RefundPart[]): {
  readonly pending: number;
  readonly refunded: number;
} {
  const sum = (counts: (part: RefundPart) => boolean): number =>
    parts.filter(counts).reduce((total, { amountMinor }) => total + amountMinor, 0);
  return { pending: sum(isOpen), refunded: sum(({ status }) => status === 'succeeded') };
}

/**
 * The payment with its refundable amount: captured less pending, refunded and lost. Always computed from these,
 * because an amount that was cut off at 0 must not become refundable later.
 */
function balanced(payment: Payment): Payment {
  const { capturedMinor, refundPendingMinor, refundedMinor, lostMinor } = payment;
  const remainingMinor = capturedMinor - refundPendingMinor - refundedMinor - lostMinor;
  const flags = overRefunded(payment, remainingMinor < 0);
  return { ...payment, flags, refundableMinor: Math.max(0, remainingMinor) };
}

/** The flag stays while pending and refunded amounts exceed the captured one: a refund in doubt may still fail. */
function overRefunded({ flags }: Payment, is: boolean): readonly string[] {
  if (flags.includes(OVER_REFUNDED) === is) return flags;
  return is ? [...flags, OVER_REFUNDED] : flags.filter((flag) => flag !== OVER_REFUNDED);
}

/**
 * The payment after a refund was added or changed. One at the provider beyond the refundable amount leaves 0, and
 * flags the payment while that lasts.
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

/** The payment after a further capture, which adds to the refundable amount. */
export function withCaptured(payment: Payment, capturedMinor: number): Payment {
  return capturedMinor === payment.capturedMinor ? payment : balanced({ ...payment, capturedMinor });
}

/** The payment after a dispute or reversal was added or changed. */
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
 * The amount that a lost dispute or a reversal takes, in minor units. Providers report the same money as a dispute
 * and as a reversal, in any order: together they take the larger of both sums, and never more than is refundable.
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
  const unrecorded = Math.max(0, Math.max(sumOf('dispute'), sumOf('reversal')) - taken);
  return Math.min(own.amountMinor, unrecorded, payment.refundableMinor + (before?.takenMinor ?? 0));
}

/** Whether a refund belongs to this payment, as far as the provider names the capture. */
export function isMoneyOf({ captures, currency }: Payment, snapshot: RefundSnapshot): boolean {
  const { captureRef } = snapshot;
  const named = captureRef !== undefined && captures !== undefined;
  const known = !named || captures.some(({ ref }) => ref === captureRef);
  return known && snapshot.currency === currency;
}

export type RefundSummary = 'none' | 'partial' | 'full';

/** The refund status of a payment. */
export function refundStatusOf({ refundedMinor, capturedMinor }: Payment): RefundSummary {
  if (refundedMinor === 0) return 'none';
  return refundedMinor >= capturedMinor ? 'full' : 'partial';
}

const PRECEDENCE = ['open', 'under_review', 'inquiry', 'lost', 'won'] as const;

/** The most serious dispute status of a payment. */
export function disputeStatusOf({ disputes = {} }: Payment): 'none' | (typeof PRECEDENCE)[number] {
  const statuses = Object.values(disputes).map(({ status }) => status);
  return PRECEDENCE.find((status) => statuses.includes(status)) ?? 'none';
}
