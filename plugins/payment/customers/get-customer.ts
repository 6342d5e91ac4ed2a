import { operation } from '#runtime/contract/operation.ts';
import { ok } from '#runtime/contract/reply.ts';
import * as z from 'zod/mini';
import { paymentErrors } from '../errors.ts';
import type { Services } from '../services.ts';
import { type CustomerView, customerSchema, customerView } from './customer-view.ts';
import * as schema from '../api/schemas.ts';
import { findCustomer } from '../api/checks.ts';

const input = z.strictObject({ id: schema.customerId });

export const getCustomer = operation<z.infer<typeof input>, CustomerView, Services>({
  summary: 'Reads a customer, strongly consistent',
  input,
  output: customerSchema,
  errors: paymentErrors,
  idempotency: 'none',
  run: async (context) => ok(customerView(await findCustomer(context, context.input.id))),
});
