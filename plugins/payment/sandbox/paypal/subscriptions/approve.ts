import { type Answered, withQuery } from '../../shared/http/page.ts';
import { type Account, nowIso } from '../account.ts';
import type { PlanRecord, SubscriptionRecord } from '../store/subscription-records.ts';
import { billSubscription, chargeSubscriber, scheduleBilling } from './bill.ts';
import { emitSubscription, saveSubscription } from './events.ts';

/**
 * The payer subscribes: the setup fee is charged, and the first period when it begins now. The first `failNext`
 * charges fail. Undefined when nobody waits for that.
 */
export function approveSubscription(
  account: Account,
  pending: SubscriptionRecord,
  failNext = 0,
): Answered<SubscriptionRecord> | undefined {
  const plan = account.store.get('plan', pending.planId);
  if (pending.status !== 'APPROVAL_PENDING' || !plan) return undefined;
  const now = nowIso(account);
  const startAt = pending.startAt > now ? pending.startAt : now;
  const from = { startAt, cycleFrom: startAt, nextAt: startAt };
  const active = saveSubscription(account, pending, { ...from, failNext, status: 'ACTIVE' });
  emitSubscription(account, 'ACTIVATED', active);
  startBilling(account, plan, active, now);
  const object = account.store.get('subscription', active.id) ?? active;
  return { object, redirect: withQuery(pending.returnUrl, sessionOf(pending)) };
}

/** The payer turns back; the subscription goes on waiting. */
export function declineSubscription(pending: SubscriptionRecord): Answered<SubscriptionRecord> | undefined {
  if (pending.status !== 'APPROVAL_PENDING') return undefined;
  return { object: pending, redirect: withQuery(pending.cancelUrl, sessionOf(pending)) };
}

function sessionOf({ id }: SubscriptionRecord): Record<string, string> {
  return { subscription_id: id, ba_token: id, token: id };
}

/** Charges the setup fee, which may end it all, and the first period when it begins now. */
function startBilling(account: Account, plan: PlanRecord, active: SubscriptionRecord, now: string): void {
  const setup = chargeSubscriber(account, plan, active, { amountMinor: plan.setupFeeMinor, at: now });
  if (!setup.paid && plan.setupFeeFailure === 'CANCEL') {
    const note = 'The setup fee could not be charged.';
    const ended = saveSubscription(account, setup.subscription, { status: 'CANCELLED', note });
    return emitSubscription(account, 'CANCELLED', ended);
  }
  const outstandingMinor = setup.paid ? 0 : plan.setupFeeMinor;
  const begun = saveSubscription(account, setup.subscription, { outstandingMinor });
  if (active.startAt > now) return scheduleBilling(account, begun);
  billSubscription(account, begun.id);
}
