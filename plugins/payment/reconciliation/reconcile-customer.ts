import { ProblemError } from '#runtime/contract/errors.ts';
import { nextCustomerLook, nextSubscriptionLook } from './model/command-checks.ts';
import { type ProviderCommand, isOpen } from '../engine/model/provider-command.ts';
import type { Customer } from '../customers/model/customer.ts';
import type { Subscription } from '../subscriptions/model/subscription.ts';
import { settleCustomer } from '../customers/customer-commands.ts';
import { syncCustomer } from '../customers/sync-customer.ts';
import type { Flow } from '../services.ts';
import { syncMethods } from '../customers/sync-payment-methods.ts';
import { syncSubscription } from '../subscriptions/subscription-events.ts';
import type { AggregateStore, Root } from '../store/aggregate-store.ts';
import type { Looked } from './reconcile-payment.ts';

/** Finishes a call about a customer whose outcome is open, and follows what was done to it at the provider. */
export const reconcileCustomer = (flow: Flow, id: string): Promise<Looked> =>
  look(flow, flow.services.customers, id, {
    bring: (customer: Customer) => bringCustomer(flow, customer),
    next: nextCustomerLook,
  });

async function bringCustomer(flow: Flow, given: Customer): Promise<void> {
  const { state } = await settleCustomer(flow, given);
  const { ref, status } = state.root;
  if (ref === undefined || status !== 'active') return;
  const { root } = (await syncCustomer(flow, state.root, ref)).state;
  if (root.status === 'active') await syncMethods(flow, root);
}

/** Brings a subscription to the provider's truth, with the charges that no webhook told of. */
export const reconcileSubscription = (flow: Flow, id: string): Promise<Looked> =>
  look(flow, flow.services.subscriptions, id, {
    bring: (subscription: Subscription) => syncSubscription(flow, subscription),
    next: nextSubscriptionLook,
  });

interface Way<R> {
  readonly bring: (root: R) => Promise<unknown>;
  readonly next: (root: R, now: Date) => string | undefined;
}

async function look<R extends Root & { readonly call: ProviderCommand }>(
  flow: Flow,
  store: Pick<AggregateStore<R, never>, 'get' | 'lookAgain'>,
  id: string,
  { bring, next }: Way<R>,
): Promise<Looked> {
  const before = await store.get(id);
  if (before === undefined) return 'unchanged';
  let looked: Looked = 'unchanged';
  try {
    await bring(before);
  } catch (error) {
    if (!(error instanceof ProblemError)) {
      // What always fails must not be looked at in every run, before all others.
      await store.lookAgain(before, next(before, flow.services.now()));
      throw error;
    }
    looked = error.status === 503 ? 'unreachable' : 'busy';
  }
  const after = (await store.get(id)) ?? before;
  const at = next(after, flow.services.now());
  if (after.version !== before.version) looked = 'changed';
  else await store.lookAgain(after, at);
  if (at !== undefined || !isOpen(after.call)) return looked;
  flow.log.error('A person has to look: the outcome of a call is unknown', { id, kind: after.call.kind });
  flow.log.count('payment.needs_review');
  return 'given-up';
}
