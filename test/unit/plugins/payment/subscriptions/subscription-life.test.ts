import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mergeSubscription } from '../../../../../plugins/payment/subscriptions/model/merge.ts';
import type { Subscription } from '../../../../../plugins/payment/subscriptions/model/subscription.ts';
import type { SubscriptionView } from '../../../../../plugins/payment/subscriptions/subscription-schema.ts';
import { type Bench, startBench } from '../bench.ts';
import { type StripeHands, stripeHands } from '../stripe-hands.ts';

const DAY = 86_400_000;

let bench: Bench;
let hands: StripeHands;
let planId: string;
beforeAll(async () => {
  bench = await startBench();
  hands = stripeHands(bench);
  planId = await hands.plan();
});
afterAll(() => bench?.stop());

const begun = async (): Promise<SubscriptionView> => hands.subscribed((await hands.customer()).id, planId);
/** What is done to it at Stripe arrives here. */
async function update({ id, providerRef }: SubscriptionView, form: Record<string, string>) {
  await hands.stripe('POST', `/subscriptions/${providerRef}`, form);
  await hands.deliver();
  return hands.subscription(id);
}
const told = async ({ id }: SubscriptionView) => (await hands.toldTypes(`SUB#${id}`)).slice(2);

describe('the life of a subscription', () => {
  it('is told to begin once, however often it is paused and resumed', async () => {
    const subscription = await begun();
    for (let times = 0; times < 2; times += 1) {
      const paused = await update(subscription, { 'pause_collection[behavior]': 'keep_as_draft' });
      expect(paused.status).toBe('paused');
      expect((await update(subscription, { pause_collection: '' })).status).toBe('active');
    }
    const all = await hands.told(`SUB#${subscription.id}`);
    expect(all.map(({ type }) => type.replace(/\.v1$/, ''))).toEqual([
      'subscription.created',
      'subscription.activated',
      'subscription.paused',
      'subscription.resumed',
      'subscription.paused',
      'subscription.resumed',
    ]);
    expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_event, index) => index + 1));
  });

  it('goes on when its planned end is taken back', async () => {
    const subscription = await begun();
    expect((await update(subscription, { cancel_at_period_end: 'true' })).status).toBe('canceling');
    expect(await update(subscription, { cancel_at_period_end: 'false' })).toMatchObject({
      status: 'active',
      cancelAtPeriodEnd: false,
    });
    expect(await told(subscription)).toEqual(['subscription.canceling', 'subscription.resumed']);
  });

  it('recovers when a charge that had failed is settled', async () => {
    const subscription = await begun();
    const customer = (await bench.services.customers.get(subscription.customerId))?.ref ?? '';
    const failing = await hands.stripe('POST', '/payment_methods/pm_card_chargeCustomerFail/attach', {
      customer,
    });
    const { providerRef } = subscription;
    const { default_payment_method: good } = await hands.stripe<{ default_payment_method: string }>(
      'GET',
      `/subscriptions/${providerRef}`,
    );
    await update(subscription, { default_payment_method: failing.id });
    await hands.pass(32 * DAY);
    await hands.deliver();
    expect((await hands.subscription(subscription.id)).status).toBe('past_due');
    await update(subscription, { default_payment_method: good });
    await hands.pass(3 * DAY);
    await hands.deliver();
    expect((await hands.subscription(subscription.id)).status).toBe('active');
    expect(await told(subscription)).toEqual([
      'subscription.past_due',
      'subscription.recovered',
      'subscription.renewed',
    ]);
  });

  it('follows another plan and quantity', async () => {
    const subscription = await begun();
    const { items } = await hands.stripe<{ items: { data: { id: string }[] } }>(
      'GET',
      `/subscriptions/${subscription.providerRef}`,
    );
    const dearer = await hands.plan('2500');
    const changed = await update(subscription, {
      'items[0][id]': items.data[0]?.id ?? '',
      'items[0][price]': dearer,
      'items[0][quantity]': '3',
      proration_behavior: 'none',
    });
    expect(changed).toMatchObject({ planId: dearer, quantity: 3 });
    expect((await hands.told(`SUB#${subscription.id}`)).at(-1)).toMatchObject({
      type: 'subscription.updated.v1',
      data: { planId: dearer, quantity: 3 },
    });
  });

  it('is told to begin also when nobody saw it in force before it was to end, or failed', () => {
    const snapshot = { ref: 'sub_1', subscriptionId: 'sub_x', planId: 'p', livemode: false } as const;
    const incomplete = { id: 'sub_x', status: 'incomplete', ref: 'sub_1', planId: 'p', quantity: 1 };
    const before = {
      ...incomplete,
      livemode: false,
      flags: [],
      cancelAtPeriodEnd: false,
      seq: 1,
      call: { status: 'succeeded' },
    } as unknown as Subscription;
    const types = (status: 'canceling' | 'past_due' | 'paused', cancelAtPeriodEnd = false) =>
      mergeSubscription(before, {
        ...snapshot,
        customerRef: undefined,
        status,
        cancelAtPeriodEnd,
      }).domainEvents.map(({ type }) => type);
    expect(types('canceling', true)).toEqual(['subscription.activated.v1', 'subscription.canceling.v1']);
    expect(types('past_due')).toEqual(['subscription.activated.v1', 'subscription.past_due.v1']);
    expect(types('paused')).toEqual(['subscription.activated.v1', 'subscription.paused.v1']);
  });
});
