import type { Account } from '../account.ts';
import { emit } from '../events.ts';
import { moneyOf } from '../money.ts';
import type { RefundRecord } from '../store/records.ts';
import { emitSaleBack } from '../subscriptions/sale-view.ts';
import { refundView } from './view.ts';

/** Emits the event of a refund's status; a cancelled one has none. */
export function emitRefund(account: Account, refund: RefundRecord): void {
  const { status } = refund;
  if (status === 'CANCELLED') return;
  if (status === 'COMPLETED' && isOfSale(account, refund)) return emitSaleBack(account, refund);
  if (status === 'COMPLETED')
    return emitRefundEvent(account, refund, 'PAYMENT.CAPTURE.REFUNDED', 'was refunded');
  const did = status === 'PENDING' ? 'refund is pending' : 'refund failed';
  emitRefundEvent(account, refund, `PAYMENT.REFUND.${status}`, did);
}

/** Emits the event of a reversal. */
export function emitReversal(account: Account, refund: RefundRecord): void {
  if (isOfSale(account, refund)) return emitSaleBack(account, refund);
  emitRefundEvent(account, refund, 'PAYMENT.CAPTURE.REVERSED', 'was reversed');
}

function isOfSale(account: Account, { captureId }: RefundRecord): boolean {
  return account.store.get('capture', captureId)?.subscriptionId !== undefined;
}

function emitRefundEvent(account: Account, refund: RefundRecord, type: string, did: string): void {
  const { currency_code: currency, value } = moneyOf(refund.amountMinor, refund.currency);
  emit(account, {
    resource_type: 'refund',
    resource_version: '2.0',
    event_type: type,
    summary: `A ${currency} ${value} ${currency} capture payment ${did}`,
    resource: refundView(account, refund),
  });
}
