import { type Account, nowIso } from '../account.ts';
import { emit } from '../events.ts';
import type { SubscriptionRecord } from '../store/subscription-records.ts';
import { subscriptionView } from './view.ts';

/** Keeps the subscription with changes; a new status is stamped. */
export function saveSubscription(
  account: Account,
  subscription: SubscriptionRecord,
  changes: Partial<SubscriptionRecord>,
): SubscriptionRecord {
  const at = nowIso(account);
  const turned = changes.status !== undefined && changes.status !== subscription.status;
  const changed = { ...subscription, ...changes, ...(turned ? { statusAt: at } : {}), updatedAt: at };
  account.store.put('subscription', changed.id, changed);
  return changed;
}

const SUMMARIES = {
  CREATED: 'Subscription created',
  ACTIVATED: 'Subscription activated',
  'RE-ACTIVATED': 'Subscription re-activated',
  SUSPENDED: 'Subscription suspended',
  CANCELLED: 'Subscription cancelled',
  EXPIRED: 'Subscription expired',
  'PAYMENT.FAILED': 'Subscription payment failed',
} as const;

/** Announces a change of a subscription. */
export function emitSubscription(
  account: Account,
  what: keyof typeof SUMMARIES,
  subscription: SubscriptionRecord,
): void {
  emit(account, {
    resource_type: 'subscription',
    resource_version: '2.0',
    event_type: `BILLING.SUBSCRIPTION.${what}`,
    summary: SUMMARIES[what],
    resource: subscriptionView(account, subscription),
  });
}
