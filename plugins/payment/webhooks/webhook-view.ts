import * as z from 'zod/mini';
import { unseal } from './sealed.ts';
import { bodyContext } from './inbox.ts';
import type { InboxRecord } from '../store/inbox-store.ts';
import { providerName, webhookOutcome, webhookState } from '../api/enums.ts';
import { timestamp } from '../api/schemas.ts';

const members = {
  provider: providerName,
  eventId: z.string(),
  /** The provider's own type of the event. */
  type: z.string(),
  objectId: z.nullable(z.string()),
  /** `failed` is delivered again; `parked` is not, and waits for a replay. */
  state: webhookState,
  attempts: z.int(),
  receivedAt: timestamp,
};

export const webhookSchema = z.object({
  ...members,
  /** The redacted body as JSON; null when it is not stored, or can no longer be decrypted. */
  body: z.nullable(z.string()),
});
webhookSchema.register(z.globalRegistry, { id: 'PaymentWebhook' });
export type WebhookView = z.infer<typeof webhookSchema>;

export const replaySchema = z.object({ ...members, outcome: webhookOutcome });
replaySchema.register(z.globalRegistry, { id: 'PaymentWebhookReplay' });
export type ReplayView = z.infer<typeof replaySchema>;

const states = { PROCESSED: 'processed', FAILED: 'failed', PARKED: 'parked' } as const;

export function eventView(
  provider: WebhookView['provider'],
  eventId: string,
  { type, ref, state, attempts, receivedAt }: InboxRecord,
): Omit<WebhookView, 'body'> {
  const objectId = ref === '' ? null : ref;
  return { provider, eventId, type, objectId, state: states[state], attempts, receivedAt };
}

export async function webhookView(
  provider: WebhookView['provider'],
  eventId: string,
  record: InboxRecord,
  keys: readonly Buffer[],
): Promise<WebhookView> {
  const body = record.body && (await unseal(record.body, bodyContext(provider, eventId), keys));
  return { ...eventView(provider, eventId, record), body: body || null };
}
