import { textLength } from '#runtime/contract/text.ts';
import * as z from 'zod/mini';
import { unprocessable } from '../api/errors.ts';
import { readBody } from '../api/input.ts';
import { type Call, creates, get, PAYMENTS_MS } from '../api/route.ts';
import { retrieve, shown, stored } from '../api/stored.ts';
import { minorOf } from '../money.ts';
import { moneySchema } from '../orders/params.ts';
import { makeRefund } from './make.ts';
import { refuseRefund } from './refuse.ts';
import { refundableMinor, refundMinimal, refundView } from './view.ts';

const text = (max: number) => z.optional(z.string().check(textLength(1, max)));
const refundSchema = z.object({
  amount: z.optional(moneySchema),
  custom_id: text(127),
  invoice_id: text(127),
  note_to_payer: text(255),
});

/** Refunds of captures. */
export const refundRoutes = [
  creates(
    '/v2/payments/captures/{id}/refund',
    refundCapture,
    shown('refund', refundView, refundMinimal),
    PAYMENTS_MS,
  ),
  get('/v2/payments/refunds/{id}', retrieve('refund', refundView)),
];

/** `POST /v2/payments/captures/{id}/refund`: a part, or without an amount what is left. */
function refundCapture({ account, body }: Call, id: string): string {
  const params = readBody(refundSchema, body);
  const capture = stored(account, 'capture', id);
  if (params.amount !== undefined && params.amount.currency_code !== capture.currency) {
    minorOf(params.amount, '/amount');
    throw unprocessable('REFUND_CAPTURE_CURRENCY_MISMATCH', '/amount/currency_code');
  }
  const amountMinor =
    params.amount === undefined ? refundableMinor(account, capture) : minorOf(params.amount, '/amount');
  refuseRefund(account, capture, amountMinor);
  const made = makeRefund(account, capture, {
    amountMinor,
    customId: params.custom_id,
    invoiceId: params.invoice_id,
    noteToPayer: params.note_to_payer,
  });
  return made.id;
}
