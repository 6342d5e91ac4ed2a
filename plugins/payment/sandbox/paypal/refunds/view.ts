import { apiLink } from '../links.ts';
import { moneyOf } from '../money.ts';
import { PAYEE } from '../orders/payer.ts';
import type { RefundRecord } from '../store/refund-record.ts';
import type { World } from '../world.ts';
import { refundedMinor } from './refunds-of.ts';

/** A refund or a reversal; the capture it is of is in its `up` link only. */
export function refundView(world: World, refund: RefundRecord): Record<string, unknown> {
  const { customId, invoiceId, noteToPayer, status } = refund;
  return {
    id: refund.id,
    status,
    ...(status === 'PENDING' ? { status_details: { reason: 'ECHECK' } } : {}),
    amount: moneyOf(refund.amountMinor, refund.currency),
    ...(invoiceId === undefined ? {} : { invoice_id: invoiceId }),
    ...(customId === undefined ? {} : { custom_id: customId }),
    ...(noteToPayer === undefined ? {} : { note_to_payer: noteToPayer }),
    seller_payable_breakdown: breakdown(world, refund),
    payer: PAYEE,
    create_time: refund.createdAt,
    update_time: refund.updatedAt,
    links: linksOf(world, refund),
  };
}

/** What a refund shows by default. */
export function refundMinimal(world: World, refund: RefundRecord): object {
  return { id: refund.id, status: refund.status, links: linksOf(world, refund) };
}

function linksOf(world: World, { captureId, id }: RefundRecord): readonly object[] {
  return [
    apiLink(world, `/v2/payments/refunds/${id}`, 'self'),
    apiLink(world, `/v2/payments/captures/${captureId}`, 'up'),
  ];
}

/** PayPal keeps its fee; the total is that of the capture as it is now. */
function breakdown(world: World, { amountMinor, captureId, currency }: RefundRecord): object {
  const capture = world.store.get('capture', captureId);
  const amount = moneyOf(amountMinor, currency);
  return {
    gross_amount: amount,
    paypal_fee: moneyOf(0, currency),
    net_amount: amount,
    total_refunded_amount: moneyOf(capture ? refundedMinor(world, capture) : amountMinor, currency),
  };
}
