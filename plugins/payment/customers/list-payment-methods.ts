import * as z from 'zod/mini';
import { findCustomer } from '../api/checks.ts';
import { apiOperation } from '../api/operation.ts';
import * as schema from '../api/schemas.ts';
import { methodListSchema } from './customer-schema.ts';
import { methodView } from './customer-view.ts';

export const listPaymentMethods = apiOperation({
  summary: "Lists a customer's saved payment methods, oldest first",
  input: z.strictObject({ id: schema.customerId }),
  output: methodListSchema,
  idempotency: 'none',
  async run(context) {
    const customer = await findCustomer(context, context.input.id);
    const methods = await context.services.customers.parts(customer.id);
    const usable = methods.filter(({ status }) => status !== 'failed' && status !== 'detached');
    return { paymentMethods: usable.map((method) => methodView(customer, method)) };
  },
});
