import type { Payment } from '../model/payment.ts';
import { type ActionName, insert } from '../../store/actions.ts';
import { type Table } from '../../store/table.ts';
import { paymentOf } from './items.ts';
import { keys } from '../../store/keys.ts';
import { queryPage, readItems } from '../../store/read.ts';
import type { Action } from '../../store/write.ts';
import type { CustomerListQuery, Page } from './payment-store.ts';

/** Limits the queries of one call when the filter matches little. */
const QUERIES_MAX = 5;

/** The pointer from a customer to a payment, written with the payment. */
export const customerPointer = (
  table: Table,
  { customerId, createdAt, id: paymentId }: Payment,
): readonly Action<ActionName>[] =>
  customerId === undefined
    ? []
    : [insert(table, 'other', { ...keys.customerPayment(customerId, createdAt, paymentId), paymentId })];

/** Payments of a customer, newest first, strongly consistent. The page position is a sort key. */
export async function listOfCustomer(table: Table, query: CustomerListQuery): Promise<Page<Payment, string>> {
  const { tenant, statuses, limit } = query;
  const items: Payment[] = [];
  let position = query.after;
  for (let queries = 0; queries < QUERIES_MAX; queries += 1) {
    const pointers = await pointersOf(table, query, position, limit - items.length);
    const wanted = pointers.items.map(({ paymentId }) => keys.payment(String(paymentId)));
    for (const item of wanted.length > 0 ? await readItems(table, wanted) : []) {
      const payment = paymentOf(item);
      if (payment?.tenant !== tenant || statuses?.includes(payment.status) === false) continue;
      items.push(payment);
    }
    position = pointers.next;
    if (position === undefined || items.length >= limit) break;
  }
  return { items, next: position };
}

async function pointersOf(
  table: Table,
  { customerId, from, to }: CustomerListQuery,
  below: string | undefined,
  limit: number,
): Promise<Page<Record<string, unknown>, string>> {
  const { PK, SK } = keys.customerPayment(customerId, from, '');
  const { items, last } = await queryPage(table, {
    KeyConditionExpression: 'PK = :pk AND SK BETWEEN :from AND :to',
    ExpressionAttributeValues: {
      ':pk': PK,
      ':from': SK.slice(0, -1),
      ':to': `${keys.customerPayment(customerId, to, '').SK}~`,
    },
    ...(below !== undefined && { ExclusiveStartKey: { PK, SK: below } }),
    ScanIndexForward: false,
    ConsistentRead: true,
    Limit: limit,
  });
  const next: unknown = last?.['SK'];
  return { items, next: typeof next === 'string' ? next : undefined };
}
