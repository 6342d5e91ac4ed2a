import type { Table } from '../../store/table.ts';
import { queryPage } from '../../store/read.ts';
import type { Payment } from '../model/payment.ts';
import { paymentOf } from './items.ts';
import { monthOf, monthPartition } from '../../store/keys.ts';
import type { ListPosition, ListQuery, Page } from './payment-store.ts';

/**
 * Limits the queries of one call: a tenant with many empty months gets a short page with a cursor instead of a slow
 * one.
 */
const QUERIES_MAX = 12;

/** Payments of a tenant, newest first: walks the months backwards until the page is full or `from` is reached. */
export async function listPayments(table: Table, query: ListQuery): Promise<Page<Payment, ListPosition>> {
  if (query.from > query.to) return { items: [], next: undefined };
  const oldest = monthOf(query.from);
  const items: Payment[] = [];
  let position: ListPosition | undefined = query.after ?? { month: monthOf(query.to) };
  for (let queries = 0; queries < QUERIES_MAX && position !== undefined; queries += 1) {
    const room = query.limit - items.length;
    const page = await queryMonth(table, query, position, room);
    items.push(...page.items);
    position = page.next ?? previousMonth(position.month, oldest);
    if (items.length >= query.limit) break;
  }
  return { items, next: position };
}

async function queryMonth(
  table: Table,
  { tenant, statuses, from, to }: ListQuery,
  { month, sortKey }: ListPosition,
  limit: number,
): Promise<Page<Payment, ListPosition>> {
  const wanted = Object.fromEntries((statuses ?? []).map((status, at) => [`:status${at}`, status]));
  const page = await queryPage(table, {
    IndexName: 'by-tenant',
    KeyConditionExpression: 'GSI1PK = :partition AND GSI1SK BETWEEN :from AND :to',
    ...(statuses !== undefined && {
      FilterExpression: `#status IN (${Object.keys(wanted).join(', ')})`,
      ExpressionAttributeNames: { '#status': 'status' },
    }),
    ExpressionAttributeValues: {
      ':partition': monthPartition(tenant, month),
      ':from': from,
      ':to': sortKey === undefined ? `${to}~` : before(sortKey),
      ...wanted,
    },
    ScanIndexForward: false,
    Limit: limit,
  });
  const last: unknown = page.last?.['GSI1SK'];
  return {
    items: page.items.flatMap((item) => paymentOf(item) ?? []),
    next: typeof last === 'string' ? { month, sortKey: last } : undefined,
  };
}

/** An upper bound just below a sort key; exact enough because sort keys end in an id of fixed length. */
function before(sortKey: string): string {
  const last = sortKey.charCodeAt(sortKey.length - 1);
  return `${sortKey.slice(0, -1)}${String.fromCharCode(last - 1)}~`;
}

function previousMonth(month: string, oldest: string): ListPosition | undefined {
  const year = Number(month.slice(0, 4));
  const index = Number(month.slice(4)) - 1;
  const previous = index === 0 ? `${year - 1}12` : `${year}${String(index).padStart(2, '0')}`;
  return previous < oldest ? undefined : { month: previous };
}
