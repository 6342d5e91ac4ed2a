import { type StoredRefusal } from '../engine/call-provider.ts';
import { settleCommand } from '../engine/command.ts';
import type { CommandSpec } from '../engine/command-spec.ts';
import { isOpen } from '../engine/model/provider-command.ts';
import { rootCommand } from '../engine/run-command.ts';
import { problem } from '../errors.ts';
import type { PaymentProvider } from '../providers/provider.ts';
import type { ProviderCall } from '../providers/provider-call.ts';
import { ProviderError } from '../providers/provider-error.ts';
import type { Flow } from '../services.ts';
import type { Subscription } from '../subscriptions/model/subscription.ts';
import { hasEnded, isLive } from '../subscriptions/model/subscription-status.ts';
import type { CustomerView } from './customer-schema.ts';
import { customerView } from './customer-view.ts';
import {
  type Customer,
  type PaymentMethod,
  applyCustomerUpdate,
  customerCreatedAtProvider,
} from './model/customer.ts';
import type { CustomerSnapshot } from './model/snapshots.ts';
import { refusalByPayer } from './payer-refusal.ts';
import { type CustomerState, customerRepository } from './repositories.ts';
import { recordDeletion, retrieveCustomer } from './sync-customer.ts';

type CustomerCommand<A> = CommandSpec<Customer, PaymentMethod, A>;

/** View and path of a customer in responses. */
export const customerAnswer = {
  viewOf: ({ root }: CustomerState): CustomerView => customerView(root),
  pathOf: ({ id }: CustomerView) => `/customers/${id}`,
};

/** What all commands about a customer have in common. */
const aboutCustomer = (flow: Flow, customerId: string) => ({
  ...rootCommand,
  repository: customerRepository(flow, customerId),
  operationId: customerId,
  about: { customerId },
  view: customerAnswer.viewOf,
});

/** Creates a customer at the provider. */
export function customerCreation(
  flow: Flow,
  customerId: string,
): CustomerCommand<{ readonly ref: string | undefined }> {
  return {
    ...aboutCustomer(flow, customerId),
    successStatus: 201,
    request: (provider, { root: { deployment, email, name, metadata } }, call) =>
      provider.customers.create({ customerId, deployment, email, name, metadata }, call),
    onSuccess({ root, parts }, { ref }) {
      const { customer, domainEvents } = customerCreatedAtProvider(root, ref);
      const refs = domainEvents.length > 0 && ref !== undefined ? [{ ref }] : [];
      return { root: customer, parts, domainEvents, refs };
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
    request: async (provider, { root: { ref, change = {} } }, call) =>
      ref === undefined ? undefined : provider.customers.update({ ref, ...change }, call),
    refresh: async ({ root: { provider } }, answer) => answer && retrieveCustomer(flow, provider, answer.ref),
    onSuccess({ root, parts }, shown) {
      const { customer, domainEvents } = applyCustomerUpdate(root, shown);
      return { root: customer, parts, domainEvents };
    },
    onFailure: ({ root, parts }) => ({ root: { ...root, change: undefined }, parts }),
    refusal: (_state, details) => refusalByPayer(flow, { customerId }, details),
  };
}

/** The error code for a customer with live subscriptions. */
const SUBSCRIPTIONS_LIVE = 'subscriptions_live';

/**
 * Deletes a customer with its payment methods. Its subscriptions are canceled first if requested; otherwise a live
 * one blocks the deletion. No subscription can be created while this runs, so none is missed.
 */
export function customerDeletion(flow: Flow, customerId: string): CustomerCommand<true> {
  const withoutOptions = ({ root, parts }: CustomerState) => ({
    root: { ...root, deletion: undefined },
    parts,
  });
  return {
    ...aboutCustomer(flow, customerId),
    successStatus: 200,
    async request(provider, { root }, call) {
      const endsAt = Date.now() + call.budgetMs;
      const left = () => ({ ...call, budgetMs: endsAt - Date.now() });
      const cancelSubscriptions = root.deletion?.cancelSubscriptions ?? false;
      const all = await flow.services.subscriptions.ofCustomer(customerId);
      const open = all.filter(({ status }) => !hasEnded(status));
      if (!cancelSubscriptions && open.some(({ status }) => isLive(status)))
        throw new ProviderError({ class: 'invalid', code: SUBSCRIPTIONS_LIVE });
      for (const subscription of open) await cancel(provider, subscription, left());
      const { ref } = root;
      if (ref !== undefined) await provider.customers.delete({ ref, cancelSubscriptions }, left());
      await recordDeletion(flow, customerId, { ref: ref ?? '', status: 'deleted' });
      return true;
    },
    // `recordDeletion` has already marked the customer as deleted.
    onSuccess: withoutOptions,
    onFailure: withoutOptions,
    refusal: async (_state, { code }): Promise<StoredRefusal | undefined> =>
      code === SUBSCRIPTIONS_LIVE
        ? {
            kind: 'problem',
            code: 'customer-has-subscriptions',
            detail: 'Cancel its subscriptions first, or give cancelSubscriptions: true.',
            extensions: { customerId },
          }
        : undefined,
  };
}

/** Cancels a subscription immediately; one that never became active and cannot be canceled expires by itself. */
async function cancel(
  provider: PaymentProvider,
  { id, ref, status }: Subscription,
  call: ProviderCall,
): Promise<void> {
  if (ref === undefined) return;
  try {
    const idempotencyKey = `${call.idempotencyKey}-${id}`;
    await provider.subscriptions.cancel({ ref, atPeriodEnd: false }, { ...call, idempotencyKey });
  } catch (error) {
    const refused =
      error instanceof ProviderError && ['invalid', 'already_done'].includes(error.details.class);
    if (!refused || isLive(status)) throw error;
  }
}

/** The latest command of a customer. */
export function latestCustomerCommand(flow: Flow, { id, call }: Customer): CustomerCommand<unknown> {
  if (call.kind === 'update') return customerUpdate(flow, id);
  return call.kind === 'delete' ? customerDeletion(flow, id) : customerCreation(flow, id);
}

/**
 * Resumes the latest command of a customer when its invocation has died.
 * @throws ProblemError 409 while it still runs, or the rejection in which it ends
 */
export const settleCustomer = (flow: Flow, root: Customer) =>
  settleCommand(flow, latestCustomerCommand(flow, root), { root, parts: [] });

/**
 * The customer once it exists at the provider.
 * @throws ProblemError 404, 409 while it is being created and once it is deleted, 503 when it cannot be created now
 */
export async function readyCustomer(flow: Flow, customer: Customer): Promise<Customer> {
  const { id: customerId, status, call } = customer;
  const extensions = { customerId };
  if (status === 'deleted') throw problem('customer-deleted', { extensions });
  if (status === 'failed') throw problem('customer-not-found', { extensions });
  const isDeleting = isOpen(call) && call.kind === 'delete';
  if (status === 'active' && !isDeleting) return customer;
  // An interrupted creation or deletion is resumed, because it decides whether the customer exists.
  const settled = await settleCustomer(flow, customer);
  if (settled.status === 202) throw problem('provider-unavailable', { extensions });
  return isDeleting ? readyCustomer(flow, settled.state.root) : settled.state.root;
}
