import { withQuery } from '../links.ts';
import type { PlanRecord, SubscriptionRecord } from '../store/subscription-records.ts';
import type { World } from '../world.ts';
import { nowIso } from '../world.ts';
import { bill, schedule } from './bill.ts';
import { charge } from './charge.ts';
import { emitSubscription } from './events.ts';
import { saveSubscription } from './save.ts';

/** What became of a subscription, and where the payer's browser goes, when the merchant said so. */
export interface Subscribed {
  readonly subscription: SubscriptionRecord;
  readonly redirect?: string | undefined;
}

/**
 * The payer subscribes; what is due at once is charged. The first `failNext` charges fail. Undefined when nobody
 * waits for that.
 */
export function approveSubscription(
  world: World,
  pending: SubscriptionRecord,
  failNext = 0,
): Subscribed | undefined {
  const plan = world.store.get('plan', pending.planId);
  if (pending.status !== 'APPROVAL_PENDING' || !plan) return undefined;
  return world.store.transaction(() => {
    const now = nowIso(world);
    const startAt = pending.startAt > now ? pending.startAt : now;
    const from = { startAt, cycleFrom: startAt, nextAt: startAt };
    const active = saveSubscription(world, pending, { ...from, failNext, status: 'ACTIVE' });
    emitSubscription(world, 'ACTIVATED', active);
    start(world, plan, active, now);
    const subscription = world.store.get('subscription', active.id) ?? active;
    return { subscription, redirect: withQuery(pending.returnUrl, sessionOf(pending)) };
  });
}

/** The payer turns back; the subscription goes on waiting. */
export function declineSubscription(pending: SubscriptionRecord): Subscribed | undefined {
  if (pending.status !== 'APPROVAL_PENDING') return undefined;
  return { subscription: pending, redirect: withQuery(pending.cancelUrl, sessionOf(pending)) };
}

function sessionOf({ id }: SubscriptionRecord): Record<string, string> {
  return { subscription_id: id, ba_token: id, token: id };
}

/** Charges the setup fee, which may end it all, and the first period when it begins now. */
function start(world: World, plan: PlanRecord, active: SubscriptionRecord, now: string): void {
  const setup = charge(world, plan, active, { amountMinor: plan.setupFeeMinor, at: now });
  if (!setup.paid && plan.setupFeeFailure === 'CANCEL') {
    const note = 'The setup fee could not be charged.';
    const ended = saveSubscription(world, setup.subscription, { status: 'CANCELLED', note });
    return emitSubscription(world, 'CANCELLED', ended);
  }
  const outstandingMinor = setup.paid ? 0 : plan.setupFeeMinor;
  const begun = saveSubscription(world, setup.subscription, { outstandingMinor });
  if (active.startAt > now) return schedule(world, begun);
  bill(world, begun.id);
}
