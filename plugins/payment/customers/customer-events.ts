import { syncCustomer } from './sync-customer.ts';
import { isId } from '../engine/model/ids.ts';
import type { ProviderEvent } from '../providers/event.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import type { Applied } from '../webhooks/model/applied.ts';
import type { Flow } from '../services.ts';
import { missingRecord } from '../engine/missing-record.ts';

type CustomerEvent = Extract<ProviderEvent, { readonly kind: 'customer' }>;

/**
 * Handles a change or deletion of a customer at the provider.
 * @throws ProblemError 503, so that the event is delivered again
 */
export async function applyCustomerEvent(
  flow: Flow,
  { ref, customerId, deployment }: CustomerEvent,
  inbox: InboxEntry,
): Promise<Applied> {
  const { customers: store } = flow.services;
  const id = isId('cus', customerId) ? customerId : (await store.findByRef(inbox.provider, ref))?.id;
  if (id === undefined) return 'ignored';
  if (await store.isEventProcessed(inbox.provider, inbox.eventId)) return 'duplicate';
  const customer = await store.get(id);
  if (customer === undefined) return missingRecord(flow, { deployment }, { customerId: id });
  if (customer.provider !== inbox.provider || (customer.ref ?? ref) !== ref) {
    flow.log.warn('A webhook names a customer of ours that belongs to another object', { customerId: id });
    return 'ignored';
  }
  return (await syncCustomer(flow, customer, ref, inbox)).applied;
}
