import { emitOrder, emitReversed } from '../events.ts';
import { withQuery } from '../links.ts';
import type { OrderRecord } from '../store/records.ts';
import type { World } from '../world.ts';
import { ORDER_LIFETIME_MS } from './create.ts';
import { saveOrder } from './find.ts';
import type { Outcome } from './outcomes.ts';
import { outcomeOf } from './outcomes.ts';
import { PAYER } from './payer.ts';

/** What became of an order, and where the payer's browser goes, when the merchant said so. */
export interface Answered {
  readonly order: OrderRecord;
  readonly redirect?: string | undefined;
}

const waits = ({ status }: OrderRecord) => status === 'CREATED' || status === 'PAYER_ACTION_REQUIRED';

/** The payer approves; undefined when the order does not wait for that. */
export function approve(world: World, order: OrderRecord, outcome?: Outcome): Answered | undefined {
  if (!waits(order)) return undefined;
  return world.store.transaction(() => {
    const dueAtMs = world.nowMs() + ORDER_LIFETIME_MS;
    world.store.put('job', order.id, { kind: 'expire-order', ref: order.id, dueAtMs });
    const chosen = outcome ?? outcomeOf(order.amountMinor);
    const approved = saveOrder(world, order, { status: 'APPROVED', outcome: chosen });
    emitOrder(world, 'APPROVED', approved);
    return { order: approved, redirect: target(order.returnUrl, order, { PayerID: PAYER.payer_id }) };
  });
}

/**
 * The payer turns back: an order that waits stays as it is, as at PayPal; an approval is taken back and ends the
 * order. Undefined when there is nothing left to decline.
 */
export function decline(world: World, order: OrderRecord): Answered | undefined {
  if (waits(order)) return { order, redirect: target(order.cancelUrl, order) };
  if (order.status !== 'APPROVED') return undefined;
  expire(world, order);
  return { order: { ...order, status: 'VOIDED' } };
}

/**
 * Time is up: an approval is reversed and voids the order; an order that nobody approved is gone, as PayPal answers
 * 404 for it then. False when the order is paid or ended already.
 */
export function expire(world: World, order: OrderRecord): boolean {
  if (order.status === 'COMPLETED' || order.status === 'VOIDED') return false;
  world.store.transaction(() => {
    world.store.delete('job', order.id);
    if (order.status !== 'APPROVED') return world.store.delete('order', order.id);
    emitReversed(world, saveOrder(world, order, { status: 'VOIDED' }));
  });
  return true;
}

function target(
  url: string | undefined,
  { id }: OrderRecord,
  query: Record<string, string> = {},
): string | undefined {
  return withQuery(url, { token: id, ...query });
}
