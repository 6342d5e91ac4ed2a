import { hasEnded } from './model/subscription-status.ts';
import type { Charge, Subscription } from './model/subscription.ts';
import type { SubscriptionSnapshot } from './model/snapshots.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import { type Changed, change } from '../engine/aggregate.ts';
import type { Flow } from '../services.ts';
import { callProvider, unavailable } from '../engine/call-provider.ts';
import { keptSubscription, merged } from './subscription-commands.ts';

/** Takes over what the provider shows of a subscription now. */
export async function mergeFromProvider(
  flow: Flow,
  subscription: Subscription,
  ref: string,
  inbox?: InboxEntry,
): Promise<Changed<Subscription, Charge>> {
  return change(
    flow,
    keptSubscription(flow, subscription.id),
    { root: subscription, parts: [] },
    async (state) => {
      const snapshot = await retrieveSubscription(flow, subscription.provider, ref);
      // Only a body says that this object belongs to a subscription which does not know its object yet.
      const foreign = state.root.ref === undefined && snapshot.subscriptionId !== state.root.id;
      return foreign ? state : merged(flow, state, snapshot);
    },
    () => ({ inbox }),
  );
}

/** The provider's subscription as it is now. @throws ProblemError 503 when it cannot be asked */
export async function retrieveSubscription(
  flow: Flow,
  name: string,
  ref: string,
): Promise<SubscriptionSnapshot> {
  const result = await callProvider(flow, name, undefined, (provider, call) =>
    provider.subscriptions.retrieve(ref, call),
  );
  if (result.kind !== 'ok') throw unavailable(result);
  return result.value;
}

/** Brings the subscriptions of a customer that have not ended in line with the provider. */
export async function reconcileSubscriptionsOf(flow: Flow, customerId: string): Promise<void> {
  for (const subscription of await flow.services.subscriptions.ofCustomer(customerId)) {
    const { ref, status } = subscription;
    if (ref !== undefined && !hasEnded(status)) await mergeFromProvider(flow, subscription, ref);
  }
}
