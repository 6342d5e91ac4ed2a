import type Stripe from 'stripe';
import { type Account, type Cause, nowSeconds } from '../account.ts';
import { emit, save } from '../events.ts';
import { idOf } from '../methods/methods.ts';

type Subscription = Stripe.Subscription;

/** How long a first payment may take. */
const FIRST_PAYMENT_MS = 23 * 3600 * 1000;

/** Changes a subscription and emits the event, with the members as they were. */
export function changeSubscription(
  cause: Cause,
  subscription: Subscription,
  changes: Partial<Subscription>,
): Subscription {
  const { account } = cause;
  const changed = { ...subscription, ...changes };
  account.store.put('subscription', changed.id, changed);
  const names = Object.keys(changes) as (keyof Subscription)[];
  const previous = Object.fromEntries(names.map((name) => [name, subscription[name]]));
  emit(cause, 'customer.subscription.updated', changed, previous);
  return changed;
}

/** The current period is paid. */
export function activatePaid(cause: Cause, subscription: Subscription, methodId: string): Subscription {
  const { account } = cause;
  if (subscription.status === 'past_due' || subscription.status === 'unpaid') {
    return changeSubscription(cause, subscription, { status: 'active' });
  }
  if (subscription.status !== 'incomplete') return subscription;
  const keeps = subscription.payment_settings?.save_default_payment_method === 'on_subscription';
  const method = keeps && methodId !== '' ? { default_payment_method: methodId } : {};
  const active = changeSubscription(cause, subscription, { status: 'active', ...method });
  account.store.delete('job', expiryJob(active));
  scheduleRenewal(account, active);
  return active;
}

/** Schedules the end of the current period, or of the subscription when that comes before. */
export function scheduleRenewal(account: Account, { cancel_at: cancelAt, id, items }: Subscription): void {
  const endSeconds = Math.min(items.data[0]?.current_period_end ?? 0, cancelAt ?? Infinity);
  account.store.put('job', id, {
    kind: 'renew-subscription',
    subscriptionId: id,
    dueAtMs: endSeconds * 1000,
  });
}

/** Schedules the expiry of a subscription whose first payment never comes. */
export function scheduleExpiry(account: Account, subscription: Subscription): void {
  const dueAtMs = account.nowMs() + FIRST_PAYMENT_MS;
  const { id: subscriptionId } = subscription;
  account.store.put('job', expiryJob(subscription), { kind: 'expire-subscription', subscriptionId, dueAtMs });
}

/** Ends a subscription for good; one that was never paid expires instead. */
export function endSubscription(
  cause: Cause,
  subscription: Subscription,
  reason: Stripe.Subscription.CancellationDetails.Reason,
): Subscription {
  const { account } = cause;
  const now = nowSeconds(account);
  const { cancellation_details: details, id } = subscription;
  account.store.delete('job', id);
  account.store.delete('job', expiryJob(subscription));
  account.store.delete('job', idOf(subscription.latest_invoice));
  const ended: Subscription = {
    ...subscription,
    canceled_at: subscription.canceled_at ?? now,
    cancellation_details: {
      comment: details?.comment ?? null,
      feedback: details?.feedback ?? null,
      feedback_option: null,
      reason: details?.reason ?? reason,
    },
    ended_at: now,
    status: subscription.status === 'incomplete' ? 'incomplete_expired' : 'canceled',
  };
  return save(cause, 'customer.subscription.deleted', ended);
}

function expiryJob({ id }: Subscription): string {
  return `${id}:first-payment`;
}

/** The method that pays for a subscription: its own, else the customer's; undefined without either. */
export function methodFor(account: Account, { customer, default_payment_method: own }: Subscription) {
  const owner = account.store.get('customer', idOf(customer));
  const settings = owner && owner.deleted !== true ? owner.invoice_settings : undefined;
  const ids = [idOf(own), idOf(settings?.default_payment_method)];
  return ids
    .map((id) => account.store.get('method', id))
    .find((method) => method !== undefined && idOf(method.object.customer) === owner?.id);
}
