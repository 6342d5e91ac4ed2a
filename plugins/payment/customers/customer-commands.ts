import { readProvider } from '../engine/call-provider.ts';
import { type CommandEnded, settleCommand } from '../engine/command.ts';
import type { Flow } from '../services.ts';
import { type CustomerCommand, aboutCustomer } from './about-customer.ts';
import { customerDeletion } from './customer-deletion.ts';
import {
  type Customer,
  type PaymentMethod,
  applyCustomerUpdate,
  customerCreatedAtProvider,
} from './model/customer.ts';
import type { CustomerSnapshot } from './model/snapshots.ts';
import { refusalByPayer } from './payer-refusal.ts';

/** Creates a customer at the provider. */
export function customerCreation(
  flow: Flow,
  customerId: string,
): CustomerCommand<{ readonly ref: string | undefined }> {
  return {
    ...aboutCustomer(flow, customerId),
    successStatus: 201,
    request(provider, { root: { deployment, email, name, metadata } }, call) {
      return provider.customers.create({ customerId, deployment, email, name, metadata }, call);
    },
    onSuccess({ root, parts }, { ref }) {
      const { customer, domainEvents } = customerCreatedAtProvider(root, ref);
      return {
        root: customer,
        parts,
        domainEvents,
        refs: domainEvents.length > 0 && ref !== undefined ? [{ ref }] : [],
      };
    },
    onFailure: ({ root, parts }) => ({ root: { ...root, status: 'failed' }, parts }),
  };
}

/** Updates a customer, also at the provider where it stores one. */
export function customerUpdate(
  flow: Flow,
  customerId: string,
): CustomerCommand<CustomerSnapshot | undefined> {
  return {
    ...aboutCustomer(flow, customerId),
    successStatus: 200,
    async request(provider, { root: { ref, change = {} } }, call) {
      return ref === undefined ? undefined : provider.customers.update({ ref, ...change }, call);
    },
    async refresh({ root: { provider: name } }, answer) {
      if (answer === undefined) return undefined;
      return readProvider(flow, name, ({ customers }, call) => customers.retrieve(answer.ref, call));
    },
    onSuccess({ root, parts }, shown) {
      const { customer, domainEvents } = applyCustomerUpdate(root, shown);
      return { root: customer, parts, domainEvents };
    },
    onFailure: ({ root, parts }) => ({ root: { ...root, change: undefined }, parts }),
    refusal: (_state, details) => refusalByPayer(flow, { customerId }, details),
  };
}

/**
 * Resumes the latest command of a customer when its invocation has died.
 * @throws ProblemError 409 while it still runs, or the rejection in which it ends
 */
export async function settleCustomer(
  flow: Flow,
  customer: Customer,
): Promise<Omit<CommandEnded<Customer, PaymentMethod, unknown>, 'outcome'>> {
  const { id } = customer;
  const state = { root: customer, parts: [] };
  if (customer.call.kind === 'update') return settleCommand(flow, customerUpdate(flow, id), state);
  if (customer.call.kind === 'delete') return settleCommand(flow, customerDeletion(flow, id), state);
  return settleCommand(flow, customerCreation(flow, id), state);
}
