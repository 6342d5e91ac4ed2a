import { textLength } from '#runtime/contract/text.ts';
import * as z from 'zod/mini';
import { readBody } from '../api/body.ts';
import type { Call, Made } from '../api/call.ts';
import { notFound, unprocessable } from '../api/errors.ts';
import { minorOf } from '../money.ts';
import { moneySchema } from '../orders/params.ts';
import type { RefundRecord } from '../store/refund-record.ts';
import type { Account } from '../account.ts';
import { giveBack } from './give-back.ts';
import { refuse } from './refuse.ts';
import { refundableMinor } from './refunds-of.ts';
import { refundMinimal, refundView } from './view.ts';

const text = (max: number) => z.optional(z.string().check(textLength(1, max)));
const refundSchema = z.object({
  amount: z.optional(moneySchema),
  custom_id: text(127),
  invoice_id: text(127),
  note_to_payer: text(255),
});

/** `POST /v2/payments/captures/{id}/refund`: a part, or without an amount what is left. */
export function refundCapture(call: Call, id: string): Made {
  const { account } = call;
  const params = readBody(refundSchema, call.body);
  const capture = account.store.get('capture', id);
  if (!capture) throw notFound();
  if (params.amount !== undefined && params.amount.currency_code !== capture.currency) {
    minorOf(params.amount, '/amount');
    throw unprocessable(
      'REFUND_CAPTURE_CURRENCY_MISMATCH',
      'Refund must be in the same currency as the capture.',
      '/amount/currency_code',
    );
  }
  const amountMinor =
    params.amount === undefined ? refundableMinor(account, capture) : minorOf(params.amount, '/amount');
  refuse(account, capture, amountMinor);
  const made = giveBack(account, capture, {
    amountMinor,
    customId: params.custom_id,
    invoiceId: params.invoice_id,
    noteToPayer: params.note_to_payer,
  });
  return { status: 201, ...showRefund(call, made.id) };
}

/** A refund as the request wants to see it. */
export function showRefund({ representation, account }: Call, id: string): { body: object; ref: string } {
  const refund = findRefund(account, id);
  return { body: representation ? refundView(account, refund) : refundMinimal(account, refund), ref: id };
}

/** `GET /v2/payments/refunds/{id}`. */
export function getRefund({ account }: Call, id: string): Made {
  return { status: 200, body: refundView(account, findRefund(account, id)) };
}

function findRefund(account: Account, id: string): RefundRecord {
  const refund = account.store.get('refund', id);
  if (!refund) throw notFound();
  return refund;
}
