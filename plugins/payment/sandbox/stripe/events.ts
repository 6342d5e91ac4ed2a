import type Stripe from 'stripe';
import type { Cause } from '../shared/account.ts';
import { enqueue } from '../shared/webhooks/queue.ts';
import { newId } from './ids.ts';
import type { Records } from './store/records.ts';
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

const KINDS = {
  charge: 'charge',
  customer: 'customer',
  dispute: 'dispute',
  invoice: 'invoice',
  payment_intent: 'intent',
  price: 'price',
  product: 'product',
  'radar.early_fraud_warning': 'fraudWarning',
  refund: 'refund',
  setup_intent: 'setupIntent',
  subscription: 'subscription',
} as const;

type Kinds = typeof KINDS;
/** An object of the API that is stored as it is. */
type Stored = { [O in keyof Kinds]: Records[Kinds[O]] & { readonly object: O } }[keyof Kinds];

/** Stores an object as it is now and emits an event about it. */
export function save<T extends Stored>(
  account: Account,
  cause: Cause,
  type: EventType,
  object: T,
  previous?: object,
): T {
  account.store.put(KINDS[object.object], object.id, object);
  emit(account, cause, type, object, previous);
  return object;
}
