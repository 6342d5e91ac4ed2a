import type { Call, Made } from '../api/call.ts';
import { ApiError, unprocessable } from '../api/errors.ts';
import { emitOrder } from '../events.ts';
import { approvalUrl } from '../links.ts';
import { authorize } from '../payments/authorizations.ts';
import { capture } from '../payments/captures.ts';
import type { OrderRecord } from '../store/records.ts';
import type { Account } from '../account.ts';
import { findOrder, saveOrder } from './find.ts';
import { orderView, paidView } from './view.ts';

/** `POST /v2/checkout/orders/{id}/capture`. */
export function captureOrder(call: Call, id: string): Made {
  const { account } = call;
  pay(account, payable(account, id, 'CAPTURE'));
  return { status: 201, ...showPaid(call, id) };
}

/** `POST /v2/checkout/orders/{id}/authorize`. */
export function authorizeOrder(call: Call, id: string): Made {
  const { account } = call;
  pay(account, payable(account, id, 'AUTHORIZE'));
  return { status: 201, ...showPaid(call, id) };
}

/** Captures or authorizes the whole amount of an order, as it is meant to be. */
export function pay(account: Account, order: OrderRecord): void {
  if (order.intent === 'AUTHORIZE') {
    return complete(account, order, { authorizationId: authorize(account, order).id });
  }
  const made = capture(account, { order, amountMinor: order.amountMinor, final: true });
  complete(account, order, { captureIds: [made.id] });
}

/** A paid order as the request wants to see it. */
export function showPaid({ representation, account }: Call, id: string): { body: object; ref: string } {
  const order = findOrder(account, id);
  return { body: representation ? orderView(account, order) : paidView(account, order), ref: id };
}

function complete(account: Account, order: OrderRecord, changes: Partial<OrderRecord>): void {
  account.store.delete('job', order.id);
  if (order.invoiceId !== undefined) account.store.put('invoice', order.invoiceId, order.id);
  emitOrder(account, 'COMPLETED', saveOrder(account, order, { ...changes, status: 'COMPLETED' }));
}

/** The order, when the payer approved it and the payer's account lets it be paid. */
function payable(account: Account, id: string, intent: OrderRecord['intent']): OrderRecord {
  const order = findOrder(account, id);
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
  refuseSecond(account, order);
  const declined =
    order.outcome === 'declined' || (order.outcome === 'declined-once' && order.declines === 0);
  if (declined) throw declineInstrument(account, order);
  return order;
}

/** One invoice pays one order. */
export function refuseSecond(account: Account, order: OrderRecord): void {
  if (order.invoiceId !== undefined && account.store.get('invoice', order.invoiceId) !== undefined) {
    throw unprocessable(
      'DUPLICATE_INVOICE_ID',
      'Duplicate Invoice ID detected. To avoid a potential duplicate transaction your account setting requires ' +
        'that Invoice Id be unique for each transaction.',
    );
  }
}

/** The order goes back to its payer, who can approve it again with another instrument. */
function declineInstrument(account: Account, order: OrderRecord): ApiError {
  saveOrder(account, order, {
    status: 'PAYER_ACTION_REQUIRED',
    declines: order.declines + 1,
    outcome: undefined,
  });
  const description =
    'The instrument presented was either declined by the processor or bank, or it can’t be used for this payment.';
  const redirect = { href: approvalUrl(account, order.id), rel: 'redirect', method: 'GET' };
  return new ApiError(422, [{ issue: 'INSTRUMENT_DECLINED', description }], {
    links: [redirect],
    executed: true,
  });
}
