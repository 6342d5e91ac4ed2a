import type Stripe from 'stripe';
import type { Cause } from '../../shared/core.ts';
import { emit } from '../events.ts';
import type { World } from '../world.ts';
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
export function closeDispute(
  world: World,
  cause: Cause,
  dispute: Stripe.Dispute,
  outcome: DisputeOutcome,
): Stripe.Dispute {
  world.store.delete('job', dispute.id);
  const won = outcome === 'won';
  const moved = won ? moveFunds(world, cause, dispute, 'reinstated') : dispute;
  const closed = { ...moved, status: outcome, is_charge_refundable: outcome !== 'lost' };
  world.store.put('dispute', closed.id, closed);
  emit(world, cause, 'charge.dispute.closed', closed, { status: dispute.status });
  return closed;
}

/** An inquiry becomes a dispute: now the money is taken. */
export function escalate(world: World, cause: Cause, dispute: Stripe.Dispute): Stripe.Dispute {
  world.store.delete('job', dispute.id);
  const details = dispute.payment_method_details;
  const escalated = {
    ...dispute,
    status: 'needs_response',
    is_charge_refundable: false,
    ...(details?.card
      ? { payment_method_details: { ...details, card: { ...details.card, case_type: 'chargeback' } } }
      : {}),
  } as Stripe.Dispute;
  world.store.put('dispute', escalated.id, escalated);
  emit(world, cause, 'charge.dispute.updated', escalated, { status: dispute.status });
  return moveFunds(world, cause, escalated, 'withdrawn');
}
