import { type Customer, type PaymentMethod } from './model/customer.ts';
import type { Kept, State } from '../engine/aggregate.ts';
import { type Flow } from '../services.ts';

export type CustomerState = State<Customer, PaymentMethod>;

/** A customer without its payment methods. */
export function keptCustomer(flow: Flow, customerId: string): Kept<Customer, PaymentMethod> {
  const store = flow.services.customers;
  return {
    type: 'customer',
    store,
    async read() {
      const root = await store.get(customerId);
      if (root === undefined) throw new Error(`Customer ${customerId} is gone`);
      return { root, parts: [] };
    },
  };
}
