import type { Account } from '../account.ts';
import { ApiError, unprocessable, unprocessableAs } from '../api/errors.ts';
import { ISSUES } from '../api/issues.ts';
import type { Call } from '../api/route.ts';
import { stored } from '../api/stored.ts';
import { emitOrder } from '../events.ts';
import { approvalUrl } from '../links.ts';
import { authorizeInFull } from '../payments/authorizations.ts';
import { captureMoney } from '../payments/captures.ts';
import type { OrderRecord } from '../store/records.ts';
import { orderOutcomeOf } from './outcomes.ts';
import { saveOrder } from './save.ts';

/** `POST /v2/checkout/orders/{id}/capture` or `/authorize`, as the order is meant to be paid. */
export function payOrder(intent: OrderRecord['intent']): (call: Call, id: string) => string {
  return ({ account }, id) => {
    payInFull(account, payable(account, id, intent));
    return id;
  };
}

/** Pays a new order from a saved account at once: nobody has to approve it, and a refusal leaves no order. */
export function payVaulted(account: Account, order: OrderRecord, tokenId: string): void {
  stored(account, 'paymentToken', tokenId);
  refuseDuplicateInvoice(account, order);
  const outcome = orderOutcomeOf(order.amountMinor);
  if (outcome === 'declined' || outcome === 'declined-once') throw unprocessable('INSTRUMENT_DECLINED');
  payInFull(account, { ...order, status: 'APPROVED', outcome });
}

/** Captures or authorizes the whole amount of an order, as it is meant to be. */
function payInFull(account: Account, order: OrderRecord): void {
  if (order.intent === 'AUTHORIZE') {
    return completeOrder(account, order, { authorizationId: authorizeInFull(account, order).id });
  }
  const made = captureMoney(account, { order, amountMinor: order.amountMinor, final: true });
  completeOrder(account, order, { captureIds: [made.id] });
}

function completeOrder(account: Account, order: OrderRecord, changes: Partial<OrderRecord>): void {
  account.store.delete('job', order.id);
  if (order.invoiceId !== undefined) account.store.put('invoice', order.invoiceId, order.id);
  emitOrder(account, 'COMPLETED', saveOrder(account, order, { ...changes, status: 'COMPLETED' }));
}

/** The order, when the payer approved it and the payer's account lets it be paid. */
function payable(account: Account, id: string, intent: OrderRecord['intent']): OrderRecord {
  const order = stored(account, 'order', id);
  if (order.intent !== intent) {
    throw unprocessableAs(
      'ACTION_DOES_NOT_MATCH_INTENT',
      `Order was created with an intent to '${order.intent}'. Please use the matching endpoint.`,
    );
  }
  if (order.status === 'COMPLETED') {
    throw unprocessable(intent === 'CAPTURE' ? 'ORDER_ALREADY_CAPTURED' : 'ORDER_ALREADY_AUTHORIZED');
  }
  if (order.status === 'VOIDED') throw unprocessable('ORDER_EXPIRED');
  if (order.status !== 'APPROVED') throw unprocessable('ORDER_NOT_APPROVED');
  refuseDuplicateInvoice(account, order);
  const declined =
    order.outcome === 'declined' || (order.outcome === 'declined-once' && order.declines === 0);
  if (declined) throw declineInstrument(account, order);
  return order;
}

/** One invoice pays one order. */
function refuseDuplicateInvoice(account: Account, order: OrderRecord): void {
  if (order.invoiceId !== undefined && account.store.get('invoice', order.invoiceId) !== undefined)
    throw unprocessable('DUPLICATE_INVOICE_ID');
}

/** The order goes back to its payer, who can approve it again with another instrument. */
function declineInstrument(account: Account, order: OrderRecord): ApiError {
  saveOrder(account, order, {
    status: 'PAYER_ACTION_REQUIRED',
    declines: order.declines + 1,
    outcome: undefined,
  });
  const redirect = { href: approvalUrl(account, order.id), rel: 'redirect', method: 'GET' };
  return new ApiError(422, [{ issue: 'INSTRUMENT_DECLINED', description: ISSUES.INSTRUMENT_DECLINED }], {
    links: [redirect],
    executed: true,
  });
}
