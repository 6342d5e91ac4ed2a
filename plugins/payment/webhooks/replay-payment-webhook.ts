import * as z from 'zod/mini';
import { recordAction } from '../audit/record-action.ts';
import { apiOperation } from '../api/operation.ts';
import * as schema from '../api/schemas.ts';
import { flowOf } from '../engine/flow.ts';
import { problem } from '../errors.ts';
import { applyEvent } from './apply-event.ts';
import { eventView, replaySchema } from './webhook-view.ts';

export const replayPaymentWebhook = apiOperation({
  summary: 'Applies an event of a provider again, whatever its state',
  description: 'The current object is fetched from the provider, so a replay never has a second effect.',
  input: z.strictObject({ provider: schema.providerName, eventId: schema.eventId }),
  output: replaySchema,
  idempotency: 'none',
  async run(context) {
    const { provider, eventId } = context.input;
    const { store } = context.services;
    const record = await store.received(provider, eventId);
    if (record === undefined) throw problem('webhook-not-found');
    await recordAction(context, 'webhook_replay', `${provider}:${eventId}`);
    if (!(await store.reopen(provider, eventId))) throw problem('webhook-not-found');
    const applied = await applyEvent(flowOf(context), provider, record.event);
    const outcome = applied === 'foreign' ? 'ignored' : applied;
    const after = (await store.received(provider, eventId)) ?? record;
    return { ...eventView(provider, eventId, after), outcome };
  },
});
