import { readProvider } from '../engine/call-provider.ts';
import { type Updated, update } from '../engine/update.ts';
import type { Flow } from '../services.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import type { CustomerStep } from './method-steps.ts';
import { type Customer, mergeCustomerSnapshot, markMethodDetached } from './model/customer.ts';
import type { CustomerSnapshot } from './model/snapshots.ts';
import { type CustomerState, customerRepository, customerWithMethods } from './repositories.ts';

/** One transaction holds a hundred items; each payment method may be told of as well. */
const METHODS_AT_ONCE = 40;

/**
 * Takes over what the provider shows of a customer now. With a deleted one its payment methods are gone and its
 * subscriptions have ended. `inbox` is written with the last of it.
 * @throws ProblemError 503 when the provider cannot be asked
 */
export async function syncCustomer(
  flow: Flow,
  customer: Customer,
  ref: string,
  inbox?: InboxEntry,
): Promise<Updated<CustomerState, CustomerStep>> {
  const snapshot = await retrieveCustomer(flow, customer.provider, ref);
  if (snapshot?.status === 'deleted') return recordDeletion(flow, customer.id, snapshot, inbox);
  return update(
    flow,
    customerRepository(flow, customer.id),
    { root: customer, parts: [] },
    async ({ root, parts }, tries) => {
      // Fetched after the first state was read, so it is not older.
      const now = tries === 1 ? snapshot : await retrieveCustomer(flow, root.provider, ref);
      // Only a body says that this object belongs to a customer which does not know its object yet.
      const foreign = root.ref === undefined && now?.customerId !== root.id;
      if (now === undefined || now.status === 'deleted' || foreign) return { root, parts };
      return { ...withSnapshot(root, now), parts };
    },
    () => ({ inbox }),
  );
}

/** The customer as the provider shows it now. @throws ProblemError 503 when it cannot be asked */
const retrieveCustomer = (flow: Flow, name: string, ref: string): Promise<CustomerSnapshot | undefined> =>
  readProvider(flow, name, ({ customers }, call) => customers.retrieve(ref, call));

function withSnapshot(root: Customer, snapshot: CustomerSnapshot): Omit<CustomerStep, 'parts'> {
  const { customer, domainEvents } = mergeCustomerSnapshot(root, snapshot);
  const { ref } = customer;
  return { root: customer, domainEvents, refs: ref !== undefined && ref !== root.ref ? [{ ref }] : [] };
}

/**
 * The customer is deleted at the provider: its subscriptions are looked at, its methods go, and it is marked as
 * deleted last, so that a crash on the way is made good by whoever comes next.
 */
export async function recordDeletion(
  flow: Flow,
  customerId: string,
  snapshot: CustomerSnapshot,
  inbox?: InboxEntry,
): Promise<Updated<CustomerState, CustomerStep>> {
  await flow.services.reconcileSubscriptionsOf(flow, customerId);
  const repository = customerWithMethods(flow, customerId);
  for (;;) {
    const done = await update(
      flow,
      repository,
      await repository.read(),
      async (current) => withoutMethods(current, snapshot),
      ({ root }) => ({ inbox: isFinished(root) ? inbox : undefined }),
    );
    if (done.applied === 'duplicate' || isFinished(done.state.root)) return done;
  }
}

/** Nothing is left to be recorded; one that was never created has nothing to lose. */
const isFinished = ({ status }: Customer): boolean => status === 'deleted' || status === 'failed';

/** As many methods as one transaction may hold are gone; the customer itself goes with the last of them. */
function withoutMethods({ root, parts }: CustomerState, snapshot: CustomerSnapshot): CustomerStep {
  let next: CustomerStep = { root, parts: [], domainEvents: [] };
  for (const part of parts.slice(0, METHODS_AT_ONCE)) {
    const { customer, method, domainEvents } = markMethodDetached(next.root, part);
    next = {
      root: customer,
      parts: [...next.parts, method],
      domainEvents: [...(next.domainEvents ?? []), ...domainEvents],
    };
  }
  if (parts.length > METHODS_AT_ONCE) return next;
  const last = withSnapshot(next.root, snapshot);
  return { ...next, ...last, domainEvents: [...(next.domainEvents ?? []), ...(last.domainEvents ?? [])] };
}
