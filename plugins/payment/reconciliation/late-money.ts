import type { Payment } from '../payments/model/payment.ts';
import type { Flow } from '../services.ts';
import { existingPayment } from '../payments/payment-repository.ts';
import { refundOwn } from '../refunds/refund.ts';
import { operateOwn } from '../payments/operate.ts';

/** Cancels what the payer left unpaid, so that it cannot be paid any more. @throws ProblemError when it was paid meanwhile */
export function abandon(flow: Flow, payment: Payment): Promise<Payment> {
  return operateOwn(flow, payment, { kind: 'cancel', reason: 'abandoned', amountOf: async () => undefined });
}

/** Gives back the money that turned up on a payment after its end: releases what is held, refunds what was taken. */
export async function reverseLatePayment(flow: Flow, payment: Payment): Promise<Payment> {
  if (payment.capturableMinor > 0) return abandon(flow, payment);
  await refundOwn(flow, payment, 'requested_by_customer');
  return existingPayment(flow, payment.id);
}
