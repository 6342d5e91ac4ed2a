import { type SubscriptionState, subscriptionRepositoryWith } from './subscription-commands.ts';
import type { Next } from '../engine/aggregate.ts';
import { renewalPayment } from './model/renewal-payment.ts';
import type { Charge, Subscription } from './model/subscription.ts';
import type { Payment } from '../payments/model/payment.ts';
import type { Snapshot } from '../payments/model/snapshot.ts';
import { renewedEvent } from './model/published-events.ts';
import type { Renewal } from './model/snapshots.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import { mergeSnapshot, mergedStep } from '../payments/merge-snapshot.ts';
import { advance, existingPayment } from '../payments/payment-repository.ts';
import { type Updated, update } from '../engine/update.ts';
import { changeContext } from '../engine/flow.ts';
import { type Flow } from '../services.ts';
import { readProvider } from '../engine/call-provider.ts';
import { noteInSpan } from '../payments/payment-span.ts';
import { retrieve } from '../payments/retrieve.ts';

/** Fetches a charge of a subscription. @throws ProblemError 503 when the fetch fails */
export const retrieveRenewal = (flow: Flow, name: string, ref: string): Promise<Renewal | undefined> =>
  readProvider(flow, name, ({ subscriptions }, call) => subscriptions.retrieveRenewal(ref, call));

/**
 * Records a charge as a payment, once however often and in whatever order it is reported, and as a renewal of its
 * subscription once it has succeeded. `inbox` is written with the last write.
 */
export async function recordRenewal(
  flow: Flow,
  subscription: Subscription,
  renewal: Renewal,
  inbox?: InboxEntry,
): Promise<Updated<SubscriptionState, Next<Subscription, Charge>>> {
  const { services } = flow;
  const payment = renewal.snapshot && (await paymentOf(flow, subscription, renewal.ref, renewal.snapshot));
  if (payment) noteInSpan(flow, payment);
  const repository = subscriptionRepositoryWith(flow, async () => {
    const { root, part } = await services.subscriptions.load(subscription.id, renewal.ref);
    if (root === undefined) throw new Error(`Subscription ${subscription.id} does not exist any more`);
    return { root, parts: part ? [part] : [] };
  });
  return update(
    flow,
    repository,
    await repository.read(),
    async (state) => {
      if (payment?.status !== 'succeeded' || state.parts.length > 0) return state;
      const { root } = state;
      const countedAt = services.now().toISOString();
      // The first charge is no renewal.
      const isFirst = renewal.initial ?? root.charges === 0;
      return {
        root: { ...root, charges: root.charges + 1 },
        parts: [{ id: renewal.ref, paymentId: payment.id, version: 0, countedAt }],
        domainEvents: isFirst ? [] : [renewedEvent(root, payment.id)],
      };
    },
    () => ({ inbox }),
  );
}

/** The payment of a charge, recorded now unless it was before. */
async function paymentOf(
  flow: Flow,
  subscription: Subscription,
  ref: string,
  snapshot: Snapshot,
): Promise<Payment> {
  const { services } = flow;
  const { provider } = subscription;
  let known = await services.store.findByRef(provider, ref);
  if (known === undefined) {
    const ids = { paymentId: services.newId('pay'), operationId: services.newId('op') };
    const made = renewalPayment(subscription, snapshot, ids, changeContext(flow));
    const written = await services.renewals.insert(made, [ref, snapshot.ref]);
    if (written === 'committed') return made.after;
    known = await services.store.findByRef(provider, ref);
  }
  // Another charge of the same payment, as when an invoice is paid in parts.
  known ??= await services.store.findByRef(provider, snapshot.ref);
  if (known === undefined) throw new Error(`The payment of ${ref} is gone`);
  // Fetched again, because the snapshot may be older than the stored payment.
  const advanced = await advance(flow, await existingPayment(flow, known), async (current) =>
    mergedStep(current, mergeSnapshot(flow, current, await retrieve(flow, provider, snapshot.ref))),
  );
  return advanced.state;
}
