import type { DataOf, EventContract, EventEnvelope } from '#events/catalog/contract.ts';
import type { InvocationContext } from './operation.ts';

/** What the `handle` of a subscription gets. */
export interface SubscriptionContext<D, S> extends InvocationContext<S> {
  /** Checked against the subscription's contract. */
  readonly event: EventEnvelope<D>;
}

/**
 * What a plugin does with one event of another. EventBridge and SQS deliver at least once and in no order: `event.id` is
 * the key to dedupe on.
 */
export interface Subscription<E extends EventContract<unknown>, S> {
  /** Contract of the event, from the catalogue. */
  readonly event: E;
  /** Throwing returns this message alone to the queue; after ten receptions it goes to the dead-letter queue. */
  handle(context: SubscriptionContext<DataOf<E>, S>): Promise<void>;
}

/** Gives a subscription its types; it adds nothing at run time: `subscription<typeof paymentSucceeded, Services>`. */
export function subscription<E extends EventContract<unknown>, S>(
  definition: Subscription<E, S>,
): Subscription<E, S> {
  return definition;
}
