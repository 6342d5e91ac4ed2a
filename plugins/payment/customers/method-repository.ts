import type { Kept } from '../engine/aggregate.ts';
import type { Customer, PaymentMethod } from './model/customer.ts';
import { methodSeen } from './model/customer.ts';
import type { MethodSnapshot } from './model/snapshots.ts';
import type { ProviderRef } from '../store/aggregate-store.ts';
import type { Next } from '../engine/aggregate.ts';
import { type CustomerState } from './customer-repository.ts';
import type { Flow } from '../services.ts';

/** A customer with one of its payment methods. */
export function keptMethod(flow: Flow, customerId: string, methodId: string): Kept<Customer, PaymentMethod> {
  const store = flow.services.customers;
  return {
    type: 'customer',
    store,
    async read() {
      const { root, part } = await store.load(customerId, methodId);
      if (root === undefined || part === undefined) throw new Error(`Payment method ${methodId} is gone`);
      return { root, parts: [part] };
    },
  };
}

/** The method that a state is about: always its first part. */
export function methodOf({ parts: [method] }: CustomerState): PaymentMethod {
  if (method === undefined) throw new TypeError('This state has no payment method');
  return method;
}

/** The state with what the provider shows of its method, and the ids that lead to it from now on. */
export function seen(
  state: Next<Customer, PaymentMethod>,
  snapshot: MethodSnapshot,
): Next<Customer, PaymentMethod> {
  const [, ...others] = state.parts;
  const before = methodOf(state);
  const { customer, method, facts } = methodSeen(state.root, before, snapshot);
  const refs: ProviderRef[] = [];
  if (method.ref !== undefined && method.ref !== before.ref)
    refs.push({ ref: method.ref, partId: method.id });
  if (customer.ref !== undefined && customer.ref !== state.root.ref) refs.push({ ref: customer.ref });
  return {
    root: customer,
    parts: [method, ...others],
    beside: state.beside ?? [],
    facts: [...(state.facts ?? []), ...facts],
    refs,
  };
}
