import * as z from 'zod/mini';
import type { DeliveryRecord } from '../../shared/store/records.ts';
import { deliveries, resend } from '../../shared/webhooks/queue.ts';
import type { Account } from '../account.ts';
import { notFound } from '../api/errors.ts';
import { pageSize, queryTime, readBody, readQuery } from '../api/input.ts';
import { type Call, get, post, type Result } from '../api/route.ts';
import { stored } from '../api/stored.ts';
import { labelOf } from '../events.ts';
import { listLink } from '../links.ts';
import type { EventRecord } from '../store/records.ts';
import { verifySignature } from './verify.ts';

const SIZE_DEFAULT = 10;
const SIZE_MAX = 300;

const listSchema = z.object({
  start_time: queryTime,
  end_time: queryTime,
  event_type: z.optional(z.string()),
  transaction_id: z.optional(z.string()),
  page_size: pageSize(SIZE_DEFAULT, SIZE_MAX),
  index_id: z.optional(z.string()),
});
const resendSchema = z.object({ webhook_ids: z.optional(z.array(z.string())) });

/** The events of the account, and the post-back that verifies a webhook. */
export const webhookRoutes = [
  post('/v1/notifications/verify-webhook-signature', verifySignature),
  get('/v1/notifications/webhooks-events', listEvents),
  get('/v1/notifications/webhooks-events/{slug}', getEvent),
  post('/v1/notifications/webhooks-events/{slug}/resend', resendEvent),
];

/** `GET /v1/notifications/webhooks-events`, newest first; the next page is in its link. */
function listEvents({ path, query, account }: Call): Result {
  const filter = readQuery(listSchema, query);
  const fitting = account.store
    .all('event')
    .filter((event) => eventFits(event, filter))
    .toReversed();
  const from = fitting.findIndex(({ id }) => id === filter.index_id) + 1;
  const events = fitting.slice(from, from + filter.page_size);
  const last = events.at(-1);
  const next = new URLSearchParams(query);
  next.set('move_to', 'next');
  next.set('index_time', last?.create_time ?? '');
  next.set('index_id', last?.id ?? '');
  const more = from + events.length < fitting.length;
  const links = [
    listLink(account, path, query, 'self'),
    ...(more ? [listLink(account, path, next, 'next')] : []),
  ];
  const sent = Map.groupBy(deliveries(account), ({ event }) => event);
  const shown = events.map((event) => recordOf(account, event, sent.get(event.id) ?? []));
  return { status: 200, body: { events: shown, count: events.length, links } };
}

/** `GET /v1/notifications/webhooks-events/{id}`. */
function getEvent({ account }: Call, id: string): Result {
  const event = stored(account, 'event', id);
  const sent = deliveries(account).filter((delivery) => delivery.event === id);
  return { status: 200, body: recordOf(account, event, sent) };
}

/** `POST /v1/notifications/webhooks-events/{id}/resend`; without a webhook URL nothing is sent. */
function resendEvent(call: Call, id: string): Result {
  const { account } = call;
  const { webhook_ids: ids } = readBody(resendSchema, call.body);
  const event = stored(account, 'event', id);
  if (ids !== undefined && !ids.includes(account.webhookId)) throw notFound();
  resend(account, id, labelOf(event));
  return { status: 202, body: event };
}

function eventFits(event: EventRecord, filter: z.output<typeof listSchema>): boolean {
  const createdMs = Date.parse(event.create_time);
  return (
    (filter.start_time === undefined || createdMs >= filter.start_time) &&
    (filter.end_time === undefined || createdMs <= filter.end_time) &&
    (filter.event_type === undefined || event.event_type === filter.event_type) &&
    (filter.transaction_id === undefined || labelOf(event).object === filter.transaction_id)
  );
}

const STATUSES: Readonly<Record<DeliveryRecord['state'], string>> = {
  pending: 'PENDING',
  held: 'PENDING',
  dropped: 'FAILURE',
  delivered: 'SUCCESS',
  failed: 'FAILURE',
};

/** The event with what became of its deliveries; one that is tried again failed before. */
function recordOf(account: Account, event: EventRecord, sent: readonly DeliveryRecord[]): object {
  const transmissions = sent.map(({ attempts, id, state }) => {
    const last = attempts.at(-1);
    return {
      webhook_url: account.webhookUrl,
      transmission_id: id,
      status: last !== undefined && state === 'pending' ? 'FAILURE' : STATUSES[state],
      ...(last?.status === undefined ? {} : { http_status: last.status }),
      ...(last?.error === undefined ? {} : { reason_phrase: last.error }),
      timestamp: last?.at ?? event.create_time,
    };
  });
  return transmissions.length === 0 ? event : { ...event, transmissions };
}
