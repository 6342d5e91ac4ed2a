import type { EventEnvelope } from '#events/catalog/index.ts';
import { type DomainEvent, envelopesOf } from './model/event-envelopes.ts';
import { changeContext } from './flow.ts';
import { type Flow } from '../services.ts';

/** The tenant of events about the deployment as a whole. */
export const NO_TENANT = 'default';

/** The envelope of the single event of a webhook or notice. */
export function singleEvent(
  flow: Flow,
  aggregate: { readonly type: 'webhook' | 'notice'; readonly id: string; readonly tenant?: string },
  event: DomainEvent,
): EventEnvelope<unknown> {
  const [envelope] = envelopesOf({ tenant: NO_TENANT, ...aggregate }, 1, [event], changeContext(flow));
  if (envelope === undefined) throw new TypeError('One domain event makes one envelope');
  return envelope;
}

/**
 * Publishes an event that belongs to no aggregate. What it reports has already happened, so a failed write is only
 * logged.
 * @param id deduplicates: a second notice with the same id is not published
 */
export async function publishNotice(
  flow: Flow,
  id: string,
  event: DomainEvent,
  tenant: string = NO_TENANT,
): Promise<void> {
  try {
    await flow.services.store.notice(singleEvent(flow, { type: 'notice', id, tenant }, event));
  } catch (error) {
    flow.log.error('A notice could not be written', { id, type: event.type, error });
    flow.log.count('payment.notice.lost');
  }
}
