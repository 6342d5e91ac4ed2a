import { operation } from '#runtime/contract/operation.ts';
import { ok } from '#runtime/contract/reply.ts';
import * as z from 'zod/mini';
import { paymentErrors } from '../errors.ts';
import type { Services } from '../services.ts';
import * as schema from '../api/schemas.ts';
import { type SubscriptionView, subscriptionSchema, subscriptionView } from './subscription-view.ts';
import { findSubscription } from './find-subscription.ts';

const input = z.strictObject({ id: schema.customerId });

export const getSubscription = operation<z.infer<typeof input>, SubscriptionView, Services>({
  summary: 'Reads a subscription, strongly consistent',
  input,
  output: subscriptionSchema,
  errors: paymentErrors,
  idempotency: 'none',
  run: async (context) => ok(subscriptionView(await findSubscription(context))),
});
