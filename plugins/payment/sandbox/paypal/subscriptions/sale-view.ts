import type { Account } from '../account.ts';
import { emit } from '../events.ts';
import { apiLink } from '../links.ts';
import { moneyOf } from '../money.ts';
import { feeMinorOf } from '../payments/capture-view.ts';
import type { CaptureRecord, RefundRecord } from '../store/records.ts';

/** A charge of a subscription, in the form of the first version of the API. */
export function saleView(account: Account, sale: CaptureRecord): Record<string, unknown> {
  const { amountMinor, currency, customId, id, status } = sale;
  const total = moneyOf(amountMinor, currency).value;
  return {
    id,
    state: status.toLowerCase(),
    amount: { total, currency, details: { subtotal: total } },
    payment_mode: 'INSTANT_TRANSFER',
    protection_eligibility: 'ELIGIBLE',
    protection_eligibility_type: 'ITEM_NOT_RECEIVED_ELIGIBLE,UNAUTHORIZED_PAYMENT_ELIGIBLE',
    transaction_fee: { value: moneyOf(feeMinorOf(amountMinor), currency).value, currency },
    billing_agreement_id: sale.subscriptionId,
    custom: customId,
    create_time: sale.createdAt,
    update_time: sale.updatedAt,
    links: [apiLink(account, `/v1/payments/sale/${id}`, 'self')],
  };
}

/** A refund or a reversal of such a charge, in the same form: its amount is negative. */
export function saleRefundView(account: Account, refund: RefundRecord): Record<string, unknown> {
  const { amountMinor, captureId, currency, customId, id, status } = refund;
  return {
    id,
    state: status.toLowerCase(),
    amount: { total: `-${moneyOf(amountMinor, currency).value}`, currency },
    sale_id: captureId,
    custom: customId,
    create_time: refund.createdAt,
    update_time: refund.updatedAt,
    links: [
      apiLink(account, `/v1/payments/refund/${id}`, 'self'),
      apiLink(account, `/v1/payments/sale/${captureId}`, 'sale'),
    ],
  };
}

/** Announces a charge of a subscription. */
export function emitSaleCompleted(account: Account, sale: CaptureRecord): void {
  const { currency_code: currency, value } = moneyOf(sale.amountMinor, sale.currency);
  emit(account, {
    resource_type: 'sale',
    resource_version: '1.0',
    event_type: 'PAYMENT.SALE.COMPLETED',
    summary: `Payment completed for ${currency} ${value} ${currency}`,
    resource: saleView(account, sale),
  });
}

/** Announces that money of such a charge went back, by the merchant's wish or PayPal's. */
export function emitSaleBack(account: Account, refund: RefundRecord): void {
  const { currency_code: currency, value } = moneyOf(refund.amountMinor, refund.currency);
  const what = refund.reversal ? 'REVERSED' : 'REFUNDED';
  emit(account, {
    resource_type: 'refund',
    resource_version: '1.0',
    event_type: `PAYMENT.SALE.${what}`,
    summary: `A ${currency} ${value} ${currency} sale payment was ${what.toLowerCase()}`,
    resource: saleRefundView(account, refund),
  });
}
