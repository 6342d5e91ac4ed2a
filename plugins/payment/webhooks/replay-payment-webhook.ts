import { operation } from '#runtime/contract/operation.ts';
import { ok } from '#runtime/contract/reply.ts';
import * as z from 'zod/mini';
import { paymentErrors, problem } from '../errors.ts';
import { applyEvent } from './apply-event.ts';
import { flowOf } from '../engine/flow.ts';
import type { Services } from '../services.ts';
import * as schema from '../api/schemas.ts';
import { type ReplayView, eventView, replaySchema } from './webhook-view.ts';

const input = z.strictObject({ provider: schema.providerName, eventId: schema.eventId });

export const replayPaymentWebhook = operation<z.infer<typeof input>, ReplayView, Services>({
  summary: 'Applies an event of a provider again, whatever its state',
  description: 'The current object is fetched from the provider, so a replay never has a second effect.',
  input,
  output: replaySchema,
  errors: paymentErrors,
  idempotency: 'none',
  async run(context) {
    const { services, input: given } = context;
    const { provider, eventId } = given;
    const { store } = services;
    const record = await store.received(provider, eventId);
    if (record === undefined || !(await store.reopen(provider, eventId))) throw problem('webhook-not-found');
    const applied = await applyEvent(flowOf(context), provider, record.event);
    const outcome = applied === 'foreign' ? 'ignored' : applied;
    const after = (await store.received(provider, eventId)) ?? record;
    return ok({ ...eventView(provider, eventId, after), outcome });
  },
});
