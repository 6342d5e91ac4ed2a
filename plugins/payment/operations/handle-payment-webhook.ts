import { operation } from '#runtime/contract/operation.ts';
import { ok } from '#runtime/contract/reply.ts';
import * as z from 'zod/mini';
import { paymentErrors } from '../errors.ts';
import type { Services } from '../services.ts';
import * as schema from '../views/schemas.ts';

const PAYLOAD_CHARS_MAX = 524_288;

const input = z.strictObject({
  provider: schema.providerName,
  /** The delivery's body, exactly as it came: the signature covers every character. */
  payload: z.string().check(z.maxLength(PAYLOAD_CHARS_MAX)),
  /** The delivery's signature header. */
  signature: z.string().check(z.maxLength(4000)),
});

export const handlePaymentWebhook = operation<
  z.infer<typeof input>,
  z.infer<typeof schema.webhookReceiptSchema>,
  Services
>({
  summary:
    "Takes a provider's webhook that reached another endpoint; verified just like one that came directly",
  input,
  output: schema.webhookReceiptSchema,
  errors: paymentErrors,
  idempotency: 'none',
  async run({ input: { payload, signature }, ...context }) {
    const { stripeWebhook } = await import('../webhooks/stripe.ts');
    const request = { rawBody: Buffer.from(payload), headers: { 'stripe-signature': signature } };
    return ok(await stripeWebhook.handle({ ...context, request }));
  },
});
