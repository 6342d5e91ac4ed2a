import { disclosed, nextActionMember } from '../api/next-action.ts';
import type { SubscriptionSnapshot } from './model/snapshots.ts';
import type { Subscription } from './model/subscription.ts';
import type { SubscriptionView } from './subscription-schema.ts';

/** The subscription as clients see it, without secrets: this is also what is stored for replays. */
export function subscriptionView(subscription: Subscription): SubscriptionView {
  const { currentPeriodEnd, call } = subscription;
  return {
    id: subscription.id,
    status: subscription.status,
    provider: subscription.provider as SubscriptionView['provider'],
    providerRef: subscription.ref ?? null,
    customerId: subscription.customerId,
    planId: subscription.planId,
    quantity: subscription.quantity,
    ...(currentPeriodEnd !== undefined && { currentPeriodEnd }),
    cancelAtPeriodEnd: subscription.cancelAtPeriodEnd,
    ...nextActionMember(subscription),
    metadata: { ...subscription.metadata },
    flags: [...subscription.flags],
    operation: { kind: call.kind, status: call.status },
    createdAt: subscription.createdAt,
    updatedAt: subscription.updatedAt,
    version: subscription.version,
  };
}

/** Adds what only the creator may see, as long as the first payment waits for the payer. */
export function withPayerSecrets(
  view: SubscriptionView,
  snapshot: SubscriptionSnapshot | undefined,
): SubscriptionView {
  const open = snapshot?.status === 'incomplete' && view.status === 'incomplete';
  return {
    ...view,
    clientSecret: open ? (snapshot.clientSecret ?? null) : null,
    ...(open && snapshot.nextAction !== undefined && { nextAction: disclosed(snapshot.nextAction) }),
  };
}
