import type { Call } from '../domain/call.ts';
import { type Customer, type PaymentMethod, customerMade } from '../domain/customer.ts';
import { problem } from '../errors.ts';
import { customerView } from '../views/customer-view.ts';
import type { State } from './aggregate.ts';
import { type Flow, lockUntil } from './flow.ts';
import { settleCall } from './undertake.ts';
import type { Undertaking } from './undertaking.ts';

export type CustomerState = State<Customer, PaymentMethod>;
type Creation = Undertaking<Customer, PaymentMethod, { readonly ref: string | undefined }>;

/** A call that is about to be made for the first time. */
export function newCall(flow: Flow, kind: Call['kind'], objectId: string, attempt = 1): Call {
  const { services } = flow;
  return {
    id: objectId,
    kind,
    status: 'requested',
    providerKey: `${services.stage}-${objectId}-${kind}${attempt > 1 ? `-a${attempt}` : ''}`,
    attempt,
    lockUntil: lockUntil(flow),
    createdAt: services.now().toISOString(),
  };
}

/** Making a customer at the provider. */
export function customerCreation(flow: Flow, customerId: string): Creation {
  const store = flow.services.customers;
  return {
    type: 'customer',
    store,
    operationId: customerId,
    successStatus: 201,
    about: { customerId },
    async read() {
      const root = await store.get(customerId);
      if (root === undefined) throw new Error(`Customer ${customerId} is gone`);
      return { root, parts: [] };
    },
    callOf: ({ root }) => root.call,
    withCall: ({ root, parts }, call) => ({ root: { ...root, call }, parts }),
    request(provider, { root: { deployment, email, name, metadata } }, call) {
      return provider.customers.create({ customerId, deployment, email, name, metadata }, call);
    },
    done({ root, parts }, { ref }) {
      const { customer, facts } = customerMade(root, ref);
      return { root: customer, parts, facts, refs: facts.length > 0 && ref !== undefined ? [{ ref }] : [] };
    },
    undone: ({ root, parts }) => ({ root: { ...root, status: 'failed' }, parts }),
    view: ({ root }) => customerView(root),
  };
}

/**
 * The customer, made at the provider by now: one whose making was interrupted is made first.
 * @throws ProblemError 404, 409 while it is being made, 503 when it cannot be made now
 */
export async function readyCustomer(flow: Flow, customer: Customer): Promise<Customer> {
  if (customer.status === 'active') return customer;
  const extensions = { customerId: customer.id };
  if (customer.status !== 'initiating') throw problem('customer-not-found', { extensions });
  const { state, status } = await settleCall(flow, customerCreation(flow, customer.id), {
    root: customer,
    parts: [],
  });
  if (status === 202) throw problem('provider-unavailable', { extensions });
  return state.root;
}
