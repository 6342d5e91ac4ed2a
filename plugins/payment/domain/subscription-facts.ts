import {
  subscriptionActivated,
  subscriptionCanceled,
  subscriptionCanceling,
  subscriptionCreated,
  subscriptionExpired,
  subscriptionPastDue,
  subscriptionRenewed,
} from '#events/catalog/index.ts';
import { type Fact, fact } from './facts.ts';
import type { Subscription } from './subscription.ts';

/** What is to be told when a subscription becomes known at the provider, or moves. */
export function statusFacts(before: Subscription, after: Subscription): readonly Fact[] {
  const data = dataOf(before, after);
  const isNew = before.ref === undefined && after.ref !== undefined;
  const created = isNew ? [fact(subscriptionCreated, data)] : [];
  if (before.status === after.status) return created;
  return [...created, ...movedFact(before, after)];
}

function movedFact(before: Subscription, after: Subscription): readonly Fact[] {
  const data = dataOf(before, after);
  switch (after.status) {
    case 'trialing':
    case 'active':
      return [fact(subscriptionActivated, data)];
    case 'past_due':
    case 'unpaid':
      return [fact(subscriptionPastDue, data)];
    case 'canceling':
      return [fact(subscriptionCanceling, data)];
    case 'canceled':
      return [fact(subscriptionCanceled, data)];
    case 'expired':
      return [fact(subscriptionExpired, data)];
    case 'initiating':
    case 'incomplete':
    case 'paused':
    case 'failed':
      return [];
  }
}

export const renewedFact = (subscription: Subscription, paymentId: string): Fact =>
  fact(subscriptionRenewed, { ...dataOf(subscription, subscription), paymentId });

function dataOf(before: Subscription, after: Subscription) {
  const { currentPeriodEnd: periodEnd } = after;
  return {
    provider: after.provider,
    providerRef: after.ref ?? null,
    previousStatus: before.seq === 0 ? null : before.status,
    status: after.status,
    customerId: after.customerId,
    planId: after.planId,
    ...(periodEnd !== undefined && { periodEnd }),
  };
}
