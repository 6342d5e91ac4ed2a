import { operation } from '#runtime/contract/operation.ts';
import { ok } from '#runtime/contract/reply.ts';
import * as z from 'zod/mini';
import { paymentErrors } from '../errors.ts';
import type { Services } from '../services.ts';
import * as schema from '../api/schemas.ts';
import { viewOf } from './payment-view.ts';
import { findPayment } from './find-payment.ts';

const input = z.strictObject({ id: schema.paymentId });

export const getPayment = operation<z.infer<typeof input>, schema.PaymentView, Services>({
  summary: 'Reads a payment, strongly consistent',
  input,
  output: schema.paymentSchema,
  errors: paymentErrors,
  idempotency: 'none',
  run: async (context) => ok(viewOf(await findPayment(context))),
});
