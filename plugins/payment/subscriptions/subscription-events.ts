import { readProvider } from '../engine/call-provider.ts';
import { isOpen } from '../engine/model/provider-command.ts';
import { isId } from '../engine/model/ids.ts';
import type { Subscription } from './model/subscription.ts';
import type { EventOf } from '../providers/event.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import type { Applied } from '../webhooks/model/applied.ts';
import type { Flow } from '../services.ts';
import { retrieveRenewal, recordRenewal } from './renewals.ts';
import { mergeFromProvider, retrieveSubscription } from './sync-subscription.ts';
import { latestSubscriptionCommand } from './subscription-commands.ts';
import { settleCommand } from '../engine/command.ts';
import { type NamedObject, namedAggregate } from '../engine/named-aggregate.ts';

/** How far back charges are listed that no webhook reported, in milliseconds. */
const RENEWALS_SINCE_MS = 40 * 86_400_000;

/**
 * Handles a change of a subscription, by fetching and merging it.
 * @throws ProblemError 503, so that the event is delivered again
 */
export async function applySubscriptionEvent(
  flow: Flow,
  { ref, subscriptionId, deployment }: EventOf<'subscription'>,
  inbox: InboxEntry,
): Promise<Applied> {
  const { subscriptions } = flow.services;
  const named = isId('sub', subscriptionId);
  const id = named ? subscriptionId : (await subscriptions.findByRef(inbox.provider, ref))?.id;
  const subscription = await subscriptionNamed(flow, inbox.provider, { ref, id, deployment });
  if (typeof subscription === 'string') return subscription;
  return (await mergeFromProvider(flow, subscription, ref, inbox)).applied;
}

const subscriptionNamed = (flow: Flow, provider: string, object: NamedObject) =>
  namedAggregate(flow, 'subscription', 'sub', flow.services.subscriptions, provider, object);

/**
 * Handles a charge of a subscription, or its failure: records it as a payment, and reconciles the subscription.
 * @throws ProblemError 503, so that the event is delivered again
 */
export async function applyRenewalEvent(
  flow: Flow,
  { ref, subscriptionRef }: EventOf<'renewal'>,
  inbox: InboxEntry,
): Promise<Applied> {
  // Fetched before the subscription is looked up, because the charge names it reliably.
  const renewal = await retrieveRenewal(flow, inbox.provider, ref);
  if (renewal === undefined) return 'ignored';
  const subscription = await subscriptionOf(flow, inbox.provider, renewal.subscriptionRef);
  if (typeof subscription === 'string') return subscription;
  if (subscriptionRef !== undefined && subscriptionRef !== renewal.subscriptionRef) {
    flow.log.warn('A webhook names another subscription than its charge', {
      subscriptionId: subscription.id,
    });
  }
  const { state } = await mergeFromProvider(flow, subscription, renewal.subscriptionRef);
  return (await recordRenewal(flow, state.root, renewal, inbox)).applied;
}

/**
 * Reconciles a subscription with the provider, with the charges that no webhook reported, and resumes an abandoned
 * command.
 * @throws ProblemError 409 while a command still runs, 503 when the fetch fails
 */
export async function syncSubscription(flow: Flow, given: Subscription): Promise<Subscription> {
  let subscription = given;
  if (isOpen(subscription.call)) {
    const state = { root: subscription, parts: [] };
    subscription = (await settleCommand(flow, latestSubscriptionCommand(flow, subscription), state)).state
      .root;
  }
  const { ref } = subscription;
  if (ref === undefined) return subscription;
  subscription = (await mergeFromProvider(flow, subscription, ref)).state.root;
  const sinceMs = flow.services.now().getTime() - RENEWALS_SINCE_MS;
  const since = new Date(Math.max(sinceMs, Date.parse(subscription.createdAt) - 3_600_000));
  const listed = await readProvider(flow, subscription.provider, (provider, call) =>
    provider.subscriptions.listRenewals({ ref, since }, call),
  );
  for (const renewal of listed) subscription = (await recordRenewal(flow, subscription, renewal)).state.root;
  return subscription;
}

/**
 * Our subscription for a provider's id, also before its creation response is recorded.
 * @throws ProblemError 503 while its record is missing
 */
export async function subscriptionOf(
  flow: Flow,
  name: string,
  ref: string,
): Promise<Subscription | 'ignored' | 'foreign'> {
  const known = await flow.services.subscriptions.findByRef(name, ref);
  if (known !== undefined) return subscriptionNamed(flow, name, { ref, id: known.id });
  const { subscriptionId: id, deployment } = await retrieveSubscription(flow, name, ref);
  return subscriptionNamed(flow, name, { ref, id, deployment });
}
