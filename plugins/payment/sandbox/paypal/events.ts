import { enqueue, type EventLabel } from '../shared/webhooks/queue.ts';
import { type Account, nowIso } from './account.ts';
import { newEventId } from './ids.ts';
import { apiLink } from './links.ts';
import { moneyOf } from './money.ts';
import { WALLET } from './orders/payer.ts';
import { orderView } from './orders/view.ts';
import { authorizationView } from './payments/authorization-view.ts';
import { captureView } from './payments/capture-view.ts';
import type { AuthorizationRecord, CaptureRecord, EventRecord, OrderRecord } from './store/records.ts';

/** Announces a change of an order, in the caller's transaction. */
export function emitOrder(account: Account, what: 'APPROVED' | 'COMPLETED', order: OrderRecord): void {
  emit(account, {
    resource_type: 'checkout-order',
    resource_version: '2.0',
    event_type: `CHECKOUT.ORDER.${what}`,
    summary: what === 'APPROVED' ? 'An order has been approved by buyer' : 'Checkout Order Completed',
    resource: orderView(account, order),
  });
}

/** Announces that an approved order ended unpaid; its resource is no order and has no `id`. */
export function emitReversed(account: Account, order: OrderRecord): void {
  emit(account, {
    resource_type: 'payment',
    event_type: 'CHECKOUT.PAYMENT-APPROVAL.REVERSED',
    summary: 'A payment has been reversed after approval.',
    resource: {
      order_id: order.id,
      purchase_units: [
        { reference_id: order.referenceId, custom_id: order.customId, invoice_id: order.invoiceId },
      ],
      payment_source: { paypal: { name: WALLET.name } },
    },
  });
}

/** Announces a change of an authorization. */
export function emitAuthorization(
  account: Account,
  what: 'CREATED' | 'VOIDED',
  authorization: AuthorizationRecord,
): void {
  emit(account, {
    resource_type: 'authorization',
    resource_version: '2.0',
    event_type: `PAYMENT.AUTHORIZATION.${what}`,
    summary: `A payment authorization was ${what.toLowerCase()}`,
    resource: authorizationView(account, authorization),
  });
}

/** Announces a change of a capture; DENIED ends a pending one, DECLINED is refused at once. */
export function emitCapture(
  account: Account,
  what: 'PENDING' | 'COMPLETED' | 'DENIED' | 'DECLINED',
  capture: CaptureRecord,
): void {
  const { currency_code: currency, value } = moneyOf(capture.amountMinor, capture.currency);
  emit(account, {
    resource_type: 'capture',
    resource_version: '2.0',
    event_type: `PAYMENT.CAPTURE.${what}`,
    summary: `Payment ${what.toLowerCase()} for ${value} ${currency}`,
    resource: captureView(account, capture),
  });
}

/** Announces a change in the caller's transaction. */
export function emit(
  account: Account,
  fields: Omit<EventRecord, 'id' | 'event_version' | 'create_time' | 'links'>,
): void {
  const id = newEventId();
  const path = `/v1/notifications/webhooks-events/${id}`;
  const event: EventRecord = {
    id,
    event_version: '1.0',
    create_time: nowIso(account),
    ...fields,
    links: [apiLink(account, path, 'self'), apiLink(account, `${path}/resend`, 'resend', 'POST')],
  };
  account.store.put('event', id, event);
  enqueue(account, id, labelOf(event));
}

/** The event's type, and the id of the object it is about. */
export function labelOf({ event_type: type, resource }: EventRecord): EventLabel {
  return { type, object: String(resource['id'] ?? resource['dispute_id'] ?? resource['order_id']) };
}
