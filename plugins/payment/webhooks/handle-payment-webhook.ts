import { textLength } from '#runtime/contract/text.ts';
import type { Webhook } from '#runtime/contract/webhook.ts';
import * as z from 'zod/mini';
import { apiOperation } from '../api/operation.ts';
import { configured } from '../providers/configured.ts';
import type { ProviderName } from '../providers/provider-call.ts';
import type { Services } from '../services.ts';
import * as schema from '../api/schemas.ts';

const PAYLOAD_CHARS_MAX = 524_288;
const HEADERS_MAX = 50;

/** Each handler is loaded with its SDK on first use. */
const webhooks: Readonly<Record<ProviderName, () => Promise<Webhook<Services>>>> = {
  stripe: async () => (await import('./stripe.ts')).stripeWebhook,
  paypal: async () => (await import('./paypal.ts')).paypalWebhook,
};

const input = z.strictObject({
  provider: schema.providerName,
  /** The delivered body, byte for byte: the signature covers all of it. */
  payload: z.string().check(textLength(0, PAYLOAD_CHARS_MAX)),
  /** The delivery's signature header, for Stripe; may stand among `headers` instead. */
  signature: z.optional(z.string().check(textLength(0, 4000))),
  /** The delivery's headers; PayPal spreads its signature over five of them. */
  headers: z.optional(
    z
      .record(z.string().check(textLength(1, 100)), z.string().check(textLength(0, 4000)))
      .check(
        z.refine(
          (headers) => Object.keys(headers).length <= HEADERS_MAX,
          `must have at most ${HEADERS_MAX} members`,
        ),
      ),
  ),
});

export const handlePaymentWebhook = apiOperation({
  summary:
    "Receives a provider's webhook through this API; verified like one that was delivered to the webhook URL",
  input,
  output: schema.webhookReceiptSchema,
  idempotency: 'none',
  async run({ input: { provider, payload, signature, headers = {} }, ...context }) {
    configured(context.services.config, provider);
    const webhook = await webhooks[provider]();
    const request = {
      rawBody: Buffer.from(payload),
      headers: {
        ...(signature !== undefined && { 'stripe-signature': signature }),
        ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
      },
      receivedAtMs: Date.now(),
    };
    return webhook.handle({ ...context, request });
  },
});
