import * as z from 'zod/mini';
import { apiOperation } from '../api/operation.ts';
import * as schema from '../api/schemas.ts';
import { findPayment } from '../payments/find-payment.ts';
import { disputeListSchema } from '../refunds/refund-schema.ts';
import { disputeView } from '../refunds/refund-view.ts';

export const listDisputes = apiOperation({
  summary: 'Lists the disputes and reversals of a payment, oldest first',
  input: z.strictObject({ id: schema.paymentId }),
  output: disputeListSchema,
  idempotency: 'none',
  async run(context) {
    const { id } = await findPayment(context);
    return { disputes: (await context.services.store.disputes(id)).map(disputeView) };
  },
});
