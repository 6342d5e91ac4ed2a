import {
  subscriptionActivated,
  subscriptionCanceled,
  subscriptionCanceling,
  subscriptionCreated,
  subscriptionExpired,
  subscriptionPastDue,
  subscriptionPaused,
  subscriptionRecovered,
  subscriptionRenewed,
  subscriptionResumed,
  subscriptionUpdated,
} from '#events/catalog/index.ts';
import { type DomainEvent, domainEvent } from '../../engine/model/event-envelopes.ts';
import type { Subscription } from './subscription.ts';
import { isLive } from './subscription-status.ts';

/**
 * The events of a change of a subscription. It is activated only once: a live status never returns to `incomplete`.
 */
export function subscriptionEvents(before: Subscription, after: Subscription): readonly DomainEvent[] {
  const data = dataOf(before, after);
  const isNew = before.ref === undefined && after.ref !== undefined;
  const begins = isLive(after.status) && !isLive(before.status);
  return [
    ...(isNew ? [domainEvent(subscriptionCreated, data)] : []),
    ...(begins ? [domainEvent(subscriptionActivated, data)] : []),
    ...transitionEvents(before, after),
  ];
}

/** The status without regard to cancellation at the end of the period. */
const courseOf = ({ status }: Subscription) => (status === 'canceling' ? 'active' : status);

function transitionEvents(before: Subscription, after: Subscription): readonly DomainEvent[] {
  const data = dataOf(before, after);
  const from = courseOf(before);
  const to = courseOf(after);
  if (after.status !== before.status && after.status === 'canceled')
    return [domainEvent(subscriptionCanceled, data)];
  if (after.status !== before.status && after.status === 'expired')
    return [domainEvent(subscriptionExpired, data)];
  const wasLive = isLive(before.status);
  const isFailing = to !== from && (to === 'past_due' || to === 'unpaid');
  const recovers = inForce(to) && (from === 'past_due' || from === 'unpaid');
  const endsNow = isLive(after.status) && after.cancelAtPeriodEnd && !before.cancelAtPeriodEnd;
  const goesOn =
    (inForce(to) && from === 'paused') ||
    (wasLive && isLive(after.status) && before.cancelAtPeriodEnd && !after.cancelAtPeriodEnd);
  const isOther =
    wasLive &&
    isLive(after.status) &&
    (before.planId !== after.planId ||
      before.quantity !== after.quantity ||
      (from !== to && inForce(from) && inForce(to)));
  return [
    ...(isFailing ? [domainEvent(subscriptionPastDue, data)] : []),
    ...(to === 'paused' && from !== 'paused' ? [domainEvent(subscriptionPaused, data)] : []),
    ...(recovers ? [domainEvent(subscriptionRecovered, data)] : []),
    ...(goesOn ? [domainEvent(subscriptionResumed, data)] : []),
    ...(endsNow ? [domainEvent(subscriptionCanceling, data)] : []),
    ...(isOther ? [domainEvent(subscriptionUpdated, { ...data, quantity: after.quantity })] : []),
  ];
}

const inForce = (course: Subscription['status']): boolean => course === 'active' || course === 'trialing';

export const renewedEvent = (subscription: Subscription, paymentId: string): DomainEvent =>
  domainEvent(subscriptionRenewed, { ...dataOf(subscription, subscription), paymentId });

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
