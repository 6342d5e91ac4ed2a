import type Stripe from 'stripe';
import type { RefundSnapshot } from '../../refunds/model/refund-snapshot.ts';
import { REFUND_ID_KEY } from '../metadata-keys.ts';
import { expectAmount, expectObject } from './answers.ts';
import { fromStripeUnit } from './currencies.ts';

const statuses: Readonly<Record<string, RefundSnapshot['status']>> = {
  pending: 'pending',
  requires_action: 'requires_action',
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'canceled',
};

/** A refund as a snapshot; one that succeeded may still fail later. */
export function toRefund(answer: Stripe.Refund): RefundSnapshot {
  const refund = expectObject(answer, 'refund');
  return {
    ref: refund.id,
    status: statuses[refund.status ?? ''],
    amountMinor: fromStripeUnit(expectAmount(refund.amount), refund.currency),
    currency: refund.currency,
    refundId: refund.metadata?.[REFUND_ID_KEY],
    reason: refund.reason ?? undefined,
    failureCode: refund.failure_reason,
  };
}
