import { operation } from '#runtime/contract/operation.ts';
import { ok } from '#runtime/contract/reply.ts';
import * as z from 'zod/mini';
import { paymentErrors } from '../errors.ts';
import { completeApproval } from '../payments/complete-approval.ts';
import { flowOf } from '../engine/flow.ts';
import { reconcileRefunds } from '../refunds/sync-refunds.ts';
import { syncPayment } from '../payments/sync-payment.ts';
import type { Services } from '../services.ts';
import * as schema from '../api/schemas.ts';
import { viewOf } from '../payments/payment-view.ts';
import { findPayment } from '../payments/find-payment.ts';

const input = z.strictObject({ id: schema.paymentId });

export const verifyPayment = operation<z.infer<typeof input>, schema.PaymentView, Services>({
  summary: 'Reconciles a payment with the provider',
  input,
  output: schema.paymentSchema,
  errors: paymentErrors,
  idempotency: 'none',
  async run(context) {
    const flow = flowOf(context);
    const settled = await syncPayment(flow, await findPayment(context));
    const { payment } = await completeApproval(flow, settled);
    return ok(viewOf(payment.capturedMinor > 0 ? await reconcileRefunds(flow, payment) : payment));
  },
});
