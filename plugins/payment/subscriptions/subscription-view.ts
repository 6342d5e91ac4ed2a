import * as z from 'zod/mini';
import type { Subscription } from './model/subscription.ts';
import type { SubscriptionSnapshot } from './model/snapshots.ts';
import { callView } from '../customers/customer-view.ts';
import { providerName, subscriptionStatus } from '../api/enums.ts';
import { disclosed, nextActionMember } from '../api/next-action.ts';
import { timestamp } from '../api/schemas.ts';

export const subscriptionAction = z.object({ type: z.string(), url: z.optional(z.string()) });
subscriptionAction.register(z.globalRegistry, { id: 'SubscriptionAction' });

/** A subscription. `clientSecret` and the URL of the next action appear on create and its replay only. */
export const subscriptionSchema = z.object({
  id: z.string(),
  status: subscriptionStatus,
  provider: providerName,
  providerRef: z.nullable(z.string()),
  customerId: z.string(),
  planId: z.string(),
  quantity: z.int(),
  currentPeriodEnd: z.optional(timestamp),
  cancelAtPeriodEnd: z.boolean(),
  clientSecret: z.optional(z.nullable(z.string())),
  nextAction: z.optional(subscriptionAction),
  metadata: z.record(z.string(), z.string()),
  flags: z.array(z.string()),
  operation: callView,
  createdAt: timestamp,
  updatedAt: timestamp,
  version: z.int(),
});
subscriptionSchema.register(z.globalRegistry, { id: 'Subscription' });
export type SubscriptionView = z.infer<typeof subscriptionSchema>;

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
