import { emit } from '../events.ts';
import type { SubscriptionRecord } from '../store/subscription-records.ts';
import type { World } from '../world.ts';
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
  world: World,
  what: keyof typeof SUMMARIES,
  subscription: SubscriptionRecord,
): void {
  emit(world, {
    resource_type: 'subscription',
    resource_version: '2.0',
    event_type: `BILLING.SUBSCRIPTION.${what}`,
    summary: SUMMARIES[what],
    resource: subscriptionView(world, subscription),
  });
}
