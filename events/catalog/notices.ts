import * as z from 'zod/mini';
import { eventContract } from './contract.ts';

const text = z.string().check(z.minLength(1));
const count = z.int().check(z.gte(0));
const day = z.iso.date();

/** Each of these stands for itself: an aggregate of its own, with one event. */
export const paymentWebhook = eventContract({
  type: 'payment.webhook',
  version: '1.0.0',
  summary:
    'A verified webhook event of a provider was received; published once per event, whatever its effect.',
  data: () =>
    z.object({
      provider: text,
      /** The provider's own type of the event. */
      type: text,
      /** The provider's object that it is about; null where it names none. */
      objectId: z.nullable(text),
    }),
});

export const webhookRejected = eventContract({
  type: 'webhook.rejected',
  version: '1.0.0',
  summary:
    'A webhook delivery was refused before it was processed; published at most once per minute, provider and reason.',
  data: () => z.object({ provider: text, reason: text }),
});

export const providerHealthChanged = eventContract({
  type: 'provider.health_changed',
  version: '1.0.0',
  summary: 'The health of a provider changed.',
  data: () =>
    z.object({
      provider: text,
      from: z.enum(['healthy', 'degraded', 'unhealthy']),
      to: z.enum(['healthy', 'degraded', 'unhealthy']),
      reason: z.optional(text),
    }),
});

export const limitExceeded = eventContract({
  type: 'limit.exceeded',
  version: '1.0.0',
  summary: 'A payment was refused because it exceeds a limit of this deployment.',
  data: () =>
    z.object({
      limit: z.enum(['minAmount', 'maxAmount', 'dailyLimit', 'dailyCount']),
      /** `payment` for the bounds of one payment, else whose allowance: `tenant` or `customer:<id>`. */
      scope: text,
      attempted: z.object({ amountMinor: count, currency: z.string().check(z.regex(/^[a-z]{3}$/)) }),
      /** What is allowed: minor units, or payments for `dailyCount`. */
      cap: count,
    }),
});

export const reconciliationMismatch = eventContract({
  type: 'reconciliation.mismatch',
  version: '1.0.0',
  summary: "A provider's records of a day differ from ours, and the difference needs manual review.",
  data: () =>
    z.object({
      day,
      what: z.enum(['payment_missing', 'payment_differs', 'limit_differs']),
      provider: z.optional(text),
      providerRef: z.optional(text),
      paymentId: z.optional(text),
      /** The allowance whose counter differs. */
      scope: z.optional(text),
      currency: text,
      /** What differs: null where nothing is recorded. */
      differences: z.array(z.object({ field: text, recorded: z.nullable(text), actual: text })),
    }),
});

export const reconciliationCompleted = eventContract({
  type: 'reconciliation.completed',
  version: '1.0.0',
  summary: "A day of a provider's records was reconciled with ours.",
  data: () =>
    z.object({
      day,
      provider: text,
      compared: count,
      /** Payments in the provider's records that were not created here. */
      foreign: count,
      mismatches: count,
    }),
});
