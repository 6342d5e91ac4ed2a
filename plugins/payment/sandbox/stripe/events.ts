import type Stripe from 'stripe';
import type { DeliveryRecord } from '../shared/store/records.ts';
import { deliveries, enqueue } from '../shared/webhooks/queue.ts';
import { API_VERSION, type Cause, nowSeconds } from './account.ts';
import { invalid } from './api/errors.ts';
import { listParams, page, type Page } from './api/lists.ts';
import { flag, readParams, text, texts } from './api/params.ts';
import { type Call, get } from './api/route.ts';
import { retrieve } from './api/stored.ts';
import { newId } from './ids.ts';
import type { Records } from './store/records.ts';

/** A type of the pinned version's closed list. */
type EventType = Stripe.Event['type'];

/**
 * Stores an event with the object as it is now and queues its webhook, in the caller's transaction.
 * `previous` holds the members that changed, as they were.
 */
export function emit(
  cause: Cause,
  type: EventType,
  object: object & { readonly id: string },
  previous?: object,
): void {
  const { account } = cause;
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
export function save<T extends Stored>(cause: Cause, type: EventType, object: T, previous?: object): T {
  const { account } = cause;
  account.store.put(KINDS[object.object], object.id, object);
  emit(cause, type, object, previous);
  return object;
}

const TYPES_MAX = 20;

/** `/v1/events`. */
export const eventRoutes = [
  get('/v1/events', listEvents),
  get('/v1/events/{id}', (call, id) =>
    withPendingWebhooks(retrieve('event')(call, id), deliveries(call.account)),
  ),
];

/** `GET /v1/events`, by type, time, and by whether all webhooks arrived. */
function listEvents(call: Call): Page<Stripe.Event> {
  const query = readParams({ ...listParams, delivery_success: flag, type: text, types: texts }, call.form);
  if (query.type !== undefined && query.types !== undefined) {
    throw invalid('You may only specify one of these parameters: type, types.', 'types');
  }
  if ((query.types ?? []).length > TYPES_MAX) {
    throw invalid(`You may specify at most ${TYPES_MAX} types.`, 'types');
  }
  const sent = deliveries(call.account);
  const failing = undelivered(sent);
  const fitting = call.account.store
    .all('event')
    .filter(({ type }) => query.types === undefined || query.types.includes(type))
    .filter(({ type }) => query.type === undefined || typeMatches(type, query.type))
    .filter(({ id }) => query.delivery_success === undefined || failing.has(id) !== query.delivery_success);
  const found = page(fitting, query, call.path);
  return { ...found, data: found.data.map((event) => withPendingWebhooks(event, sent)) };
}

/** Events with a webhook that did not arrive, or not yet. */
function undelivered(sent: readonly DeliveryRecord[]): ReadonlySet<string> {
  return new Set(sent.filter(({ state }) => state !== 'delivered').map(({ event }) => event));
}

/** `*` in a wanted type stands for anything. */
function typeMatches(type: string, wanted: string): boolean {
  const [start = '', ...rest] = wanted.split('*');
  if (rest.length === 0) return type === wanted;
  return type.startsWith(start) && type.endsWith(rest.at(-1) ?? '');
}

/** The event with the number of its webhooks that are still to be delivered. */
function withPendingWebhooks(event: Stripe.Event, sent: readonly DeliveryRecord[]): Stripe.Event {
  const open = sent.filter(
    ({ event: id, state }) => id === event.id && (state === 'pending' || state === 'held'),
  );
  return { ...event, pending_webhooks: open.length };
}
