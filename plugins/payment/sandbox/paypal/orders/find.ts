import { notFound } from '../api/errors.ts';
import type { OrderRecord } from '../store/records.ts';
import type { World } from '../world.ts';
import { nowIso } from '../world.ts';

/** The order, or a 404. */
export function findOrder(world: World, id: string): OrderRecord {
  const order = world.store.get('order', id);
  if (!order) throw notFound();
  return order;
}

/** Keeps the order with changes. */
export function saveOrder(world: World, order: OrderRecord, changes: Partial<OrderRecord>): OrderRecord {
  const changed = { ...order, ...changes, updatedAt: nowIso(world) };
  world.store.put('order', changed.id, changed);
  return changed;
}
