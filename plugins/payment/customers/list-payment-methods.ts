import { operation } from '#runtime/contract/operation.ts';
import { ok } from '#runtime/contract/reply.ts';
import * as z from 'zod/mini';
import { paymentErrors } from '../errors.ts';
import type { Services } from '../services.ts';
import { methodListSchema, methodView } from './customer-view.ts';
import * as schema from '../api/schemas.ts';
import { findCustomer } from '../api/checks.ts';

const input = z.strictObject({ id: schema.customerId });

export const listPaymentMethods = operation<
  z.infer<typeof input>,
  z.infer<typeof methodListSchema>,
  Services
>({
  summary: "Lists a customer's saved payment methods, oldest first",
  input,
  output: methodListSchema,
  errors: paymentErrors,
  idempotency: 'none',
  async run(context) {
    const customer = await findCustomer(context, context.input.id);
    const methods = await context.services.customers.parts(customer.id);
    const usable = methods.filter(({ status }) => status !== 'failed' && status !== 'detached');
    return ok({ paymentMethods: usable.map((method) => methodView(customer, method)) });
  },
});
