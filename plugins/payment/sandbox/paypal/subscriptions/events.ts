import { emit } from '../events.ts';
import type { SubscriptionRecord } from '../store/subscription-records.ts';
import type { Account } from '../account.ts';
import { subscriptionView } from './view.ts';

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
