import * as z from 'zod/mini';
import { findCustomer } from '../api/checks.ts';
import { apiOperation } from '../api/operation.ts';
import * as schema from '../api/schemas.ts';
import { customerSchema } from './customer-schema.ts';
import { customerView } from './customer-view.ts';

export const getCustomer = apiOperation({
  summary: 'Reads a customer, strongly consistent',
  input: z.strictObject({ id: schema.customerId }),
  output: customerSchema,
  idempotency: 'none',
  run: async (context) => customerView(await findCustomer(context, context.input.id)),
});
