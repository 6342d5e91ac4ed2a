import { problem } from '../../errors.ts';
import { isEvent, type ProviderEvent, ignoredSubject } from '../event.ts';
import { signedBody } from '../signed-body.ts';
import { subjectOf } from './event-subjects.ts';

interface RawEvent {
  readonly id?: unknown;
  readonly event_type?: unknown;
  readonly resource?: unknown;
}

/** Reads a body whose transmission is verified. @throws ProblemError 400 for what is not an event */
export function readPayPalEvent(rawBody: Buffer): ProviderEvent {
  const event = toProviderEvent(signedBody<RawEvent>(rawBody));
  if (event === undefined) throw problem('webhook-unusable', { detail: 'The signed body is not an event.' });
  return event;
}

/** Maps an event as PayPal delivers and lists it; undefined for another object. */
export function toProviderEvent(raw: unknown): ProviderEvent | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const { id, event_type: type, resource } = raw as RawEvent;
  const event = { id, type };
  if (!isEvent(event)) return undefined;
  const readable = typeof resource === 'object' && resource !== null;
  return { ...event, ...((readable && subjectOf(event.type, resource)) || ignoredSubject(resource)) };
}
