import * as z from 'zod/mini';
import { findSubscription } from '../api/checks.ts';
import { apiOperation } from '../api/operation.ts';
import * as schema from '../api/schemas.ts';
import { subscriptionSchema } from './subscription-schema.ts';
import { subscriptionView } from './subscription-view.ts';

export const getSubscription = apiOperation({
  summary: 'Reads a subscription, strongly consistent',
  input: z.strictObject({ id: schema.customerId }),
  output: subscriptionSchema,
  idempotency: 'none',
  run: async (context) => subscriptionView(await findSubscription(context, context.input.id)),
});
