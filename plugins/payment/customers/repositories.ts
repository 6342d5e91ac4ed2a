import { type AggregateRepository, type Next, type State, aggregateRepository } from '../engine/aggregate.ts';
import { isId } from '../engine/model/ids.ts';
import { newCommand } from '../engine/new-command.ts';
import type { Flow } from '../services.ts';
import type { Customer, PaymentMethod } from './model/customer.ts';

export type CustomerState = State<Customer, PaymentMethod>;
export type NextCustomer = Next<Customer, PaymentMethod>;
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

/** The state with its method changed. */
export const withMethod = (
  { root, parts: [, ...others] }: CustomerState,
  method: PaymentMethod,
): CustomerState => ({ root, parts: [method, ...others] });

/** The payment method of a customer by our id or the provider's; undefined when it is not stored. */
export async function findMethod(
  { services: { customers } }: Flow,
  { id, provider }: Customer,
  named: string,
): Promise<PaymentMethod | undefined> {
  const known = isId('pm', named) ? { id, partId: named } : await customers.findByRef(provider, named);
  if (known?.partId === undefined || known.id !== id) return undefined;
  return (await customers.load(id, known.partId)).part;
}

/** A new payment method, with its attachment as the first command. */
export function newMethod(
  flow: Flow,
  customerId: string,
  given: Pick<PaymentMethod, 'makeDefault' | 'token' | 'returnUrl'>,
): PaymentMethod {
  const id = flow.services.newId('pm');
  const createdAt = flow.services.now().toISOString();
  const call = newCommand(flow, 'attach', id);
  return {
    ...given,
    id,
    customerId,
    status: 'initiating',
    call,
    version: 0,
    createdAt,
    updatedAt: createdAt,
  };
}
