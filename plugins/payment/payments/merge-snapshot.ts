import type { Flow } from '../services.ts';
import { type Merged, merge } from './model/merge.ts';
import type { Payment } from './model/payment.ts';
import type { Snapshot } from './model/snapshot.ts';
import type { Step } from './payment-repository.ts';

/** Merges a snapshot, and logs what operators must know of it. */
export function mergeSnapshot(flow: Flow, payment: Payment, snapshot: Snapshot): Merged {
  const merged = merge(payment, snapshot);
  const fields = { paymentId: payment.id, status: payment.status, providerStatus: snapshot.providerStatus };
  if (merged.mismatch) {
    flow.log.error('The provider contradicts the payment', { ...fields, field: merged.mismatch.field });
    flow.log.count('payment.mismatch');
  }
  if (merged.lateSuccess) {
    flow.log.error('Money turned up on a payment that had ended', fields);
    flow.log.count('payment.late_success');
    if (isGivenBack(flow, payment))
      return { ...merged, payment: { ...merged.payment, flags: [...payment.flags, 'late_success'] } };
  }
  if (merged.refused) flow.log.info('The snapshot brings no move', { ...fields, why: merged.refused });
  return merged;
}

/** Whether money that turned up late goes back; what a subscription charges is the provider's business. */
const isGivenBack = ({ services }: Flow, { flags, subscriptionId }: Payment): boolean =>
  services.config.lateSuccess === 'void_or_refund' &&
  subscriptionId === undefined &&
  !flags.includes('late_success');

/** The step that records what a snapshot says. */
export function mergedStep(payment: Payment, merged: Merged): Step {
  return { next: merged.changed ? merged.payment : payment, notes: merged };
}
