import * as z from 'zod/mini';
import { pageSize, queryTime, readQuery } from '../api/input.ts';
import { type Call, get, type Result } from '../api/route.ts';
import { retrieve } from '../api/stored.ts';
import { listLink } from '../links.ts';
import type { DisputeRecord } from '../store/dispute-record.ts';
import { disputeSummary, disputeView, stateOf } from './view.ts';

const SIZE_DEFAULT = 10;
const SIZE_MAX = 50;

const listSchema = z.object({
  start_time: queryTime,
  disputed_transaction_id: z.optional(z.string().check(z.regex(/^[0-9A-Z_]{1,255}$/))),
  page_size: pageSize(SIZE_DEFAULT, SIZE_MAX),
  next_page_token: z.optional(z.string().check(z.regex(/^[A-Za-z0-9+/=]{1,255}$/))),
  dispute_state: z.optional(z.string().check(z.regex(/^[0-9A-Z_,]{1,2000}$/))),
  update_time_before: queryTime,
  update_time_after: queryTime,
});
type Filter = z.output<typeof listSchema>;

/** Disputes, which the payer opens and PayPal decides. */
export const disputeRoutes = [
  get('/v1/customer/disputes', listDisputes),
  get('/v1/customer/disputes/{slug}', retrieve('dispute', disputeView)),
];

/** `GET /v1/customer/disputes`, newest first; the token of the next page is in its link. */
function listDisputes({ path, query, account }: Call): Result {
  const filter = readQuery(listSchema, query);
  const all = account.store.all('dispute');
  const found = all.filter((dispute) => disputeFits(dispute, filter)).toReversed();
  const from = Number(atob(filter.next_page_token ?? btoa('0')));
  const items = found.slice(from, from + filter.page_size);
  const more = from + items.length < found.length;
  const next = new URLSearchParams(query);
  next.set('next_page_token', btoa(String(from + items.length)));
  return {
    status: 200,
    body: {
      ...(items.length === 0 ? {} : { items: items.map((dispute) => disputeSummary(account, dispute)) }),
      links: [
        listLink(account, path, query, 'self'),
        ...(more ? [listLink(account, path, next, 'next')] : []),
      ],
    },
  };
}

function disputeFits(dispute: DisputeRecord, filter: Filter): boolean {
  const { disputed_transaction_id: transaction, dispute_state: states } = filter;
  const createdMs = Date.parse(dispute.createdAt);
  const updatedMs = Date.parse(dispute.updatedAt);
  return (
    (transaction === undefined || dispute.captureId === transaction) &&
    (states === undefined || states.split(',').includes(stateOf(dispute))) &&
    (filter.start_time === undefined || createdMs >= filter.start_time) &&
    (filter.update_time_before === undefined || updatedMs <= filter.update_time_before) &&
    (filter.update_time_after === undefined || updatedMs >= filter.update_time_after)
  );
}
