import { operation } from '#runtime/contract/operation.ts';
import { ok } from '#runtime/contract/reply.ts';
import * as z from 'zod/mini';
import { paymentErrors, problem } from '../errors.ts';
import type { Services } from '../services.ts';
import * as schema from '../api/schemas.ts';
import { type WebhookView, webhookSchema, webhookView } from './webhook-view.ts';

const input = z.strictObject({ provider: schema.providerName, eventId: schema.eventId });

export const getPaymentWebhook = operation<z.infer<typeof input>, WebhookView, Services>({
  summary: 'Reads a stored event of a provider, with its state',
  input,
  output: webhookSchema,
  errors: paymentErrors,
  idempotency: 'none',
  async run({ input: { provider, eventId }, services }) {
    const record = await services.store.received(provider, eventId);
    if (record === undefined) throw problem('webhook-not-found');
    return ok(webhookView(provider, eventId, record, services.sealKeys));
  },
});
