import type { EventEnvelope } from '#events/catalog/index.ts';
import { type DomainEvent, envelopesOf } from './model/event-envelopes.ts';
import { changeContext } from './flow.ts';
import { type Flow } from '../services.ts';

/** Whom events belong to that are about the deployment and none of its tenants. */
export const NO_TENANT = 'default';

/** The only event of a webhook or notice. */
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
 * Tells something that belongs to no aggregate. What it is event about has happened, so a notice that cannot be
 * written is only logged. @param id makes it be event once
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
