import { paymentWebhook } from '#events/catalog/index.ts';
import { domainEvent } from '../engine/model/event-envelopes.ts';
import { redactedBody } from './redacted-body.ts';
import { seal } from './sealed.ts';
import { type ProviderEvent, refOf } from '../providers/event.ts';
import { bodyText } from '../providers/signed-body.ts';
import type { ProviderName } from '../providers/provider-call.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import type { Flow } from '../services.ts';
import { singleEvent } from '../engine/notices.ts';

/** Characters of a redacted body that are stored; a longer one is not stored. */
const BODY_CHARS_MAX = 65_536;

/** The inbox entry of an event. @param rawBody as it was delivered */
export async function inboxEntry(
  flow: Flow,
  provider: ProviderName,
  event: ProviderEvent,
  rawBody: Buffer | undefined,
): Promise<InboxEntry> {
  const { id: eventId, type } = event;
  const ref = refOf(event);
  const received = domainEvent(paymentWebhook, { provider, type, objectId: ref === '' ? null : ref });
  const id = bodyContext(provider, eventId);
  return {
    provider,
    eventId,
    type,
    ref,
    event,
    body: rawBody && (await sealedBody(flow, id, rawBody)),
    envelope: singleEvent(flow, { type: 'webhook', id }, received),
  };
}

/** The authenticated context of a sealed body, so that it cannot be moved to another record. */
export const bodyContext = (provider: string, eventId: string): string => `${provider}:${eventId}`;

async function sealedBody(flow: Flow, context: string, rawBody: Buffer): Promise<Buffer | undefined> {
  const text = JSON.stringify(redactedBody(JSON.parse(bodyText(rawBody))));
  return text.length > BODY_CHARS_MAX ? undefined : seal(text, context, flow.services.sealKeys);
}
