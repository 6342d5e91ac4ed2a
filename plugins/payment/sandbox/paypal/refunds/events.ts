import { emit } from '../events.ts';
import { moneyOf } from '../money.ts';
import type { RefundRecord } from '../store/refund-record.ts';
import { emitSaleBack } from '../subscriptions/sale-events.ts';
import type { World } from '../world.ts';
import { refundView } from './view.ts';

/** Announces where a refund stands; nothing is said of one that was called off. */
export function emitRefund(world: World, refund: RefundRecord): void {
  const { status } = refund;
  if (status === 'CANCELLED') return;
  if (status === 'COMPLETED' && isOfSale(world, refund)) return emitSaleBack(world, refund);
  if (status === 'COMPLETED') return announce(world, refund, 'PAYMENT.CAPTURE.REFUNDED', 'was refunded');
  const did = status === 'PENDING' ? 'refund is pending' : 'refund failed';
  announce(world, refund, `PAYMENT.REFUND.${status}`, did);
}

/** Announces that PayPal took money back. */
export function emitReversal(world: World, refund: RefundRecord): void {
  if (isOfSale(world, refund)) return emitSaleBack(world, refund);
  announce(world, refund, 'PAYMENT.CAPTURE.REVERSED', 'was reversed');
}

function isOfSale(world: World, { captureId }: RefundRecord): boolean {
  return world.store.get('capture', captureId)?.subscriptionId !== undefined;
}

function announce(world: World, refund: RefundRecord, type: string, did: string): void {
  const { currency_code: currency, value } = moneyOf(refund.amountMinor, refund.currency);
  emit(world, {
    resource_type: 'refund',
    resource_version: '2.0',
    event_type: type,
    summary: `A ${currency} ${value} ${currency} capture payment ${did}`,
    resource: refundView(world, refund),
  });
}
