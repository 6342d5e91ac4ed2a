import type { Customer, PaymentMethod } from './model/customer.ts';
import type { State } from '../engine/aggregate.ts';
import { customerCreation } from './customer-creation.ts';
import { customerDeletion } from './customer-deletion.ts';
import { customerUpdate } from './customer-update.ts';
import type { Flow } from '../services.ts';
import { settleCall } from '../engine/undertake.ts';

interface Settled {
  readonly state: State<Customer, PaymentMethod>;
  readonly status: 200 | 201 | 202;
}

/**
 * Carries on the latest call about a customer when its invocation is gone.
 * @throws ProblemError 409 while it still runs, or the refusal that it ends with
 */
export function settleCustomer(flow: Flow, customer: Customer): Promise<Settled> {
  const { id } = customer;
  const state = { root: customer, parts: [] };
  if (customer.call.kind === 'update') return settleCall(flow, customerUpdate(flow, id), state);
  if (customer.call.kind === 'delete') return settleCall(flow, customerDeletion(flow, id), state);
  return settleCall(flow, customerCreation(flow, id), state);
}
