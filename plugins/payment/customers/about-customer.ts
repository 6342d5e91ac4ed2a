import type { CommandSpec } from '../engine/command-spec.ts';
import type { ProviderCommand } from '../engine/model/provider-command.ts';
import type { Flow } from '../services.ts';
import { type CustomerView, customerView } from './customer-view.ts';
import type { Customer, PaymentMethod } from './model/customer.ts';
import { type CustomerState, customerRepository } from './repositories.ts';

export type CustomerCommand<A> = CommandSpec<Customer, PaymentMethod, A>;

/** View and path of a customer in responses. */
export const customerAnswer = {
  viewOf: ({ root }: CustomerState): CustomerView => customerView(root),
  pathOf: ({ id }: CustomerView) => `/customers/${id}`,
};

/** What all commands about a customer have in common. */
export const aboutCustomer = (flow: Flow, customerId: string) => ({
  repository: customerRepository(flow, customerId),
  operationId: customerId,
  about: { customerId },
  commandOf: ({ root }: CustomerState) => root.call,
  withCommand: ({ root, parts }: CustomerState, call: ProviderCommand) => ({
    root: { ...root, call },
    parts,
  }),
  view: customerAnswer.viewOf,
});
