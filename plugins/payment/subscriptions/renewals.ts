import { renewalPayment } from './model/renewal-payment.ts';
import type { Charge, Subscription } from './model/subscription.ts';
import type { Payment } from '../payments/model/payment.ts';
import { renewedFact } from './model/published-events.ts';
import type { Renewal } from './model/snapshots.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import { advance, mergeSnapshot, mergedStep, mustGet } from '../payments/advance.ts';
import { type Changed, type Kept, change } from '../engine/aggregate.ts';
import { changeContext } from '../engine/flow.ts';
import { type Flow } from '../services.ts';
import { callProvider, unavailable } from '../engine/call-provider.ts';
import { retrieve } from '../payments/send.ts';

/** A charge of a subscription as the provider has it now. @throws ProblemError 503 when it cannot be asked */
export async function retrieveRenewal(flow: Flow, name: string, ref: string): Promise<Renewal | undefined> {
  const result = await callProvider(flow, name, undefined, (provider, call) =>
    provider.subscriptions.retrieveRenewal(ref, call),
  );
  if (result.kind !== 'ok') throw unavailable(result);
  return result.value;
}

/**
 * Brings a charge into the books: as a payment that exists once however often and in whatever order it is told
 * of, and, once it has succeeded, as a renewal of its subscription. `inbox` is written with the last of it.
 */
export async function recordRenewal(
  flow: Flow,
  subscription: Subscription,
  renewal: Renewal,
  inbox?: InboxEntry,
): Promise<Changed<Subscription, Charge>> {
  const payment = renewal.snapshot && (await paymentOf(flow, subscription, renewal, renewal.snapshot));
  return countCharge(flow, subscription, renewal, payment, inbox);
}

async function paymentOf(
  flow: Flow,
  subscription: Subscription,
  renewal: Renewal,
  snapshot: NonNullable<Renewal['snapshot']>,
): Promise<Payment> {
  const { services } = flow;
  const { provider } = subscription;
  let known = await services.store.findByRef(provider, renewal.ref);
  if (known === undefined) {
    const ids = { paymentId: services.newId('pay'), operationId: services.newId('op') };
    const made = renewalPayment(subscription, snapshot, ids, changeContext(flow));
    const written = await services.renewals.insert(made, [renewal.ref, snapshot.ref]);
    if (written === 'committed') return made.after;
    known = await services.store.findByRef(provider, renewal.ref);
  }
  // Another charge of the same payment, as when an invoice is paid in parts: it is on its payment already.
  known ??= await services.store.findByRef(provider, snapshot.ref);
  if (known === undefined) throw new Error(`The payment of ${renewal.ref} is gone`);
  // What was fetched before the payment was read may be older than what is stored.
  const advanced = await advance(flow, await mustGet(flow, known), async (current) =>
    mergedStep(current, mergeSnapshot(flow, current, await retrieve(flow, provider, snapshot.ref))),
  );
  return advanced.payment;
}

/** Counts a charge that succeeded, once; what began the subscription does not renew it. */
function countCharge(
  flow: Flow,
  subscription: Subscription,
  renewal: Renewal,
  payment: Payment | undefined,
  inbox: InboxEntry | undefined,
): Promise<Changed<Subscription, Charge>> {
  const { services } = flow;
  const store = services.subscriptions;
  const kept: Kept<Subscription, Charge> = {
    type: 'subscription',
    store,
    async read() {
      const { root, part } = await store.load(subscription.id, renewal.ref);
      if (root === undefined) throw new Error(`Subscription ${subscription.id} is gone`);
      return { root, parts: part ? [part] : [] };
    },
  };
  return kept.read().then((first) =>
    change(
      flow,
      kept,
      first,
      async (state) => {
        if (payment?.status !== 'succeeded' || state.parts.length > 0) return state;
        const { root } = state;
        const charge = {
          id: renewal.ref,
          paymentId: payment.id,
          version: 0,
          countedAt: services.now().toISOString(),
        };
        const initial = renewal.initial ?? root.charges === 0;
        return {
          root: { ...root, charges: root.charges + 1 },
          parts: [charge],
          facts: initial ? [] : [renewedFact(root, payment.id)],
        };
      },
      () => ({ inbox }),
    ),
  );
}
