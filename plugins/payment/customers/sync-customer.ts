import { readProvider } from '../engine/call-provider.ts';
import { type Updated, update } from '../engine/update.ts';
import type { DomainEvent } from '../engine/model/event-envelopes.ts';
import type { Flow } from '../services.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import {
  type Customer,
  type PaymentMethod,
  mergeCustomerSnapshot,
  markMethodDetached,
} from './model/customer.ts';
import type { CustomerSnapshot } from './model/snapshots.ts';
import {
  type CustomerState,
  type NextCustomer,
  customerRepository,
  customerWithMethods,
} from './repositories.ts';

/**
 * A DynamoDB transaction holds 100 items; each method needs its record, and the outbox and other items need space
 * too.
 */
const METHODS_AT_ONCE = 40;

/**
 * Fetches a customer and merges it. When it was deleted, its payment methods are detached and its subscriptions
 * reconciled. `inbox` is written with the last write.
 * @throws ProblemError 503 when the fetch fails
 */
export async function syncCustomer(
  flow: Flow,
  customer: Customer,
  ref: string,
  inbox?: InboxEntry,
): Promise<Updated<CustomerState, NextCustomer>> {
  const snapshot = await retrieveCustomer(flow, customer.provider, ref);
  if (snapshot?.status === 'deleted') return recordDeletion(flow, customer.id, snapshot, inbox);
  return update(
    flow,
    customerRepository(flow, customer.id),
    { root: customer, parts: [] },
    async ({ root, parts }, tries) => {
      // Fetched after the first state was read, so it is not older.
      const now = tries === 1 ? snapshot : await retrieveCustomer(flow, root.provider, ref);
      // A customer without a recorded provider id accepts only an object whose metadata names it.
      const foreign = root.ref === undefined && now?.customerId !== root.id;
      if (now === undefined || now.status === 'deleted' || foreign) return { root, parts };
      return { ...withSnapshot(root, now), parts };
    },
    () => ({ inbox }),
  );
}

/** Fetches a customer. @throws ProblemError 503 when the fetch fails */
export const retrieveCustomer = (
  flow: Flow,
  name: string,
  ref: string,
): Promise<CustomerSnapshot | undefined> =>
  readProvider(flow, name, ({ customers }, call) => customers.retrieve(ref, call));

function withSnapshot(root: Customer, snapshot: CustomerSnapshot) {
  const { customer, domainEvents } = mergeCustomerSnapshot(root, snapshot);
  const { ref } = customer;
  return { root: customer, domainEvents, refs: ref !== undefined && ref !== root.ref ? [{ ref }] : [] };
}

/**
 * Records that a customer was deleted at the provider: first reconciles its subscriptions, then detaches its
 * methods, and marks it as deleted last, so that a crash in between is resumed.
 */
export async function recordDeletion(
  flow: Flow,
  customerId: string,
  snapshot: CustomerSnapshot,
  inbox?: InboxEntry,
): Promise<Updated<CustomerState, NextCustomer>> {
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

/** Whether the deletion is already recorded, or the customer was never created. */
const isFinished = ({ status }: Customer): boolean => status === 'deleted' || status === 'failed';

/**
 * Detaches as many methods as one transaction may hold; the write of the last ones also marks the customer as
 * deleted.
 */
function withoutMethods({ root, parts }: CustomerState, snapshot: CustomerSnapshot): NextCustomer {
  const domainEvents: DomainEvent[] = [];
  const detached: PaymentMethod[] = [];
  let customer = root;
  for (const part of parts.slice(0, METHODS_AT_ONCE)) {
    const step = markMethodDetached(customer, part);
    customer = step.customer;
    detached.push(step.method);
    domainEvents.push(...step.domainEvents);
  }
  if (parts.length > METHODS_AT_ONCE) return { root: customer, parts: detached, domainEvents };
  const last = withSnapshot(customer, snapshot);
  return { ...last, parts: detached, domainEvents: [...domainEvents, ...last.domainEvents] };
}
