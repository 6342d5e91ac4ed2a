import type { Flow } from '../services.ts';
import { type Merged, merge } from './model/merge.ts';
import type { Payment } from './model/payment.ts';
import type { Snapshot } from './model/snapshot.ts';
import type { Step } from './payment-repository.ts';

/** Merges a snapshot, and logs mismatches and late payments for operators. */
export function mergeSnapshot(flow: Flow, payment: Payment, snapshot: Snapshot): Merged {
  const merged = merge(payment, snapshot);
  const fields = { paymentId: payment.id, status: payment.status, providerStatus: snapshot.providerStatus };
  if (merged.mismatch) {
    flow.log.error('The provider contradicts the payment', { ...fields, field: merged.mismatch.field });
    flow.log.count('payment.mismatch');
  }
  if (merged.lateSuccess) {
    flow.log.error('A payment succeeded after it had ended', fields);
    flow.log.count('payment.late_success');
    if (isReversed(flow, payment))
      return { ...merged, payment: { ...merged.payment, flags: [...payment.flags, 'late_success'] } };
  }
  if (merged.refused) flow.log.info('The snapshot changes no status', { ...fields, why: merged.refused });
  return merged;
}

/** Whether a late payment is reversed; that of a subscription is left to the provider. */
const isReversed = ({ services }: Flow, { flags, subscriptionId }: Payment): boolean =>
  services.config.lateSuccess === 'void_or_refund' &&
  subscriptionId === undefined &&
  !flags.includes('late_success');

/** The step that records a merged snapshot. */
export function mergedStep(payment: Payment, merged: Merged): Step {
  return { next: merged.changed ? merged.payment : payment, notes: merged };
}
