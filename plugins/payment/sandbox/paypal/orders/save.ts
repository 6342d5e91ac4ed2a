import { type Account, nowIso } from '../account.ts';
import type { OrderRecord } from '../store/records.ts';

/** Stores the order with changes. */
export function saveOrder(account: Account, order: OrderRecord, changes: Partial<OrderRecord>): OrderRecord {
  const changed = { ...order, ...changes, updatedAt: nowIso(account) };
  account.store.put('order', changed.id, changed);
  return changed;
}
