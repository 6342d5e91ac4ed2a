import { methodRepository } from './repositories.ts';
import { type Customer, type PaymentMethod } from './model/customer.ts';
import { isId } from '../engine/model/ids.ts';
import type { MarkedId } from '../providers/marked-id.ts';
import type { MethodSnapshot } from './model/snapshots.ts';
import type { ProviderEvent } from '../providers/event.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import { type AggregateRepository } from '../engine/aggregate.ts';
import type { Flow } from '../services.ts';
import { callProvider, unavailable } from '../engine/call-provider.ts';
import type { Applied } from '../webhooks/model/applied.ts';
import { missingRecord } from '../engine/missing-record.ts';
import { mirrorOf, retrieveMethod, syncMethod } from './sync-payment-methods.ts';

type MethodEvent = Extract<ProviderEvent, { readonly kind: 'payment_method' }>;

/**
 * Handles a change of a saved method at the provider, by fetching and merging it.
 * @throws ProblemError 503, so that the event is delivered again
 */
export async function applyPaymentMethodEvent(
  flow: Flow,
  { ref }: MethodEvent,
  inbox: InboxEntry,
): Promise<Applied> {
  const { customers: store } = flow.services;
  if (await store.isEventProcessed(inbox.provider, inbox.eventId)) return 'duplicate';
  const known = await store.findByRef(inbox.provider, ref);
  const found =
    known?.partId === undefined
      ? await unknownMethod(flow, inbox.provider, ref)
      : methodRepository(flow, known.id, known.partId);
  if (typeof found === 'string') return found;
  return (await syncMethod(flow, found, ref, inbox)).applied;
}

/** A method that is not stored here: it is added when its customer is ours, and ignored otherwise. */
async function unknownMethod(
  flow: Flow,
  name: string,
  ref: string,
): Promise<AggregateRepository<Customer, PaymentMethod> | 'ignored' | 'foreign'> {
  const { customers: store } = flow.services;
  const snapshot = await retrieveMethod(flow, name, ref);
  const { customerRef } = snapshot;
  if (snapshot.status !== 'active' || customerRef === undefined) return 'ignored';
  const known = await store.findByRef(name, customerRef);
  if (known !== undefined) return mirrorOf(flow, name, known.id, ref);
  const { id, deployment } = (await customerNamedBy(flow, name, snapshot, customerRef)) ?? {};
  if (!isId('cus', id)) return 'ignored';
  const customer = await store.get(id);
  if (customer === undefined) return missingRecord(flow, { deployment }, { customerId: id });
  const isOther = customer.provider !== name || (customer.ref ?? customerRef) !== customerRef;
  if (!isOther) return mirrorOf(flow, name, id, ref);
  flow.log.warn('A payment method names a customer of ours that is another object', { customerId: id });
  return 'ignored';
}

/**
 * Our customer by the metadata of the method or of its customer object, for a customer whose provider id is not
 * recorded yet.
 */
async function customerNamedBy(
  flow: Flow,
  name: string,
  { customerId, deployment }: MethodSnapshot,
  customerRef: string,
): Promise<MarkedId | undefined> {
  if (customerId !== undefined) return { id: customerId, deployment };
  const asked = await callProvider(flow, name, undefined, ({ customers }, call) =>
    customers.retrieve(customerRef, call),
  );
  if (asked.kind === 'error' && asked.details.missing) return undefined;
  if (asked.kind !== 'ok') throw unavailable(asked);
  const { customerId: id, deployment: writer } = asked.value ?? {};
  return id === undefined ? undefined : { id, deployment: writer };
}
