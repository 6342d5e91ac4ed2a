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
 * Fetches the authorization, then captures it. `final` is always sent, because PayPal's default keeps the rest
 * authorized. Funds are guaranteed during the honor period of 3 days after approval; until `captureBefore`, 29
 * days, a capture is attempted.
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

/**
 * The invoice id: unique per capture and stable over retries, because PayPal rejects a second capture of an
 * invoice.
 */
function invoiceOf(order: AnyOrder, key: string): string {
  const unit = order.purchaseUnits?.[0];
  const mark = createHash('sha256').update(key).digest('hex').slice(0, 8);
  return `${paymentNamed(unit?.customId).paymentId ?? order.id ?? ''}-${mark}`;
}

/** The order's state no longer allows the operation. */
export const movedOn = (): ProviderError =>
  new ProviderError({ class: 'already_done', code: 'order_moved_on' });
