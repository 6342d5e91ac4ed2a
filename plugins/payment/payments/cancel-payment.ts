import { replyTo } from '../engine/reply.ts';
import { paymentAnswer } from './payment-answer.ts';
import * as z from 'zod/mini';
import type { PaymentStatus } from './model/state.ts';
import { apiOperation } from '../api/operation.ts';
import { flowOf } from '../engine/flow.ts';
import { operate } from './operate.ts';
import { refuseState } from './refusals.ts';
import { cancelReason } from '../api/enums.ts';
import * as schema from '../api/schemas.ts';

const input = z.strictObject({
  id: schema.paymentId,
  reason: z.optional(cancelReason),
});

/** Whether a payment in `processing` can be canceled depends on its method, so the provider decides. */
const cancelable: readonly PaymentStatus[] = [
  'requires_action',
  'approved',
  'processing',
  'authorized',
  'partially_captured',
];

export const cancelPayment = apiOperation({
  summary: 'Cancels a payment that is not captured, or releases the rest of its authorization',
  input,
  output: schema.paymentSchema,
  idempotency: 'key',
  async run(context) {
    const flow = flowOf(context);
    const result = await operate(flow, context, {
      kind: 'cancel',
      reason: context.input.reason,
      async amountOf(payment) {
        if (!cancelable.includes(payment.status)) refuseState(payment);
        return undefined;
      },
    });
    return replyTo(result, paymentAnswer(flow));
  },
});
