import type { Account } from '../account.ts';
import type { Link } from '../api/errors.ts';
import { apiLink, approvalUrl } from '../links.ts';
import { moneyOf } from '../money.ts';
import { authorizationCore } from '../payments/authorization-view.ts';
import { captureCore } from '../payments/capture-view.ts';
import { refundsOf, refundView } from '../refunds/view.ts';
import type { OrderRecord } from '../store/records.ts';
import { PAYEE, PAYER, WALLET } from './payer.ts';

/** The whole order, as `GET` and `Prefer: return=representation` show it. */
export function orderView(account: Account, order: OrderRecord): Record<string, unknown> {
  return {
    id: order.id,
    intent: order.intent,
    status: order.status,
    ...sourceOf(order),
    purchase_units: [
      {
        reference_id: order.referenceId,
        amount: moneyOf(order.amountMinor, order.currency),
        payee: PAYEE,
        description: order.description,
        custom_id: order.customId,
        invoice_id: order.invoiceId,
        soft_descriptor: order.softDescriptor,
        ...paymentsOf(account, order),
      },
    ],
    ...(isApproved(order) ? { payer: PAYER } : {}),
    create_time: order.createdAt,
    update_time: order.updatedAt,
    links: orderLinks(account, order),
  };
}

/** What a new order shows by default. */
export function createdView(account: Account, order: OrderRecord): object {
  return { id: order.id, status: order.status, ...sourceOf(order), links: orderLinks(account, order) };
}

/** What an order that was just captured or authorized shows by default: the payments, but not the amounts of the order. */
export function paidView(account: Account, order: OrderRecord): object {
  return {
    id: order.id,
    status: order.status,
    ...sourceOf(order),
    purchase_units: [{ reference_id: order.referenceId, ...paymentsOf(account, order) }],
    payer: PAYER,
    links: orderLinks(account, order),
  };
}

function isApproved({ status }: OrderRecord): boolean {
  return status === 'APPROVED' || status === 'COMPLETED';
}

function sourceOf(order: OrderRecord): object {
  if (isApproved(order)) return { payment_source: { paypal: WALLET } };
  return order.wallet ? { payment_source: { paypal: {} } } : {};
}

function paymentsOf(account: Account, order: OrderRecord): object {
  const { authorizationId, captureIds, formerIds = [] } = order;
  if (authorizationId === undefined && captureIds.length === 0) return {};
  const ids = authorizationId === undefined ? [] : [authorizationId, ...formerIds];
  const held = ids.flatMap((id) => account.store.get('authorization', id) ?? []);
  const captures = captureIds.flatMap((id) => account.store.get('capture', id) ?? []);
  const refunds = captures
    .flatMap((capture) => refundsOf(account, capture))
    .filter(({ reversal }) => !reversal);
  return {
    payments: {
      ...(held.length > 0 ? { authorizations: held.map((one) => authorizationCore(account, one)) } : {}),
      ...(captures.length > 0 ? { captures: captures.map((capture) => captureCore(account, capture)) } : {}),
      ...(refunds.length > 0 ? { refunds: refunds.map((refund) => refundView(account, refund)) } : {}),
    },
  };
}

function orderLinks(account: Account, order: OrderRecord): readonly Link[] {
  const path = `/v2/checkout/orders/${order.id}`;
  const self = apiLink(account, path, 'self');
  const verb = order.intent === 'CAPTURE' ? 'capture' : 'authorize';
  const act = apiLink(account, `${path}/${verb}`, verb, 'POST');
  const href = approvalUrl(account, order.id);
  switch (order.status) {
    case 'CREATED':
      return [self, { href, rel: 'approve', method: 'GET' }, act];
    case 'PAYER_ACTION_REQUIRED':
      return [self, { href, rel: 'payer-action', method: 'GET' }];
    case 'APPROVED':
      return [self, act];
    case 'COMPLETED':
    case 'VOIDED':
      return [self];
  }
}
