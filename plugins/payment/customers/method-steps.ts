import type { Next } from '../engine/aggregate.ts';
import type { ProviderRef } from '../store/aggregate-store.ts';
import {
  type Customer,
  type PaymentMethod,
  markMethodDetached,
  mergeMethodSnapshot,
} from './model/customer.ts';
import type { MethodSnapshot } from './model/snapshots.ts';
import { type CustomerState, methodOf } from './repositories.ts';

export type CustomerStep = Next<Customer, PaymentMethod>;

/** The state after a snapshot of its method is merged, with the provider ids that lead to it. */
export function withMethodSnapshot(state: CustomerStep, snapshot: MethodSnapshot): CustomerStep {
  const [, ...others] = state.parts;
  const before = methodOf(state);
  const { customer, method, domainEvents } = mergeMethodSnapshot(state.root, before, snapshot);
  const refs: ProviderRef[] = [];
  if (method.ref !== undefined && method.ref !== before.ref)
    refs.push({ ref: method.ref, partId: method.id });
  if (customer.ref !== undefined && customer.ref !== state.root.ref) refs.push({ ref: customer.ref });
  return {
    root: customer,
    parts: [method, ...others],
    beside: state.beside ?? [],
    domainEvents: [...(state.domainEvents ?? []), ...domainEvents],
    refs,
  };
}

/** The state after its method is detached. */
export function withoutMethod(state: CustomerState): CustomerStep {
  const [, ...others] = state.parts;
  const { customer, method, domainEvents } = markMethodDetached(state.root, methodOf(state));
  return { root: customer, parts: [method, ...others], domainEvents };
}
