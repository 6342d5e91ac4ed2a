import type { Account } from '../account.ts';
import { apiLink } from '../links.ts';
import { moneyOf } from '../money.ts';
import { PAYEE } from '../orders/payer.ts';
import type { CaptureRecord, RefundRecord } from '../store/records.ts';

/** The refunds and reversals of a capture in any state, oldest first. */
export function refundsOf(account: Account, { refundIds = [] }: CaptureRecord): RefundRecord[] {
  return refundIds.flatMap((id) => account.store.get('refund', id) ?? []);
}

/** The amount of a capture that can be refunded: pending refunds hold theirs. */
export function refundableMinor(account: Account, capture: CaptureRecord): number {
  return capture.amountMinor - sum(refundsOf(account, capture), ['PENDING', 'COMPLETED']);
}

/** The amount of a capture that was refunded or reversed. */
export function refundedMinor(account: Account, capture: CaptureRecord): number {
  return sum(refundsOf(account, capture), ['COMPLETED']);
}

function sum(refunds: readonly RefundRecord[], states: readonly RefundRecord['status'][]): number {
  return refunds.reduce(
    (total, { amountMinor, status }) => total + (states.includes(status) ? amountMinor : 0),
    0,
  );
}

/** A refund or a reversal; the capture it is of is in its `up` link only. */
export function refundView(account: Account, refund: RefundRecord): Record<string, unknown> {
  const { customId, invoiceId, noteToPayer, status } = refund;
  return {
    id: refund.id,
    status,
    ...(status === 'PENDING' ? { status_details: { reason: 'ECHECK' } } : {}),
    amount: moneyOf(refund.amountMinor, refund.currency),
    invoice_id: invoiceId,
    custom_id: customId,
    note_to_payer: noteToPayer,
    seller_payable_breakdown: payableBreakdown(account, refund),
    payer: PAYEE,
    create_time: refund.createdAt,
    update_time: refund.updatedAt,
    links: refundLinks(account, refund),
  };
}

/** What a refund shows by default. */
export function refundMinimal(account: Account, refund: RefundRecord): object {
  return { id: refund.id, status: refund.status, links: refundLinks(account, refund) };
}

function refundLinks(account: Account, { captureId, id }: RefundRecord): readonly object[] {
  return [
    apiLink(account, `/v2/payments/refunds/${id}`, 'self'),
    apiLink(account, `/v2/payments/captures/${captureId}`, 'up'),
  ];
}

/** PayPal keeps its fee; the total is that of the capture as it is now. */
function payableBreakdown(account: Account, { amountMinor, captureId, currency }: RefundRecord): object {
  const capture = account.store.get('capture', captureId);
  const amount = moneyOf(amountMinor, currency);
  return {
    gross_amount: amount,
    paypal_fee: moneyOf(0, currency),
    net_amount: amount,
    total_refunded_amount: moneyOf(capture ? refundedMinor(account, capture) : amountMinor, currency),
  };
}
