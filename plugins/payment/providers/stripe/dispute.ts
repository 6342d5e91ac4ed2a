import type Stripe from 'stripe';
import type { DisputeSnapshot, DisputeStatus } from '../../disputes/model/dispute-snapshot.ts';
import { expectAmount, expectObject, idOf, isoOf } from './answers.ts';
import { fromStripeUnit } from './currencies.ts';

const statuses: Readonly<Record<string, DisputeStatus>> = {
  warning_needs_response: 'inquiry',
  warning_under_review: 'inquiry',
  needs_response: 'open',
  appeal_needs_response: 'open',
  under_review: 'under_review',
  appeal_under_review: 'under_review',
  won: 'won',
  lost: 'lost',
  warning_closed: 'closed',
  prevented: 'closed',
};

const OVER: ReadonlySet<DisputeStatus | undefined> = new Set(['won', 'lost', 'closed']);

/** A dispute as a snapshot. Whether it blocks refunds is what Stripe says of its charge, not what its status is. */
export function toDispute(answer: Stripe.Dispute): DisputeSnapshot {
  const dispute = expectObject(answer, 'dispute');
  const status = statuses[dispute.status];
  return {
    ref: dispute.id,
    status,
    stage: dispute.payment_method_details?.card?.case_type,
    reason: dispute.reason,
    amountMinor: fromStripeUnit(expectAmount(dispute.amount), dispute.currency),
    currency: dispute.currency,
    livemode: dispute.livemode,
    paymentRef: idOf(dispute.payment_intent),
    dueBy: isoOf(dispute.evidence_details?.due_by),
    blocksRefunds: !dispute.is_charge_refundable && !OVER.has(status),
  };
}
