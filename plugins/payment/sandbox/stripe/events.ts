import type Stripe from 'stripe';
import type { Cause } from '../shared/core.ts';
import type { DeliveryRecord } from '../shared/store/records.ts';
import { enqueue } from '../shared/webhooks/queue.ts';
import { newId } from './ids.ts';
import type { World } from './world.ts';
import { API_VERSION, nowSeconds } from './world.ts';

/** A type of the pinned version's closed list. */
export type EventType = Stripe.Event['type'];

/**
 * Keeps an event with the object as it is now and puts its webhook on the way, in the caller's transaction.
 * `previous` holds the members that changed, as they were.
 */
export function emit(
  world: World,
  cause: Cause,
  type: EventType,
  object: object & { readonly id: string },
  previous?: object,
): void {
  const event = {
    id: newId('evt'),
    object: 'event',
    api_version: API_VERSION,
    created: nowSeconds(world),
    data: { object, ...(previous === undefined ? {} : { previous_attributes: previous }) },
    livemode: false,
    pending_webhooks: world.webhookUrl === undefined ? 0 : 1,
    request: { id: cause.requestId, idempotency_key: cause.idempotencyKey },
    type,
  } as unknown as Stripe.Event;
  world.store.put('event', event.id, event);
  enqueue(world, event.id, type, object.id);
}

/** The event with the number of its webhooks that are still to be delivered. */
export function withPendingWebhooks(
  event: Stripe.Event,
  deliveries: readonly DeliveryRecord[],
): Stripe.Event {
  const open = deliveries.filter(
    ({ event: id, state }) => id === event.id && (state === 'pending' || state === 'held'),
  );
  return { ...event, pending_webhooks: open.length };
}
