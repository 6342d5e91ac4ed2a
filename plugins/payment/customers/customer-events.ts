import { readIfThere } from '../engine/call-provider.ts';
import { isId } from '../engine/model/ids.ts';
import { type NamedObject, namedAggregate } from '../engine/named-aggregate.ts';
import type { EventOf } from '../providers/event.ts';
import type { Flow } from '../services.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import type { Applied } from '../webhooks/model/applied.ts';
import type { CustomerSnapshot } from './model/snapshots.ts';
import { type CustomerRepository, methodRepository } from './repositories.ts';
import { syncCustomer } from './sync-customer.ts';
import { mirrorOf, retrieveMethod, syncMethod } from './sync-payment-methods.ts';

/**
 * Handles a change or deletion of a customer at the provider.
 * @throws ProblemError 503, so that the event is delivered again
 */
export async function applyCustomerEvent(
  flow: Flow,
  { ref, customerId, deployment }: EventOf<'customer'>,
  inbox: InboxEntry,
): Promise<Applied> {
  const { customers } = flow.services;
  const id = isId('cus', customerId) ? customerId : (await customers.findByRef(inbox.provider, ref))?.id;
  const customer = await customerNamed(flow, inbox.provider, { ref, id, deployment });
  if (typeof customer === 'string') return customer;
  return (await syncCustomer(flow, customer, ref, inbox)).applied;
}

const customerNamed = (flow: Flow, provider: string, object: NamedObject) =>
  namedAggregate(flow, 'customer', 'cus', flow.services.customers, provider, object);

/**
 * Handles a change of a saved method at the provider, by fetching and merging it.
 * @throws ProblemError 503, so that the event is delivered again
 */
export async function applyPaymentMethodEvent(
  flow: Flow,
  { ref }: EventOf<'payment_method'>,
  inbox: InboxEntry,
): Promise<Applied> {
  const known = await flow.services.customers.findByRef(inbox.provider, ref);
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
): Promise<CustomerRepository | 'ignored' | 'foreign'> {
  const snapshot = await retrieveMethod(flow, name, ref);
  const { customerRef } = snapshot;
  if (snapshot.status !== 'active' || customerRef === undefined) return 'ignored';
  const known = await flow.services.customers.findByRef(name, customerRef);
  if (known !== undefined) return mirrorOf(flow, name, known.id, ref);
  // A customer whose provider id is not recorded yet is named by the metadata of the method or of its customer.
  const marked = snapshot.customerId === undefined ? await ownerOf(flow, name, customerRef) : snapshot;
  const { customerId: id, deployment } = marked ?? {};
  const customer = await customerNamed(flow, name, { ref: customerRef, id, deployment });
  return typeof customer === 'string' ? customer : mirrorOf(flow, name, customer.id, ref);
}

/** The customer object of a method; undefined when it does not exist any more. */
const ownerOf = (flow: Flow, name: string, customerRef: string): Promise<CustomerSnapshot | undefined> =>
  readIfThere(flow, name, ({ customers }, call) => customers.retrieve(customerRef, call));
