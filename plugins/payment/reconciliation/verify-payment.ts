import * as z from 'zod/mini';
import { recordAction } from '../audit/record-action.ts';
import { apiOperation } from '../api/operation.ts';
import { completeApproval } from '../payments/complete-approval.ts';
import { flowOf } from '../engine/flow.ts';
import { reconcileRefunds } from '../refunds/sync-refunds.ts';
import { syncPayment } from '../payments/sync-payment.ts';
import * as schema from '../api/schemas.ts';
import { viewOf } from '../payments/payment-view.ts';
import { findPayment } from '../payments/find-payment.ts';

export const verifyPayment = apiOperation({
  summary: 'Reconciles a payment with the provider',
  input: z.strictObject({ id: schema.paymentId }),
  output: schema.paymentSchema,
  idempotency: 'none',
  async run(context) {
    const flow = flowOf(context);
    const found = await findPayment(context);
    await recordAction(context, 'payment_verify', found.id);
    const settled = await syncPayment(flow, found);
    const { payment } = await completeApproval(flow, settled);
    return viewOf(payment.capturedMinor > 0 ? await reconcileRefunds(flow, payment) : payment);
  },
});
