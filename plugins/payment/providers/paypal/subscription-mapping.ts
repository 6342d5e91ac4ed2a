import type { Subscription } from '@paypal/paypal-server-sdk';
import { readMarkedId } from '../marked-id.ts';
import type { SubscriptionSnapshot } from '../../subscriptions/model/snapshots.ts';
import { unexpected } from './calls.ts';
import { hrefOf } from './links.ts';

/** Maps a subscription. PayPal's subscriber is no vault customer, so `customerRef` is undefined. */
export function toSubscriptionSnapshot(subscription: Subscription, livemode: boolean): SubscriptionSnapshot {
  const { id, planId, customId, billingInfo, links } = subscription;
  if (!id || !planId || !subscription.status) throw unexpected();
  const status = statusOf(subscription);
  const quantity = Number(subscription.quantity ?? Number.NaN);
  const named = readMarkedId('sub', customId);
  const waiting = subscription.status.toString() === 'APPROVAL_PENDING';
  return {
    ref: id,
    status,
    subscriptionId: named?.id ?? customId,
    deployment: named?.deployment,
    planId,
    ...(Number.isSafeInteger(quantity) && quantity > 0 && { quantity }),
    customerRef: undefined,
    livemode,
    currentPeriodEnd: billingInfo?.nextBillingTime,
    cancelAtPeriodEnd: false,
    nextAction: waiting ? { type: 'redirect', url: hrefOf(links, 'approve') } : undefined,
  };
}

/** PayPal has no status for a trial or failed charges, so they are derived from its billing information. */
function statusOf({ status, billingInfo }: Subscription): SubscriptionSnapshot['status'] {
  const isFailing = (billingInfo?.failedPaymentsCount ?? 0) > 0;
  switch (status as string) {
    case 'APPROVAL_PENDING':
    case 'APPROVED':
      return 'incomplete';
    case 'ACTIVE':
      if (isFailing) return 'past_due';
      return isTrying(billingInfo) ? 'trialing' : 'active';
    case 'SUSPENDED':
      return isFailing ? 'unpaid' : 'paused';
    case 'CANCELLED':
      return 'canceled';
    case 'EXPIRED':
      return 'expired';
    default:
      return undefined;
  }
}

/** Within its trial, of which a cycle may be counted already, and none of the regular ones. */
function isTrying(billingInfo: Subscription['billingInfo']): boolean {
  const cycles = billingInfo?.cycleExecutions ?? [];
  const regular = cycles.find(({ tenureType }) => (tenureType as string) === 'REGULAR');
  const trial = cycles.some(({ tenureType }) => (tenureType as string) === 'TRIAL');
  return trial && (regular?.cyclesCompleted ?? 0) === 0;
}
