import type { Charge, Subscription } from '../model/subscription.ts';
import type { AggregateStore } from '../../store/aggregate-store.ts';

/** Subscriptions. One whose customer is deleted, or is being deleted, is not begun: its write is `stale`. */
export interface SubscriptionStore extends AggregateStore<Subscription, Charge> {
  /** All subscriptions of a customer, also those that have ended. */
  ofCustomer(customerId: string): Promise<readonly Subscription[]>;
}
