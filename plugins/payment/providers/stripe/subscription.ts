import type Stripe from 'stripe';
import type { SubscriptionSnapshot } from '../../subscriptions/model/snapshots.ts';
import { SUBSCRIPTION_ID_KEY } from '../metadata-keys.ts';
import { expectObject, idOf, isoOf } from './answers.ts';
import { markIn } from './marks.ts';

const statuses: Readonly<Record<string, SubscriptionSnapshot['status']>> = {
  incomplete: 'incomplete',
  incomplete_expired: 'expired',
  trialing: 'trialing',
  active: 'active',
  past_due: 'past_due',
  unpaid: 'unpaid',
  paused: 'paused',
  canceled: 'canceled',
};

/** A subscription as a snapshot. Its period stands on its items, which all have the same one here. */
export function toSubscription(answer: Stripe.Subscription): SubscriptionSnapshot {
  const subscription = expectObject(answer, 'subscription');
  const { latest_invoice: invoice } = subscription;
  const [item] = subscription.items?.data ?? [];
  const cancelAtPeriodEnd = endsWithPeriod(subscription, item?.current_period_end);
  const secret = typeof invoice === 'object' ? invoice?.confirmation_secret?.client_secret : undefined;
  return {
    ref: subscription.id,
    status: statusOf(subscription, cancelAtPeriodEnd),
    subscriptionId: subscription.metadata?.[SUBSCRIPTION_ID_KEY],
    ...markIn(subscription.metadata),
    planId: item?.price?.id ?? '',
    quantity: item?.quantity,
    customerRef: idOf(subscription.customer),
    livemode: subscription.livemode,
    currentPeriodEnd: isoOf(item?.current_period_end),
    cancelAtPeriodEnd,
    clientSecret: subscription.status === 'incomplete' ? secret : undefined,
  };
}

/** A date to end at says the same as the flag, when it is the end of the period. */
function endsWithPeriod(subscription: Stripe.Subscription, periodEnd: number | undefined): boolean {
  const { cancel_at: cancelAt, cancel_at_period_end: flag } = subscription;
  return flag || (typeof cancelAt === 'number' && periodEnd !== undefined && cancelAt <= periodEnd);
}

/** Stripe leaves the status as it is while the collection of payments is paused. */
function statusOf(subscription: Stripe.Subscription, ends: boolean): SubscriptionSnapshot['status'] {
  const { status } = subscription;
  const inForce = status === 'active' || status === 'trialing';
  if (inForce && isCollectionPaused(subscription)) return 'paused';
  return ends && inForce ? 'canceling' : statuses[status];
}

/** Whether the collection of invoices is paused. */
export const isCollectionPaused = ({ pause_collection: pause }: Stripe.Subscription): boolean =>
  pause !== null && pause !== undefined;
