import { createHash } from 'node:crypto';
import { PaymentsController } from '@paypal/paypal-server-sdk';
import type { Snapshot } from '../../payments/model/snapshot.ts';
import { type PaymentProvider } from '../provider.ts';
import { ProviderError } from '../provider-error.ts';
import { type ProviderCall } from '../provider-call.ts';
import { moneyOf } from './amounts.ts';
import { deadline, keyOf, prefer } from './calls.ts';
import { paymentNamed } from './marks.ts';
import { type AnyOrder, authorizationOf, withCapture } from './mapping.ts';
import type { Orders } from './orders.ts';
import { isLost } from './status.ts';

/**
 * Looks up the authorization, then captures from it. PayPal's own default keeps the rest, so `final` is always
 * said. Money is sure for 3 days after the payer approved, the honor period; until `captureBefore`, 29 days, it
 * is tried.
 */
export async function capture(
  { connection, get, snapshotOf }: Orders,
  { ref, amountMinor, currency, final = true }: Parameters<PaymentProvider['capture']>[0],
  call: ProviderCall,
): Promise<Snapshot> {
  const paypalRequestId = keyOf(call);
  const within = deadline(call);
  const amount = moneyOf(amountMinor, currency);
  const order = await get(ref, call);
  const authorizationId = authorizationOf(order)?.id;
  if (authorizationId === undefined) throw movedOn();
  const body = { amount, finalCapture: final, invoiceId: invoiceOf(order, paypalRequestId) };
  const captured = await connection.run(within(), (client, options) =>
    new PaymentsController(client).captureAuthorizedPayment(
      { authorizationId, paypalRequestId, prefer, body },
      options,
    ),
  );
  const snapshot = snapshotOf(withCapture(order, captured, final));
  if (isLost(captured)) {
    const declineCode = captured.statusDetails?.reason;
    throw new ProviderError({ class: 'declined', code: 'capture_declined', declineCode });
  }
  return snapshot;
}

/** Of its own for every capture, and the same at every try: PayPal refuses the second one of an invoice. */
function invoiceOf(order: AnyOrder, key: string): string {
  const unit = order.purchaseUnits?.[0];
  const mark = createHash('sha256').update(key).digest('hex').slice(0, 8);
  return `${paymentNamed(unit?.customId).paymentId ?? order.id ?? ''}-${mark}`;
}

/** The object is not where this could be done to it any more. */
export const movedOn = (): ProviderError =>
  new ProviderError({ class: 'already_done', code: 'order_moved_on' });
