import type Stripe from 'stripe';
import type { Cause } from '../../shared/core.ts';
import { emit } from '../events.ts';
import { idOf, magicOf } from '../methods/methods.ts';
import type { World } from '../world.ts';
import { nowSeconds } from '../world.ts';

/** Sandbox time between a refund and what later becomes of it. */
export const REFUND_OUTCOME_AFTER_MS = 5000;

/** Sets the alarm for refunds that are pending or will fail. */
export function scheduleOutcome(world: World, refund: Stripe.Refund): void {
  const charge = world.store.get('charge', idOf(refund.charge));
  const method = world.store.get('method', charge?.payment_method ?? '');
  const fails = method !== undefined && magicOf(method.magic).refunds === 'fail';
  if (refund.status !== 'pending' && !fails) return;
  const kind = fails ? 'fail-refund' : 'settle-refund';
  const dueAtMs = world.nowMs() + REFUND_OUTCOME_AFTER_MS;
  world.store.put('job', refund.id, { kind, refundId: refund.id, dueAtMs });
}

/** How long the payer has to say where the money goes. */
const DETAILS_WITHIN_SECONDS = 45 * 86_400;

/** Stripe has asked the payer by e-mail for the account that the money goes to. */
export function askForDetails(world: World, cause: Cause, refund: Stripe.Refund): Stripe.Refund {
  world.store.delete('job', refund.id);
  const now = nowSeconds(world);
  return change(world, cause, refund, {
    status: 'requires_action',
    instructions_email: 'payer@shop.example',
    next_action: {
      type: 'display_details',
      display_details: {
        email_sent: { email_sent_at: now, email_sent_to: 'payer@shop.example' },
        expires_at: now + DETAILS_WITHIN_SECONDS,
      },
    },
  });
}

/** The money has reached the payer. */
export function settleRefund(world: World, cause: Cause, refund: Stripe.Refund): Stripe.Refund {
  world.store.delete('job', refund.id);
  return change(world, cause, refund, { status: 'succeeded' });
}

/** The payer's bank sent the money back, or the refund was called off: the charge is as if it had not been. */
export function undoRefund(
  world: World,
  cause: Cause,
  refund: Stripe.Refund,
  changes: Pick<Stripe.Refund, 'failure_reason' | 'status'>,
): Stripe.Refund {
  world.store.delete('job', refund.id);
  const charge = world.store.get('charge', idOf(refund.charge));
  if (charge) {
    const amount = charge.amount_refunded - refund.amount;
    world.store.put('charge', charge.id, { ...charge, amount_refunded: amount, refunded: false });
  }
  return change(world, cause, refund, changes);
}

function change(
  world: World,
  cause: Cause,
  refund: Stripe.Refund,
  changes: Partial<Stripe.Refund>,
): Stripe.Refund {
  const changed = { ...refund, ...changes };
  world.store.put('refund', changed.id, changed);
  const previous = { status: refund.status };
  if (changed.status === 'failed') emit(world, cause, 'refund.failed', changed, previous);
  emit(world, cause, 'refund.updated', changed, previous);
  emit(world, cause, 'charge.refund.updated', changed, previous);
  return changed;
}
