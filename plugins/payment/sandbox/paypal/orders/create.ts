import type * as z from 'zod/mini';
import { type Account, nowIso } from '../account.ts';
import { invalid } from '../api/errors.ts';
import { readBody } from '../api/input.ts';
import { type Call, creates, get, ORDERS_MS } from '../api/route.ts';
import { retrieve, shown, stored } from '../api/stored.ts';
import { newId } from '../ids.ts';
import { minorOf } from '../money.ts';
import type { OrderRecord } from '../store/records.ts';
import { createSchema } from './params.ts';
import { payOrder, payVaulted } from './pay.ts';
import { createdView, orderView, paidView } from './view.ts';

/** How long an order waits for its payer, and then for its merchant. */
export const ORDER_LIFETIME_MS = 3 * 3_600_000;

/** `POST /v2/checkout/orders`. */
function createOrder(call: Call): string {
  const { account } = call;
  const params = readBody(createSchema, call.body);
  if (params.payment_source && call.requestId === null) {
    throw invalid(
      'PAYPAL_REQUEST_ID_REQUIRED',
      'A PayPal-Request-Id is required if you are trying to process payment for an Order.',
      'PayPal-Request-Id',
      'header',
    );
  }
  const order = orderOf(account, params);
  account.store.put('order', order.id, order);
  const vaultId = params.payment_source?.paypal?.vault_id;
  if (vaultId !== undefined) {
    payVaulted(account, order, vaultId);
    return order.id;
  }
  const dueAtMs = account.nowMs() + ORDER_LIFETIME_MS;
  account.store.put('job', order.id, { kind: 'expire-order', ref: order.id, dueAtMs });
  return order.id;
}

/** A created order as the request wants to see it. */
function showCreated({ representation, account }: Call, id: string): { body: object; ref: string } {
  const order = stored(account, 'order', id);
  const paid = order.captureIds.length > 0 || order.authorizationId !== undefined;
  const minimal = paid ? paidView(account, order) : createdView(account, order);
  return { body: representation ? orderView(account, order) : minimal, ref: id };
}

function orderOf(account: Account, params: z.output<typeof createSchema>): OrderRecord {
  const [unit] = params.purchase_units;
  const wallet = params.payment_source?.paypal;
  const context = wallet?.experience_context ?? params.application_context;
  const at = nowIso(account);
  return {
    id: newId(),
    intent: params.intent,
    status: wallet ? 'PAYER_ACTION_REQUIRED' : 'CREATED',
    referenceId: unit.reference_id ?? 'default',
    customId: unit.custom_id,
    invoiceId: unit.invoice_id,
    description: unit.description,
    softDescriptor: unit.soft_descriptor,
    currency: unit.amount.currency_code,
    amountMinor: minorOf(unit.amount, '/purchase_units/0/amount'),
    returnUrl: context?.return_url,
    cancelUrl: context?.cancel_url,
    wallet: wallet !== undefined,
    declines: 0,
    captureIds: [],
    createdAt: at,
    updatedAt: at,
  };
}

const showPaid = shown('order', orderView, paidView);

/** `/v2/checkout/orders`. */
export const orderRoutes = [
  creates('/v2/checkout/orders', createOrder, showCreated, ORDERS_MS),
  get('/v2/checkout/orders/{id}', retrieve('order', orderView)),
  creates('/v2/checkout/orders/{id}/authorize', payOrder('AUTHORIZE'), showPaid, ORDERS_MS),
  creates('/v2/checkout/orders/{id}/capture', payOrder('CAPTURE'), showPaid, ORDERS_MS),
];
