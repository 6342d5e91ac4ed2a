import { emit } from '../events.ts';
import { moneyOf } from '../money.ts';
import type { CaptureRecord, RefundRecord } from '../store/records.ts';
import type { Account } from '../account.ts';
import { saleRefundView, saleView } from './sale-view.ts';

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
