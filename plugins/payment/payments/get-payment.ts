import * as z from 'zod/mini';
import { apiOperation } from '../api/operation.ts';
import * as schema from '../api/schemas.ts';
import { viewOf } from './payment-view.ts';
import { findPayment } from './find-payment.ts';

export const getPayment = apiOperation({
  summary: 'Reads a payment, strongly consistent',
  input: z.strictObject({ id: schema.paymentId }),
  output: schema.paymentSchema,
  idempotency: 'none',
  run: async (context) => viewOf(await findPayment(context)),
});
