import { operation } from '#runtime/contract/operation.ts';
import { ok } from '#runtime/contract/reply.ts';
import { endTime, startTime } from '#runtime/contract/time.ts';
import * as z from 'zod/mini';
import { nextCursor, readCursor } from '../api/cursor.ts';
import { isId } from '../engine/model/ids.ts';
import { paymentStatuses } from './model/state.ts';
import { paymentErrors, problem } from '../errors.ts';
import type { Services } from '../services.ts';
import type { ListPosition } from './persistence/payment-store.ts';
import * as schema from '../api/schemas.ts';
import { viewOf } from './payment-view.ts';

/** The first month that can hold payments: the walk back through the months ends there. */
const EPOCH = '2026-11-01T00:00:00.000Z';
const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 100;

const input = z.strictObject({
  /** Any of these. Over HTTP with commas between, or repeated. */
  status: z.optional(
    z.array(schema.paymentStatus).check(z.minLength(1), z.maxLength(paymentStatuses.length)),
  ),
  /** Payments of this customer; strongly consistent, unlike other lists. */
  customerId: z.optional(schema.customerId),
  /** Bounds of the time of creation, inclusive; a date is the start of its day in UTC, and the end of it for `to`. */
  from: z.optional(startTime),
  to: z.optional(endTime),
  limit: z.optional(z.int().check(z.gte(1), z.lte(LIMIT_MAX))),
  cursor: z.optional(schema.cursor),
});
type PaymentList = z.infer<typeof schema.paymentListSchema>;

export const listPayments = operation<z.infer<typeof input>, PaymentList, Services>({
  summary: 'Lists payments, newest first',
  input,
  output: schema.paymentListSchema,
  errors: paymentErrors,
  idempotency: 'none',
  async run({ input: { status, customerId, from, to, limit = LIMIT_DEFAULT, cursor }, caller, services }) {
    const { tenant } = caller;
    const statuses = status && [...new Set(status)].toSorted();
    const list = JSON.stringify([
      'payments',
      tenant,
      // As a text when it is one, as cursors were signed before there could be several.
      statuses?.length === 1 ? statuses[0] : statuses,
      from,
      to,
      ...(customerId === undefined ? [] : [customerId]),
    ]);
    const now = services.now().toISOString();
    if (from !== undefined && to !== undefined && Date.parse(from) > Date.parse(to))
      throw problem('invalid-request', { detail: 'from is after to.' });
    // Text that is no id must not become part of a table key.
    if (customerId !== undefined && !isId('cus', customerId)) return ok({ payments: [], cursor: null });
    const after = cursor === undefined ? undefined : readCursor(cursor, list, services.cursorKeys);
    const query = { tenant, statuses, ...boundsOf(from, to, now), limit };
    const page =
      customerId === undefined
        ? await services.store.list({ ...query, after: after as ListPosition | undefined })
        : await services.store.listOfCustomer({ ...query, customerId, after: after as string | undefined });
    return ok({
      payments: page.items.map(viewOf),
      cursor: nextCursor(page.next, list, services.cursorKeys),
    });
  },
});

/**
 * The period to query, clamped to where payments can exist, so that a distant bound costs no queries of empty
 * months. A clock that is behind still gets the payments of its own month.
 */
function boundsOf(from: string | undefined, to: string | undefined, now: string) {
  const month = `${now.slice(0, 7)}-01T00:00:00.000Z`;
  const earliestMs = Math.min(Date.parse(EPOCH), Date.parse(month));
  const iso = (ms: number): string => new Date(ms).toISOString();
  return {
    from: iso(from === undefined ? earliestMs : Math.max(Date.parse(from), earliestMs)),
    to: iso(to === undefined ? Date.parse(now) : Math.min(Date.parse(to), Date.parse(now))),
  };
}
