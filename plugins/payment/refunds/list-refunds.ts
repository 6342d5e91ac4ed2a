import * as z from 'zod/mini';
import { apiOperation } from '../api/operation.ts';
import { refundListSchema } from './refund-schema.ts';
import { refundView } from './refund-view.ts';
import * as schema from '../api/schemas.ts';
import { findPayment } from '../payments/find-payment.ts';

export const listRefunds = apiOperation({
  summary: 'Lists the refunds of a payment, including those made at the provider, oldest first',
  input: z.strictObject({ id: schema.paymentId }),
  output: refundListSchema,
  idempotency: 'none',
  async run(context) {
    const { id } = await findPayment(context);
    return { refunds: (await context.services.store.refunds(id)).map(refundView) };
  },
});
