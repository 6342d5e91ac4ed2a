import { textLength } from '#runtime/contract/text.ts';
import * as z from 'zod/mini';

const webUrl = z.optional(z.url({ protocol: /^https?$/ }));
const customerSchema = z.optional(
  z.object({
    id: z.optional(z.string().check(z.regex(/^[0-9a-zA-Z_-]{1,22}$/))),
    merchant_customer_id: z.optional(z.string().check(textLength(1, 64))),
  }),
);

/** Body of `POST /v3/vault/setup-tokens`: PayPal accounts only. */
export const setupSchema = z.object({
  customer: customerSchema,
  payment_source: z.object({
    paypal: z.object({
      description: z.optional(z.string().check(textLength(1, 128))),
      permit_multiple_payment_tokens: z.optional(z.boolean()),
      usage_type: z.optional(z.enum(['MERCHANT', 'PLATFORM'])),
      customer_type: z.optional(z.enum(['CONSUMER', 'BUSINESS'])),
      usage_pattern: z.optional(z.string().check(z.regex(/^[A-Z_]{1,30}$/))),
      experience_context: z.optional(z.object({ return_url: webUrl, cancel_url: webUrl })),
    }),
  }),
});

/** Body of `POST /v3/vault/payment-tokens`: from a setup token only. */
export const tokenSchema = z.object({
  customer: customerSchema,
  payment_source: z.object({
    token: z.object({
      id: z.string().check(z.regex(/^[0-9a-zA-Z_-]{1,255}$/)),
      type: z.enum(['SETUP_TOKEN']),
    }),
  }),
});
