import type Stripe from 'stripe';
import type { Cause } from '../shared/account.ts';
import { enqueue } from '../shared/webhooks/queue.ts';
import { newId } from './ids.ts';
import { type Account, API_VERSION, nowSeconds } from './account.ts';

/** A type of the pinned version's closed list. */
export type EventType = Stripe.Event['type'];

/**
 * Keeps an event with the object as it is now and puts its webhook on the way, in the caller's transaction.
 * `previous` holds the members that changed, as they were.
 */
export function emit(
  account: Account,
  cause: Cause,
  type: EventType,
  object: object & { readonly id: string },
  previous?: object,
): void {
  const event = {
    id: newId('evt'),
    object: 'event',
    api_version: API_VERSION,
    created: nowSeconds(account),
    data: { object, ...(previous === undefined ? {} : { previous_attributes: previous }) },
    livemode: false,
    pending_webhooks: account.webhookUrl === undefined ? 0 : 1,
    request: { id: cause.requestId, idempotency_key: cause.idempotencyKey },
    type,
  } as unknown as Stripe.Event;
  account.store.put('event', event.id, event);
  enqueue(account, event.id, { type, object: object.id });
}
