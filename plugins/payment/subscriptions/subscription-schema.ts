import * as z from 'zod/mini';
import { providerName, subscriptionStatus } from '../api/enums.ts';
import { timestamp } from '../api/schemas.ts';
import { callView } from '../customers/customer-schema.ts';

export const subscriptionAction = z.object({ type: z.string(), url: z.optional(z.string()) });
subscriptionAction.register(z.globalRegistry, { id: 'SubscriptionAction' });

/** A subscription. `clientSecret` and the URL of the next action appear on create and its replay only. */
export const subscriptionSchema = z.object({
  id: z.string(),
  status: subscriptionStatus,
  provider: providerName,
  providerRef: z.nullable(z.string()),
  customerId: z.string(),
  planId: z.string(),
  quantity: z.int(),
  currentPeriodEnd: z.optional(timestamp),
  cancelAtPeriodEnd: z.boolean(),
  clientSecret: z.optional(z.nullable(z.string())),
  nextAction: z.optional(subscriptionAction),
  metadata: z.record(z.string(), z.string()),
  flags: z.array(z.string()),
  operation: callView,
  createdAt: timestamp,
  updatedAt: timestamp,
  version: z.int(),
});
subscriptionSchema.register(z.globalRegistry, { id: 'Subscription' });
export type SubscriptionView = z.infer<typeof subscriptionSchema>;
