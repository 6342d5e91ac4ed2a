import { refusalByPayer } from '../customers/payer-refusal.ts';
import { isOpen } from '../engine/model/provider-command.ts';
import { type Charge, type Subscription } from './model/subscription.ts';
import { mergeSubscription } from './model/merge.ts';
import type { SubscriptionSnapshot } from './model/snapshots.ts';
import type { SubscriptionView } from './subscription-schema.ts';
import { subscriptionView } from './subscription-view.ts';
import { type AggregateRepository, type Next, type State, aggregateRepository } from '../engine/aggregate.ts';
import type { Flow } from '../services.ts';
import type { CommandSpec } from '../engine/command-spec.ts';
import { rootCommand } from '../engine/run-command.ts';

export type SubscriptionState = State<Subscription, Charge>;
type SubscriptionCommand = CommandSpec<Subscription, Charge, SubscriptionSnapshot>;

/** A subscription without its charges. */
export const subscriptionRepository = (flow: Flow, id: string): AggregateRepository<Subscription, Charge> =>
  subscriptionRepositoryWith(flow, async () => {
    const root = await flow.services.subscriptions.get(id);
    if (root === undefined) throw new Error(`Subscription ${id} does not exist any more`);
    return { root, parts: [] };
  });

/** A subscription repository with its own way to read the state. */
export const subscriptionRepositoryWith = (
  flow: Flow,
  read: () => Promise<SubscriptionState>,
): AggregateRepository<Subscription, Charge> =>
  aggregateRepository(flow, 'subscription', flow.services.subscriptions, read);

function about(flow: Flow, id: string) {
  return {
    ...rootCommand,
    repository: subscriptionRepository(flow, id),
    operationId: id,
    about: { subscriptionId: id },
    onSuccess: (state: SubscriptionState, snapshot: SubscriptionSnapshot) =>
      mergeSubscriptionSnapshot(flow, state, snapshot),
    view: subscriptionAnswer.viewOf,
  };
}

/** View and path of a subscription in responses. */
export const subscriptionAnswer = {
  viewOf: ({ root }: SubscriptionState): SubscriptionView => subscriptionView(root),
  pathOf: ({ id }: SubscriptionView) => `/subscriptions/${id}`,
};

/** Creates a subscription at the provider. */
export function subscriptionCreation(flow: Flow, id: string): SubscriptionCommand {
  return {
    ...about(flow, id),
    successStatus: 201,
    request(provider, { root }, call) {
      const { deployment, planId, quantity, customerRef, methodRef, returnUrl, metadata } = root;
      const wanted = { deployment, planId, quantity, customerRef, methodRef, returnUrl, metadata };
      return provider.subscriptions.create({ subscriptionId: id, ...wanted }, call);
    },
    refusal: ({ root: { customerId, methodRef } }, details) =>
      refusalByPayer(flow, { customerId, methodRef }, details),
    lookUp(provider, { root: { customerRef, createdAt } }, call) {
      return provider.subscriptions.find({ subscriptionId: id, customerRef, createdAt }, call);
    },
    onFailure: ({ root, parts }) => ({ root: { ...root, status: 'failed' }, parts }),
  };
}

/** What the commands that may be rejected because of the subscription's state have in common. */
function aboutChange(flow: Flow, id: string) {
  const retrieve: NonNullable<SubscriptionCommand['fetch']> = (provider, { root }, call) =>
    provider.subscriptions.retrieve(root.ref ?? '', call);
  return {
    ...about(flow, id),
    successStatus: 200,
    fetch: retrieve,
    async lookUp(provider, state, call) {
      const snapshot = await retrieve(provider, state, call);
      return isOpen(mergeSubscription(state.root, snapshot).subscription.call) ? undefined : snapshot;
    },
    standing: ({ root: { status: subscriptionStatus, currentPeriodEnd } }) => ({
      subscriptionStatus,
      ...(currentPeriodEnd !== undefined && { currentPeriodEnd }),
    }),
  } as const satisfies Partial<SubscriptionCommand>;
}

/** Cancels a subscription at the provider, now or at the end of its period. */
export function subscriptionCancellation(flow: Flow, id: string): SubscriptionCommand {
  return {
    ...aboutChange(flow, id),
    request(provider, { root: { ref = '', cancel } }, call) {
      return provider.subscriptions.cancel({ ref, atPeriodEnd: cancel?.atPeriodEnd ?? false }, call);
    },
    onSuccess(state, snapshot) {
      const next = mergeSubscriptionSnapshot(flow, state, snapshot);
      return { ...next, root: { ...next.root, cancel: undefined } };
    },
    onFailure: ({ root, parts }) => ({ root: { ...root, cancel: undefined }, parts }),
  };
}

/** Revokes a scheduled cancellation or a pause. */
export const subscriptionResumption = (flow: Flow, id: string): SubscriptionCommand => ({
  ...aboutChange(flow, id),
  request: (provider, { root: { ref = '' } }, call) => provider.subscriptions.resume({ ref }, call),
  onFailure: (state) => state,
});

/** The latest command of a subscription. */
export function latestSubscriptionCommand(flow: Flow, { id, call }: Subscription): SubscriptionCommand {
  if (call.kind === 'cancel') return subscriptionCancellation(flow, id);
  return call.kind === 'resume' ? subscriptionResumption(flow, id) : subscriptionCreation(flow, id);
}

/** Merges a snapshot into the state, and logs mismatches for operators. */
export function mergeSubscriptionSnapshot(
  flow: Flow,
  { root, parts }: SubscriptionState,
  snapshot: SubscriptionSnapshot,
): Next<Subscription, Charge> {
  const { subscription, domainEvents, mismatch, refused } = mergeSubscription(root, snapshot);
  const fields = { subscriptionId: root.id, status: root.status };
  if (mismatch !== undefined && !root.flags.includes('mismatch')) {
    flow.log.error('The provider contradicts the subscription', { ...fields, field: mismatch });
    flow.log.count('payment.mismatch');
  }
  if (refused) flow.log.info('The snapshot changes no status', fields);
  const { ref } = subscription;
  const isNew = root.ref === undefined && ref !== undefined;
  return { root: subscription, parts, domainEvents, refs: isNew ? [{ ref }] : [] };
}
