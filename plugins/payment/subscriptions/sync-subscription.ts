import type { Next } from '../engine/aggregate.ts';
import { hasEnded } from './model/subscription-status.ts';
import type { Charge, Subscription } from './model/subscription.ts';
import type { SubscriptionSnapshot } from './model/snapshots.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import { type Updated, update } from '../engine/update.ts';
import type { Flow } from '../services.ts';
import { readProvider } from '../engine/call-provider.ts';
import {
  type SubscriptionState,
  mergeSubscriptionSnapshot,
  subscriptionRepository,
} from './subscription-commands.ts';

/** Fetches a subscription and merges it. */
export async function mergeFromProvider(
  flow: Flow,
  subscription: Subscription,
  ref: string,
  inbox?: InboxEntry,
): Promise<Updated<SubscriptionState, Next<Subscription, Charge>>> {
  return update(
    flow,
    subscriptionRepository(flow, subscription.id),
    { root: subscription, parts: [] },
    async (state) => {
      const snapshot = await retrieveSubscription(flow, subscription.provider, ref);
      // A subscription without a recorded provider id accepts only an object whose metadata names it.
      const foreign = state.root.ref === undefined && snapshot.subscriptionId !== state.root.id;
      return foreign ? state : mergeSubscriptionSnapshot(flow, state, snapshot);
    },
    () => ({ inbox }),
  );
}

/** Fetches a subscription. @throws ProblemError 503 when the fetch fails */
export const retrieveSubscription = (flow: Flow, name: string, ref: string): Promise<SubscriptionSnapshot> =>
  readProvider(flow, name, ({ subscriptions }, call) => subscriptions.retrieve(ref, call));

/** Reconciles the subscriptions of a customer that have not ended. */
export async function reconcileSubscriptionsOf(flow: Flow, customerId: string): Promise<void> {
  for (const subscription of await flow.services.subscriptions.ofCustomer(customerId)) {
    const { ref, status } = subscription;
    if (ref !== undefined && !hasEnded(status)) await mergeFromProvider(flow, subscription, ref);
  }
}
