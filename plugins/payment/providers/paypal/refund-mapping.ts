import type { Refund } from '@paypal/paypal-server-sdk';
import { splitMarkedId } from '../marked-id.ts';
import type { RefundSnapshot } from '../../refunds/model/refund-snapshot.ts';
import { minorOf } from './amounts.ts';
import { unexpected } from './calls.ts';
import { hrefOf, idAt } from './links.ts';

const statuses: Readonly<Record<string, NonNullable<RefundSnapshot['status']>>> = {
  PENDING: 'pending',
  COMPLETED: 'succeeded',
  FAILED: 'failed',
  CANCELLED: 'canceled',
};

/**
 * A refund as a snapshot. One that was made in PayPal's dashboard has the payment's `custom_id` or none, and so no
 * refund id of ours.
 * @throws ProviderError `unknown` for a response that is not a refund
 */
export function toRefundSnapshot(refund: Refund): RefundSnapshot {
  const { id, amount, customId } = refund;
  const status: string = refund.status ?? '';
  if (!id || amount === undefined) throw unexpected();
  const currency = amount.currencyCode.toLowerCase();
  const customRef = customId === undefined ? undefined : splitMarkedId(customId).id;
  const ended = status === 'FAILED' || status === 'CANCELLED';
  return {
    ref: id,
    status: statuses[status],
    amountMinor: minorOf(amount, currency),
    currency,
    captureRef: idAt(hrefOf(refund.links, 'up'), 'captures'),
    refundId: customRef?.startsWith('rf_') ? customRef : undefined,
    ...(ended && { failureCode: refund.statusDetails?.reason ?? `refund_${status.toLowerCase()}` }),
  };
}
