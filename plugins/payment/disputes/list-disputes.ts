import { operation } from '#runtime/contract/operation.ts';
import { ok } from '#runtime/contract/reply.ts';
import * as z from 'zod/mini';
import { paymentErrors } from '../errors.ts';
import type { Services } from '../services.ts';
import { disputeListSchema, disputeView } from '../refunds/refund-view.ts';
import * as schema from '../api/schemas.ts';
import { findPayment } from '../payments/find-payment.ts';

const input = z.strictObject({ id: schema.paymentId });

export const listDisputes = operation<z.infer<typeof input>, z.infer<typeof disputeListSchema>, Services>({
  summary: 'Lists the disputes and reversals of a payment, oldest first',
  input,
  output: disputeListSchema,
  errors: paymentErrors,
  idempotency: 'none',
  async run(context) {
    const { id } = await findPayment(context);
    return ok({ disputes: (await context.services.store.disputes(id)).map(disputeView) });
  },
});
