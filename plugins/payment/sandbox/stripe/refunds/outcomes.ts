import type Stripe from 'stripe';
import { type Account, type Cause, nowSeconds } from '../account.ts';
import { emit } from '../events.ts';
import { idOf, magicOf } from '../methods/methods.ts';

/** Sandbox time between a refund and its outcome. */
const REFUND_OUTCOME_AFTER_MS = 5000;

/** Schedules the outcome of refunds that are pending or will fail. */
export function scheduleOutcome(account: Account, refund: Stripe.Refund): void {
  const charge = account.store.get('charge', idOf(refund.charge));
  const method = account.store.get('method', charge?.payment_method ?? '');
  const fails = method !== undefined && magicOf(method.magic).refunds === 'fail';
  if (refund.status !== 'pending' && !fails) return;
  const kind = fails ? 'fail-refund' : 'settle-refund';
  const dueAtMs = account.nowMs() + REFUND_OUTCOME_AFTER_MS;
  account.store.put('job', refund.id, { kind, refundId: refund.id, dueAtMs });
}

/** How long the payer has to name the account that is refunded. */
const DETAILS_WITHIN_SECONDS = 45 * 86_400;

/** Stripe has asked the payer by e-mail for the account that is refunded. */
export function askForDetails(cause: Cause, refund: Stripe.Refund): Stripe.Refund {
  const { account } = cause;
  account.store.delete('job', refund.id);
  const now = nowSeconds(account);
  return changeRefund(cause, refund, {
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
export function settleRefund(cause: Cause, refund: Stripe.Refund): Stripe.Refund {
  const { account } = cause;
  account.store.delete('job', refund.id);
  return changeRefund(cause, refund, { status: 'succeeded' });
}

/** A refund failed or was canceled: its amount no longer counts as refunded on the charge. */
export function undoRefund(
  cause: Cause,
  refund: Stripe.Refund,
  changes: Pick<Stripe.Refund, 'failure_reason' | 'status'>,
): Stripe.Refund {
  const { account } = cause;
  account.store.delete('job', refund.id);
  const charge = account.store.get('charge', idOf(refund.charge));
  if (charge) {
    const amount = charge.amount_refunded - refund.amount;
    account.store.put('charge', charge.id, { ...charge, amount_refunded: amount, refunded: false });
  }
  return changeRefund(cause, refund, changes);
}

function changeRefund(cause: Cause, refund: Stripe.Refund, changes: Partial<Stripe.Refund>): Stripe.Refund {
  const { account } = cause;
  const changed = { ...refund, ...changes };
  account.store.put('refund', changed.id, changed);
  const previous = { status: refund.status };
  if (changed.status === 'failed') emit(cause, 'refund.failed', changed, previous);
  emit(cause, 'refund.updated', changed, previous);
  emit(cause, 'charge.refund.updated', changed, previous);
  return changed;
}
