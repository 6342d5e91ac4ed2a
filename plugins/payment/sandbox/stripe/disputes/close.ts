import type Stripe from 'stripe';
import type { Cause } from '../account.ts';
import { save } from '../events.ts';
import { moveFunds } from './funds.ts';

/** How a dispute ends: inquiries are only ever closed, or lost when they are accepted. */
export type DisputeOutcome = 'won' | 'lost' | 'warning_closed';

const OPEN = ['needs_response', 'under_review', 'warning_needs_response', 'warning_under_review'];

/** Whether the bank has not decided yet. */
export function isOpen({ status }: Stripe.Dispute): boolean {
  return OPEN.includes(status);
}

/** Whether no money has been taken: the bank only asks. */
export function isInquiry({ status }: Stripe.Dispute): boolean {
  return status.startsWith('warning_');
}

/** The bank decides. */
export function closeDispute(cause: Cause, dispute: Stripe.Dispute, outcome: DisputeOutcome): Stripe.Dispute {
  const { account } = cause;
  account.store.delete('job', dispute.id);
  const won = outcome === 'won';
  const moved = won ? moveFunds(cause, dispute, 'reinstated') : dispute;
  const closed = { ...moved, status: outcome, is_charge_refundable: outcome !== 'lost' };
  return save(cause, 'charge.dispute.closed', closed, { status: dispute.status });
}

/** An inquiry becomes a dispute: now the money is taken. */
export function escalate(cause: Cause, dispute: Stripe.Dispute): Stripe.Dispute {
  const { account } = cause;
  account.store.delete('job', dispute.id);
  const details = dispute.payment_method_details;
  const escalated = {
    ...dispute,
    status: 'needs_response',
    is_charge_refundable: false,
    ...(details?.card
      ? { payment_method_details: { ...details, card: { ...details.card, case_type: 'chargeback' } } }
      : {}),
  } as Stripe.Dispute;
  save(cause, 'charge.dispute.updated', escalated, { status: dispute.status });
  return moveFunds(cause, escalated, 'withdrawn');
}
