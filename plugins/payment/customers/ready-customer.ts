import { isOpen } from '../engine/model/provider-command.ts';
import type { Customer } from './model/customer.ts';
import { problem } from '../errors.ts';
import { settleCustomer } from './customer-commands.ts';
import type { Flow } from '../services.ts';

/**
 * The customer once it exists at the provider: an interrupted creation is resumed first.
 * @throws ProblemError 404, 409 while it is being created and once it is deleted, 503 when it cannot be created now
 */
export async function readyCustomer(flow: Flow, customer: Customer): Promise<Customer> {
  const extensions = { customerId: customer.id };
  if (customer.status === 'active') {
    if (!isOpen(customer.call) || customer.call.kind !== 'delete') return customer;
    // An open deletion is resumed first, because it decides whether the customer still exists.
    const { state, status } = await settleCustomer(flow, customer);
    if (status === 202) throw problem('provider-unavailable', { extensions });
    return readyCustomer(flow, state.root);
  }
  if (customer.status === 'deleted') throw problem('customer-deleted', { extensions });
  if (customer.status !== 'initiating') throw problem('customer-not-found', { extensions });
  const { state, status } = await settleCustomer(flow, customer);
  if (status === 202) throw problem('provider-unavailable', { extensions });
  return state.root;
}
