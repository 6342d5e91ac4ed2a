import { emitOrder, emitReversed } from '../events.ts';
import { withQuery } from '../links.ts';
import type { OrderRecord } from '../store/records.ts';
import type { Account } from '../account.ts';
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
export function approve(account: Account, order: OrderRecord, outcome?: Outcome): Answered | undefined {
  if (!waits(order)) return undefined;
  return account.store.transaction(() => {
    const dueAtMs = account.nowMs() + ORDER_LIFETIME_MS;
    account.store.put('job', order.id, { kind: 'expire-order', ref: order.id, dueAtMs });
    const chosen = outcome ?? outcomeOf(order.amountMinor);
    const approved = saveOrder(account, order, { status: 'APPROVED', outcome: chosen });
    emitOrder(account, 'APPROVED', approved);
    return { order: approved, redirect: target(order.returnUrl, order, { PayerID: PAYER.payer_id }) };
  });
}

/**
 * The payer turns back: an order that waits stays as it is, as at PayPal; an approval is taken back and ends the
 * order. Undefined when there is nothing left to decline.
 */
export function decline(account: Account, order: OrderRecord): Answered | undefined {
  if (waits(order)) return { order, redirect: target(order.cancelUrl, order) };
  if (order.status !== 'APPROVED') return undefined;
  expire(account, order);
  return { order: { ...order, status: 'VOIDED' } };
}

/**
 * Time is up: an approval is reversed and voids the order; an order that nobody approved is gone, as PayPal answers
 * 404 for it then. False when the order is paid or ended already.
 */
export function expire(account: Account, order: OrderRecord): boolean {
  if (order.status === 'COMPLETED' || order.status === 'VOIDED') return false;
  account.store.transaction(() => {
    account.store.delete('job', order.id);
    if (order.status !== 'APPROVED') return account.store.delete('order', order.id);
    emitReversed(account, saveOrder(account, order, { status: 'VOIDED' }));
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
