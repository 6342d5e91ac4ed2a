import { ProblemError } from '#runtime/contract/errors.ts';
import { nextCustomerCheck, nextSubscriptionCheck } from './model/command-checks.ts';
import { type ProviderCommand, isOpen } from '../engine/model/provider-command.ts';
import type { Customer } from '../customers/model/customer.ts';
import { settleCustomer } from '../customers/customer-commands.ts';
import { syncCustomer } from '../customers/sync-customer.ts';
import type { Flow } from '../services.ts';
import { syncMethods } from '../customers/sync-payment-methods.ts';
import { syncSubscription } from '../subscriptions/subscription-events.ts';
import type { AggregateStore, Root } from '../store/aggregate-store.ts';
import type { CheckOutcome } from './reconcile-payment.ts';

/** Resumes an open command of a customer, then reconciles the customer and its methods with the provider. */
export const reconcileCustomer = (flow: Flow, id: string): Promise<CheckOutcome> =>
  reconcileAggregate(flow, id, flow.services.customers, nextCustomerCheck, async (customer: Customer) => {
    const { root } = (await settleCustomer(flow, customer)).state;
    if (root.ref === undefined || root.status !== 'active') return;
    const synced = (await syncCustomer(flow, root, root.ref)).state.root;
    if (synced.status === 'active') await syncMethods(flow, synced);
  });

/** Reconciles a subscription with the provider, with the charges that no webhook reported. */
export const reconcileSubscription = (flow: Flow, id: string): Promise<CheckOutcome> =>
  reconcileAggregate(flow, id, flow.services.subscriptions, nextSubscriptionCheck, (subscription) =>
    syncSubscription(flow, subscription),
  );

async function reconcileAggregate<R extends Root & { readonly call: ProviderCommand }>(
  flow: Flow,
  id: string,
  store: Pick<AggregateStore<R, never>, 'get' | 'scheduleCheck'>,
  next: (root: R, now: Date) => string | undefined,
  sync: (root: R) => Promise<unknown>,
): Promise<CheckOutcome> {
  const before = await store.get(id);
  if (before === undefined) return 'unchanged';
  let outcome: CheckOutcome = 'unchanged';
  try {
    await sync(before);
  } catch (error) {
    if (!(error instanceof ProblemError)) {
      // An item that always fails must not be checked first in every run.
      await store.scheduleCheck(before, next(before, flow.services.now()));
      throw error;
    }
    outcome = error.status === 503 ? 'unreachable' : 'busy';
  }
  const after = (await store.get(id)) ?? before;
  const at = next(after, flow.services.now());
  if (after.version !== before.version) outcome = 'changed';
  else await store.scheduleCheck(after, at);
  if (at !== undefined || !isOpen(after.call)) return outcome;
  flow.log.error('Manual review needed: the outcome of a command is unknown', { id, kind: after.call.kind });
  flow.log.count('payment.needs_review');
  return 'given-up';
}
