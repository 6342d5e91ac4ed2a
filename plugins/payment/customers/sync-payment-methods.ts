import { callProvider, readProvider, unavailable } from '../engine/call-provider.ts';
import { isOpen, succeeded } from '../engine/model/provider-command.ts';
import { type Updated, update } from '../engine/update.ts';
import { problem } from '../errors.ts';
import type { Flow } from '../services.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import type { ProviderRef } from '../store/aggregate-store.ts';
import { type Customer, displayDiffers, mergeMethodSnapshot } from './model/customer.ts';
import type { MethodSnapshot } from './model/snapshots.ts';
import {
  type CustomerRepository,
  type CustomerState,
  type NextCustomer,
  customerRepository,
  customerRepositoryWith,
  methodOf,
  methodRepository,
  newMethod,
  withMethod,
} from './repositories.ts';

/** Fetches a payment method and merges it. @throws ProblemError 503 when the fetch fails */
export async function syncMethod(
  flow: Flow,
  repository: CustomerRepository,
  ref: string,
  inbox?: InboxEntry,
): Promise<Updated<CustomerState, NextCustomer>> {
  return update(
    flow,
    repository,
    await repository.read(),
    async (state) => withSnapshotSettled(state, await retrieveMethod(flow, state.root.provider, ref)),
    () => ({ inbox }),
  );
}

/**
 * Reconciles the methods of a customer with the provider's list: merges those that changed, detaches those that are
 * missing, and adds new ones.
 * @throws ProblemError 503 when the fetch fails
 */
export async function syncMethods(flow: Flow, { id, provider: name, ref }: Customer): Promise<void> {
  if (ref === undefined) return;
  const listed = await readProvider(flow, name, ({ customers }, call) => customers.listMethods(ref, call));
  const known = await flow.services.customers.parts(id);
  for (const method of known) {
    const { ref: methodRef } = method;
    if (method.status !== 'active' || methodRef === undefined) continue;
    const now = listed.find((each) => each.ref === methodRef);
    if (now === undefined || displayDiffers(method, now))
      await syncMethod(flow, methodRepository(flow, id, method.id), methodRef);
  }
  for (const { ref: methodRef } of listed) {
    if (!known.some((method) => method.ref === methodRef && method.status !== 'failed'))
      await syncMethod(flow, mirrorOf(flow, name, id, methodRef), methodRef);
  }
}

/** The state after a snapshot of its method is merged, with the provider ids that lead to it. */
export function withMethodSnapshot(state: NextCustomer, snapshot: MethodSnapshot): NextCustomer {
  const before = methodOf(state);
  const { customer, method, domainEvents } = mergeMethodSnapshot(state.root, before, snapshot);
  const refs: ProviderRef[] = [];
  if (method.ref !== undefined && method.ref !== before.ref)
    refs.push({ ref: method.ref, partId: method.id });
  if (customer.ref !== undefined && customer.ref !== state.root.ref) refs.push({ ref: customer.ref });
  return {
    ...state,
    ...withMethod(state, method),
    root: customer,
    domainEvents: [...(state.domainEvents ?? []), ...domainEvents],
    refs,
  };
}

/** The snapshot also completes an attachment whose response was lost. */
function withSnapshotSettled(state: CustomerState, snapshot: MethodSnapshot): NextCustomer {
  const next = withMethodSnapshot(state, snapshot);
  const method = methodOf(next);
  const { status, call } = method;
  if (status !== 'active' || !isOpen(call) || call.kind !== 'attach') return next;
  return { ...next, ...withMethod(next, { ...method, call: succeeded(call) }) };
}

/** Fetches a payment method. @throws ProblemError 503 when the fetch fails */
export async function retrieveMethod(flow: Flow, name: string, ref: string): Promise<MethodSnapshot> {
  const result = await callProvider(flow, name, undefined, (provider, call) =>
    provider.customers.retrieveMethod(ref, call),
  );
  if (result.kind === 'ok') return result.value;
  // A method that the provider no longer has counts as detached.
  if (result.kind === 'error' && result.details.class === 'invalid')
    return { ref, status: 'detached', type: '', customerRef: undefined };
  throw unavailable(result);
}

/**
 * The customer with a record for a method that was saved at the provider: a new one, unless an attachment of ours
 * created the method.
 */
export function mirrorOf(flow: Flow, name: string, customerId: string, ref: string): CustomerRepository {
  const { services } = flow;
  const store = services.customers;
  const made = newMethod(flow, customerId, { makeDefault: false });
  const mirror = { ...made, call: succeeded({ ...made.call, lockUntil: 0 }) };
  return customerRepositoryWith(flow, async () => {
    const { root } = await customerRepository(flow, customerId).read();
    // Read after the root, so a call that starts or ends in between makes the root stale.
    const known = await store.findByRef(name, ref);
    if (known?.partId !== undefined) return methodRepository(flow, known.id, known.partId).read();
    const attaching = (await store.parts(customerId)).filter(
      ({ call }) => call.kind === 'attach' && isOpen(call),
    );
    const same = attaching.find(({ token }) => token === ref);
    const nowMs = services.now().getTime();
    // A method that is being attached may be this one; the response of that call decides.
    if (same === undefined && attaching.some(({ call }) => call.lockUntil > nowMs))
      throw problem('operation-in-progress');
    return { root, parts: [same ?? mirror] };
  });
}
