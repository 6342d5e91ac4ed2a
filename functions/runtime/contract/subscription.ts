import type { EventContract, EventEnvelope } from '#events/catalog/contract.ts';
import type { InvocationContext } from './operation.ts';

export interface SubscriptionContext<D, S> extends InvocationContext<S> {
  readonly event: EventEnvelope<D>;
}

/**
 * What a plugin does with one event of another. Delivery is at least once and unordered: `event.id` is the key to
 * dedupe on.
 */
export interface Subscription<D, S> {
  readonly event: EventContract<D>;
  handle(context: SubscriptionContext<D, S>): Promise<void>;
}

export function subscription<D, S>(definition: Subscription<D, S>): Subscription<D, S> {
  return definition;
}
