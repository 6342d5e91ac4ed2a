import type { Call, Made } from '../api/call.ts';
import { ApiError, unprocessable } from '../api/errors.ts';
import { emitOrder } from '../events.ts';
import { approvalUrl } from '../links.ts';
import { authorize } from '../payments/authorizations.ts';
import { capture } from '../payments/captures.ts';
import type { OrderRecord } from '../store/records.ts';
import type { World } from '../world.ts';
import { findOrder, saveOrder } from './find.ts';
import { orderView, paidView } from './view.ts';

/** `POST /v2/checkout/orders/{id}/capture`. */
export function captureOrder(call: Call, id: string): Made {
  const { world } = call;
  pay(world, payable(world, id, 'CAPTURE'));
  return { status: 201, ...showPaid(call, id) };
}

/** `POST /v2/checkout/orders/{id}/authorize`. */
export function authorizeOrder(call: Call, id: string): Made {
  const { world } = call;
  pay(world, payable(world, id, 'AUTHORIZE'));
  return { status: 201, ...showPaid(call, id) };
}

/** Captures or authorizes the whole amount of an order, as it is meant to be. */
export function pay(world: World, order: OrderRecord): void {
  if (order.intent === 'AUTHORIZE') {
    return complete(world, order, { authorizationId: authorize(world, order).id });
  }
  const made = capture(world, { order, amountMinor: order.amountMinor, final: true });
  complete(world, order, { captureIds: [made.id] });
}

/** A paid order as the request wants to see it. */
export function showPaid({ representation, world }: Call, id: string): { body: object; ref: string } {
  const order = findOrder(world, id);
  return { body: representation ? orderView(world, order) : paidView(world, order), ref: id };
}

function complete(world: World, order: OrderRecord, changes: Partial<OrderRecord>): void {
  world.store.delete('job', order.id);
  if (order.invoiceId !== undefined) world.store.put('invoice', order.invoiceId, order.id);
  emitOrder(world, 'COMPLETED', saveOrder(world, order, { ...changes, status: 'COMPLETED' }));
}

/** The order, when the payer approved it and the payer's account lets it be paid. */
function payable(world: World, id: string, intent: OrderRecord['intent']): OrderRecord {
  const order = findOrder(world, id);
  if (order.intent !== intent) {
    throw unprocessable(
      'ACTION_DOES_NOT_MATCH_INTENT',
      `Order was created with an intent to '${order.intent}'. Please use the matching endpoint.`,
    );
  }
  if (order.status === 'COMPLETED') {
    const what = intent === 'CAPTURE' ? 'captured' : 'authorized';
    throw unprocessable(`ORDER_ALREADY_${what.toUpperCase()}`, `Order already ${what}.`);
  }
  if (order.status === 'VOIDED') throw unprocessable('ORDER_EXPIRED', 'Order has expired.');
  if (order.status !== 'APPROVED') {
    throw unprocessable(
      'ORDER_NOT_APPROVED',
      "Payer has not yet approved the Order for payment. Please redirect the payer to the 'rel':'approve' url.",
    );
  }
  refuseSecond(world, order);
  const declined =
    order.outcome === 'declined' || (order.outcome === 'declined-once' && order.declines === 0);
  if (declined) throw declineInstrument(world, order);
  return order;
}

/** One invoice pays one order. */
export function refuseSecond(world: World, order: OrderRecord): void {
  if (order.invoiceId !== undefined && world.store.get('invoice', order.invoiceId) !== undefined) {
    throw unprocessable(
      'DUPLICATE_INVOICE_ID',
      'Duplicate Invoice ID detected. To avoid a potential duplicate transaction your account setting requires ' +
        'that Invoice Id be unique for each transaction.',
    );
  }
}

/** The order goes back to its payer, who can approve it again with another instrument. */
function declineInstrument(world: World, order: OrderRecord): ApiError {
  saveOrder(world, order, {
    status: 'PAYER_ACTION_REQUIRED',
    declines: order.declines + 1,
    outcome: undefined,
  });
  const description =
    'The instrument presented was either declined by the processor or bank, or it can’t be used for this payment.';
  const redirect = { href: approvalUrl(world, order.id), rel: 'redirect', method: 'GET' };
  return new ApiError(422, [{ issue: 'INSTRUMENT_DECLINED', description }], {
    links: [redirect],
    executed: true,
  });
}
