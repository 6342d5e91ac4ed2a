import type { Charge, Subscription } from '../model/subscription.ts';
import type { AggregateStore } from '../../store/aggregate-store.ts';

/** Subscriptions. A new one whose customer is deleted, or being deleted, is not written: `stale`. */
export interface SubscriptionStore extends AggregateStore<Subscription, Charge> {
  /** All subscriptions of a customer, also those that have ended. */
  ofCustomer(customerId: string): Promise<readonly Subscription[]>;
}
