import type { Payment } from '../payments/model/payment.ts';
import type { Flow } from '../services.ts';
import { existingPayment } from '../payments/payment-repository.ts';
import { refundOwn } from '../refunds/refund.ts';
import { operateOwn } from '../payments/operate.ts';

/**
 * Cancels a payment that the payer abandoned, so that it can no longer be paid.
 * @throws ProblemError when it was paid meanwhile
 */
export function abandon(flow: Flow, payment: Payment): Promise<Payment> {
  return operateOwn(flow, payment, { kind: 'cancel', reason: 'abandoned', amountOf: async () => undefined });
}

/** Reverses a payment that succeeded after its end: releases an authorization, refunds a capture. */
export async function reverseLatePayment(flow: Flow, payment: Payment): Promise<Payment> {
  if (payment.capturableMinor > 0) return abandon(flow, payment);
  await refundOwn(flow, payment, 'requested_by_customer');
  return existingPayment(flow, payment.id);
}
