import { type Customer, type PaymentMethod, customerEdited } from './model/customer.ts';
import type { CustomerSnapshot } from './model/snapshots.ts';
import { customerView } from './customer-view.ts';
import { refusalByPayer } from './payer-refusal.ts';
import { keptCustomer } from './customer-repository.ts';
import type { Flow } from '../services.ts';
import { callProvider, unavailable } from '../engine/call-provider.ts';
import type { Undertaking } from '../engine/undertaking.ts';

type Update = Undertaking<Customer, PaymentMethod, CustomerSnapshot | undefined>;

/** Changing a customer, at the provider too where it has one. */
export function customerUpdate(flow: Flow, customerId: string): Update {
  return {
    ...keptCustomer(flow, customerId),
    operationId: customerId,
    successStatus: 200,
    about: { customerId },
    callOf: ({ root }) => root.call,
    withCall: ({ root, parts }, call) => ({ root: { ...root, call }, parts }),
    async request(provider, { root: { ref, change = {} } }, call) {
      return ref === undefined ? undefined : provider.customers.update({ ref, ...change }, call);
    },
    // Somebody else was faster: what they wrote down may be newer than the answer.
    async lookBeside({ root: { provider: name } }, answer) {
      if (answer === undefined) return undefined;
      const result = await callProvider(flow, name, undefined, (provider, call) =>
        provider.customers.retrieve(answer.ref, call),
      );
      if (result.kind !== 'ok') throw unavailable(result);
      return result.value;
    },
    done({ root, parts }, shown) {
      const { customer, facts } = customerEdited(root, shown);
      return { root: customer, parts, facts };
    },
    undone: ({ root, parts }) => ({ root: { ...root, change: undefined }, parts }),
    refusal: (_state, details) => refusalByPayer(flow, { customerId }, details),
    view: ({ root }) => customerView(root),
  };
}
