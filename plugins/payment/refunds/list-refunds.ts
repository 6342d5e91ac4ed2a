import { operation } from '#runtime/contract/operation.ts';
import { ok } from '#runtime/contract/reply.ts';
import * as z from 'zod/mini';
import { paymentErrors } from '../errors.ts';
import type { Services } from '../services.ts';
import { refundListSchema, refundView } from './refund-view.ts';
import * as schema from '../api/schemas.ts';
import { findPayment } from '../payments/find-payment.ts';

const input = z.strictObject({ id: schema.paymentId });

export const listRefunds = operation<z.infer<typeof input>, z.infer<typeof refundListSchema>, Services>({
  summary: 'Lists the refunds of a payment, including those made at the provider, oldest first',
  input,
  output: refundListSchema,
  errors: paymentErrors,
  idempotency: 'none',
  async run(context) {
    const { id } = await findPayment(context);
    return ok({ refunds: (await context.services.store.refunds(id)).map(refundView) });
  },
});
