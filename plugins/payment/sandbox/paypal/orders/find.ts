import { notFound } from '../api/errors.ts';
import type { OrderRecord } from '../store/records.ts';
import type { Account } from '../account.ts';
import { nowIso } from '../account.ts';

/** The order, or a 404. */
export function findOrder(account: Account, id: string): OrderRecord {
  const order = account.store.get('order', id);
  if (!order) throw notFound();
  return order;
}

/** Keeps the order with changes. */
export function saveOrder(account: Account, order: OrderRecord, changes: Partial<OrderRecord>): OrderRecord {
  const changed = { ...order, ...changes, updatedAt: nowIso(account) };
  account.store.put('order', changed.id, changed);
  return changed;
}
