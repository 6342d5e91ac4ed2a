import { type Customer, type PaymentMethod, customerSeen, methodGone } from './model/customer.ts';
import type { CustomerSnapshot } from './model/snapshots.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import { type Changed, type Kept, type Next, change } from '../engine/aggregate.ts';
import { type CustomerState, keptCustomer } from './customer-repository.ts';
import type { Flow } from '../services.ts';
import { callProvider, unavailable } from '../engine/call-provider.ts';

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
): Promise<Changed<Customer, PaymentMethod>> {
  const snapshot = await retrieve(flow, customer.provider, ref);
  if (snapshot?.status === 'deleted') return recordDeletion(flow, customer.id, snapshot, inbox);
  return change(
    flow,
    keptCustomer(flow, customer.id),
    { root: customer, parts: [] },
    async ({ root, parts }, tries) => {
      // Fetched after the first state was read, so it is not older.
      const now = tries === 1 ? snapshot : await retrieve(flow, root.provider, ref);
      // Only a body says that this object belongs to a customer which does not know its object yet.
      const foreign = root.ref === undefined && now?.customerId !== root.id;
      if (now === undefined || now.status === 'deleted' || foreign) return { root, parts };
      return { ...seen(root, now), parts };
    },
    () => ({ inbox }),
  );
}

function seen(root: Customer, snapshot: CustomerSnapshot): Omit<Next<Customer, PaymentMethod>, 'parts'> {
  const { customer, facts } = customerSeen(root, snapshot);
  const { ref } = customer;
  return { root: customer, facts, refs: ref !== undefined && ref !== root.ref ? [{ ref }] : [] };
}

async function retrieve(flow: Flow, name: string, ref: string): Promise<CustomerSnapshot | undefined> {
  const result = await callProvider(flow, name, undefined, (provider, call) =>
    provider.customers.retrieve(ref, call),
  );
  if (result.kind === 'ok') return result.value;
  throw unavailable(result);
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
): Promise<Changed<Customer, PaymentMethod>> {
  await flow.services.reconcileSubscriptionsOf(flow, customerId);
  const kept = customerWithMethods(flow, customerId);
  for (;;) {
    const done = await change(
      flow,
      kept,
      await kept.read(),
      async (current) => withoutMethods(current, snapshot),
      ({ root }) => ({ inbox: hasGone(root) ? inbox : undefined }),
    );
    if (done.applied === 'duplicate' || hasGone(done.state.root)) return done;
  }
}

/** Nothing is left to be done for it; one that never came to be has nothing to lose. */
const hasGone = ({ status }: Customer): boolean => status === 'deleted' || status === 'failed';

/** A customer with those of its methods that can still be used. */
function customerWithMethods(flow: Flow, customerId: string): Kept<Customer, PaymentMethod> {
  const store = flow.services.customers;
  return {
    type: 'customer',
    store,
    async read() {
      const { root } = await keptCustomer(flow, customerId).read();
      // What is being attached right now fails by itself.
      const parts = (await store.parts(customerId)).filter(
        ({ status }) => status === 'active' || status === 'requires_action',
      );
      return { root, parts };
    },
  };
}

/** As many methods as one transaction may hold are gone; the customer itself goes with the last of them. */
function withoutMethods(
  { root, parts }: CustomerState,
  snapshot: CustomerSnapshot,
): Next<Customer, PaymentMethod> {
  let next: Next<Customer, PaymentMethod> = { root, parts: [], facts: [] };
  for (const part of parts.slice(0, METHODS_AT_ONCE)) {
    const { customer, method, facts } = methodGone(next.root, part);
    next = { root: customer, parts: [...next.parts, method], facts: [...(next.facts ?? []), ...facts] };
  }
  if (parts.length > METHODS_AT_ONCE) return next;
  const last = seen(next.root, snapshot);
  return { ...next, ...last, facts: [...(next.facts ?? []), ...(last.facts ?? [])] };
}
