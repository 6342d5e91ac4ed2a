import { type AggregateRepository, type State, aggregateRepository } from '../engine/aggregate.ts';
import type { Flow } from '../services.ts';
import type { Customer, PaymentMethod } from './model/customer.ts';

export type CustomerState = State<Customer, PaymentMethod>;
export type CustomerRepository = AggregateRepository<Customer, PaymentMethod>;

async function existing({ services }: Flow, customerId: string): Promise<Customer> {
  const customer = await services.customers.get(customerId);
  if (customer === undefined) throw new Error(`Customer ${customerId} does not exist any more`);
  return customer;
}

/** A customer repository with its own way to read the state. */
export const customerRepositoryWith = (flow: Flow, read: () => Promise<CustomerState>): CustomerRepository =>
  aggregateRepository(flow, 'customer', flow.services.customers, read);

/** A customer without its payment methods. */
export const customerRepository = (flow: Flow, customerId: string): CustomerRepository =>
  customerRepositoryWith(flow, async () => ({ root: await existing(flow, customerId), parts: [] }));

/** A customer with its usable methods; one that is being attached fails by itself. */
export const customerWithMethods = (flow: Flow, customerId: string): CustomerRepository =>
  customerRepositoryWith(flow, async () => {
    const root = await existing(flow, customerId);
    const methods = await flow.services.customers.parts(customerId);
    return {
      root,
      parts: methods.filter(({ status }) => status === 'active' || status === 'requires_action'),
    };
  });

/** A customer with one of its payment methods. */
export const methodRepository = (flow: Flow, customerId: string, methodId: string): CustomerRepository =>
  customerRepositoryWith(flow, async () => {
    const { root, part } = await flow.services.customers.load(customerId, methodId);
    if (root === undefined || part === undefined)
      throw new Error(`Payment method ${methodId} does not exist any more`);
    return { root, parts: [part] };
  });

/** The method of a state: always its first part. */
export function methodOf({ parts: [method] }: CustomerState): PaymentMethod {
  if (method === undefined) throw new TypeError('This state has no payment method');
  return method;
}
