import type { Customer } from '../domain/customer.ts';
import { problem } from '../errors.ts';
import { customerCreation } from './customer.ts';
import type { Flow } from './flow.ts';
import { settleCall } from './undertake.ts';

/**
 * The customer, made at the provider by now: one whose making was interrupted is made first.
 * @throws ProblemError 404, 409 while it is being made and once it is deleted, 503 when it cannot be made now
 */
export async function readyCustomer(flow: Flow, customer: Customer): Promise<Customer> {
  if (customer.status === 'active') return customer;
  const extensions = { customerId: customer.id };
  if (customer.status === 'deleted') throw problem('customer-deleted', { extensions });
  if (customer.status !== 'initiating') throw problem('customer-not-found', { extensions });
  const { state, status } = await settleCall(flow, customerCreation(flow, customer.id), {
    root: customer,
    parts: [],
  });
  if (status === 202) throw problem('provider-unavailable', { extensions });
  return state.root;
}
