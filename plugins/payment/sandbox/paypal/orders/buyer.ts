import { type Answered, withQuery } from '../../shared/http/page.ts';
import type { Account } from '../account.ts';
import { emitOrder, emitReversed } from '../events.ts';
import type { OrderRecord } from '../store/records.ts';
import { ORDER_LIFETIME_MS } from './create.ts';
import { orderOutcomeOf, type Outcome } from './outcomes.ts';
import { PAYER } from './payer.ts';
import { saveOrder } from './save.ts';

/** Whether the payer is asked to approve the order. */
export function awaitsPayer({ status }: OrderRecord): boolean {
  return status === 'CREATED' || status === 'PAYER_ACTION_REQUIRED';
}

/** The payer approves; undefined when the order does not wait for that. */
export function approveOrder(
  account: Account,
  order: OrderRecord,
  outcome: Outcome = orderOutcomeOf(order.amountMinor),
): Answered<OrderRecord> | undefined {
  if (!awaitsPayer(order)) return undefined;
  const dueAtMs = account.nowMs() + ORDER_LIFETIME_MS;
  account.store.put('job', order.id, { kind: 'expire-order', ref: order.id, dueAtMs });
  const approved = saveOrder(account, order, { status: 'APPROVED', outcome });
  emitOrder(account, 'APPROVED', approved);
  const query = { token: order.id, PayerID: PAYER.payer_id };
  return { object: approved, redirect: withQuery(order.returnUrl, query) };
}

/**
 * The payer turns back: an order that waits stays as it is, as at PayPal; an approval is reversed and ends the order.
 * Undefined when there is nothing left to decline.
 */
export function declineOrder(account: Account, order: OrderRecord): Answered<OrderRecord> | undefined {
  if (awaitsPayer(order)) return { object: order, redirect: withQuery(order.cancelUrl, { token: order.id }) };
  if (order.status !== 'APPROVED') return undefined;
  expireOrder(account, order);
  return { object: { ...order, status: 'VOIDED' } };
}

/**
 * Time is up: an approval is reversed and voids the order; an order that nobody approved is deleted, as PayPal
 * answers 404 for it then. False when the order is paid or ended already.
 */
export function expireOrder(account: Account, order: OrderRecord): boolean {
  if (order.status === 'COMPLETED' || order.status === 'VOIDED') return false;
  account.store.delete('job', order.id);
  if (order.status === 'APPROVED') emitReversed(account, saveOrder(account, order, { status: 'VOIDED' }));
  else account.store.delete('order', order.id);
  return true;
}
