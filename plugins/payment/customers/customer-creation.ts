import { keptCustomer } from './customer-repository.ts';
import { type Customer, type PaymentMethod, customerMade } from './model/customer.ts';
import { customerView } from './customer-view.ts';
import { type Flow } from '../services.ts';
import type { Undertaking } from '../engine/undertaking.ts';

type Creation = Undertaking<Customer, PaymentMethod, { readonly ref: string | undefined }>;

/** Making a customer at the provider. */
export function customerCreation(flow: Flow, customerId: string): Creation {
  return {
    ...keptCustomer(flow, customerId),
    operationId: customerId,
    successStatus: 201,
    about: { customerId },
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
