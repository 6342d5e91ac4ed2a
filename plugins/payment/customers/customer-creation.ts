import type { Call } from '../engine/model/provider-command.ts';
import { type Customer, type PaymentMethod, customerMade } from './model/customer.ts';
import { customerView } from './customer-view.ts';
import type { Kept, State } from '../engine/aggregate.ts';
import { type Flow, lockUntil } from '../engine/flow.ts';
import type { Undertaking } from '../engine/undertaking.ts';

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
