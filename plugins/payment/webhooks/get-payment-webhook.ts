import * as z from 'zod/mini';
import { apiOperation } from '../api/operation.ts';
import * as schema from '../api/schemas.ts';
import { problem } from '../errors.ts';
import { webhookSchema, webhookView } from './webhook-view.ts';

export const getPaymentWebhook = apiOperation({
  summary: 'Reads a stored event of a provider, with its state',
  input: z.strictObject({ provider: schema.providerName, eventId: schema.eventId }),
  output: webhookSchema,
  idempotency: 'none',
  async run({ input: { provider, eventId }, services }) {
    const record = await services.store.received(provider, eventId);
    if (record === undefined) throw problem('webhook-not-found');
    return webhookView(provider, eventId, record, services.sealKeys);
  },
});
