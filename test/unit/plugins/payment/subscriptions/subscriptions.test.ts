import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CustomerView } from '../../../../../plugins/payment/customers/customer-schema.ts';
import type { PaymentView } from '../../../../../plugins/payment/api/schemas.ts';
import type { SubscriptionView } from '../../../../../plugins/payment/subscriptions/subscription-schema.ts';
import { type Bench, startBench } from '../bench.ts';
import type { CallOptions } from '../plugin-under-test.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let bench: Bench;
let planId: string;
beforeAll(async () => {
  bench = await startBench();
  const product = await stripe<{ id: string }>('POST', '/v1/products', { name: 'Tea' });
  planId = (
    await stripe<{ id: string }>('POST', '/v1/prices', {
      product: product.id,
      currency: 'usd',
      unit_amount: '1500',
      'recurring[interval]': 'month',
    })
  ).id;
});
afterAll(() => bench?.stop());
afterEach(() => bench.control('DELETE', '/faults'));

async function stripe<T>(method: string, path: string, body?: Record<string, string>): Promise<T> {
  const response = await fetch(`${bench.sandbox.url}${path}`, {
    method,
    headers: {
      authorization: 'Bearer sk_test_bench',
      ...(body && { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    ...(body && { body: new URLSearchParams(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(JSON.stringify(answer));
  return answer as T;
}
async function customer(): Promise<CustomerView> {
  const { body } = await bench.call<CustomerView>('createCustomer', { email: 'ada@shop.example' });
  await bench.call('attachPaymentMethod', {
    id: body.id,
    paymentMethodId: 'pm_card_visa',
    default: true,
  });
  return body;
}
const subscribe = (more: object, options?: CallOptions) =>
  bench.call<SubscriptionView>('createSubscription', { planId, ...more }, options);
const get = async (id: string) => (await bench.call<SubscriptionView>('getSubscription', { id })).body;
const paymentsOf = async (customerId: string) =>
  (await bench.call<{ payments: PaymentView[] }>('listPayments', { customerId })).body.payments;
/** Delivers what Stripe has to say, in the given order. */
async function deliver(order: 'oldest' | 'newest' = 'oldest', times = 1): Promise<void> {
  const { data } = await stripe<{ data: { id: string; type: string; created: number }[] }>(
    'GET',
    '/v1/events?limit=100',
  );
  const events = order === 'oldest' ? data.toReversed() : data;
  for (const event of events) for (let i = 0; i < times; i += 1) await bench.deliver(JSON.stringify(event));
}
async function pass(ms: number): Promise<void> {
  bench.skip(ms);
  await bench.control('POST', '/clock', { advance: `${ms / 1000}s` });
}
async function active(): Promise<{ subscription: SubscriptionView; customerId: string }> {
  const { id: customerId } = await customer();
  const { status, body } = await subscribe({ customerId });
  expect(status).toBe(201);
  if (body.clientSecret) await bench.confirm(body.clientSecret);
  await deliver();
  return { subscription: await get(body.id), customerId };
}
const eventsOf = async (partition: string) => {
  const items = (await bench.itemsOf(partition, 'EVT#')) as unknown as {
    events: { type: string; sequence: number; data: Record<string, unknown> }[];
  }[];
  return items.flatMap(({ events }) => events);
};

describe('subscriptions', () => {
  it('begins incomplete, becomes active once paid, and its first charge is a payment', async () => {
    const { subscription, customerId } = await active();
    expect(subscription).toMatchObject({ status: 'active', planId, customerId, cancelAtPeriodEnd: false });
    expect(Date.parse(subscription.currentPeriodEnd ?? '')).toBeGreaterThan(Date.now() + 27 * DAY);
    const [payment, ...more] = await paymentsOf(customerId);
    expect(more).toEqual([]);
    expect(payment).toMatchObject({
      status: 'succeeded',
      amountMinor: 1500,
      subscriptionId: subscription.id,
      customerId,
    });
    const types = (await eventsOf(`SUB#${subscription.id}`)).map(({ type }) => type);
    expect(types).toEqual(['subscription.created.v1', 'subscription.activated.v1']);
  });

  it.each(['oldest', 'newest'] as const)(
    'renews once per period, with its events delivered twice and the %s first',
    async (order) => {
      const { subscription, customerId } = await active();
      await pass(32 * DAY);
      await deliver(order, 2);
      const payments = await paymentsOf(customerId);
      expect(payments.map(({ status, amountMinor }) => [status, amountMinor])).toEqual([
        ['succeeded', 1500],
        ['succeeded', 1500],
      ]);
      const told = await eventsOf(`SUB#${subscription.id}`);
      expect(told.filter(({ type }) => type === 'subscription.renewed.v1')).toMatchObject([
        { data: { paymentId: payments[0]?.id } },
      ]);
      expect(told.map(({ sequence }) => sequence)).toEqual(told.map((_event, index) => index + 1));
    },
  );

  it('refunds a renewal as any payment', async () => {
    const { customerId } = await active();
    const [payment] = await paymentsOf(customerId);
    expect(await bench.call('createRefund', { id: payment?.id, amount: 5 })).toMatchObject({
      status: 201,
      body: { status: 'succeeded', amountMinor: 500 },
    });
  });

  it('finds renewals that no webhook told of', async () => {
    const { subscription, customerId } = await active();
    await pass(31 * DAY);
    await bench.reconcile('due');
    await pass(2 * DAY);
    await bench.reconcile('due');
    expect(await paymentsOf(customerId)).toHaveLength(2);
    const told = (await eventsOf(`SUB#${subscription.id}`)).map(({ type }) => type);
    expect(told.filter((type) => type === 'subscription.renewed.v1')).toHaveLength(1);
  });

  it('ends at once, or with its period; asked again it answers the same', async () => {
    const { subscription } = await active();
    const later = await bench.call<SubscriptionView>('cancelSubscription', {
      id: subscription.id,
      atPeriodEnd: true,
    });
    expect(later).toMatchObject({ status: 200, body: { status: 'canceling', cancelAtPeriodEnd: true } });
    await pass(32 * DAY);
    await deliver();
    expect((await get(subscription.id)).status).toBe('canceled');

    const { subscription: other } = await active();
    const now = await bench.call<SubscriptionView>('cancelSubscription', { id: other.id });
    expect(now).toMatchObject({ status: 200, body: { status: 'canceled' } });
    const again = await bench.call<SubscriptionView>('cancelSubscription', { id: other.id });
    expect(again).toMatchObject({ status: 200, body: { status: 'canceled' } });
    const told = (await eventsOf(`SUB#${other.id}`)).map(({ type }) => type);
    expect(told.at(-1)).toBe('subscription.canceled.v1');
  });

  it.each([false, true])(
    'carries on a create whose answer was lost (Stripe acted: %s), by the same key',
    async (after) => {
      const { id: customerId } = await customer();
      await bench.control('POST', '/faults', [
        { method: 'POST', path: '/v1/subscriptions', times: 9, reset: true, after },
      ]);
      const key = randomUUID();
      const lost = await subscribe({ customerId }, { key });
      expect(lost).toMatchObject({ status: 202, body: { operation: { status: 'in_doubt' } } });
      await bench.control('DELETE', '/faults');
      const settled = await subscribe({ customerId }, { key });
      expect(settled).toMatchObject({ status: 201, body: { id: lost.body.id } });
      const ref = `customer=${(await bench.services.customers.get(customerId))?.ref}`;
      const { data } = await stripe<{ data: unknown[] }>('GET', `/v1/subscriptions?${ref}`);
      expect(data).toHaveLength(1);
    },
  );

  it('makes one subscription of twenty parallel calls under one key', async () => {
    const { id: customerId } = await customer();
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 20 }, () => subscribe({ customerId }, { key })));
    const ids = new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body.id));
    expect(ids.size).toBe(1);
    const ref = `customer=${(await bench.services.customers.get(customerId))?.ref}`;
    const { data } = await stripe<{ data: unknown[] }>('GET', `/v1/subscriptions?${ref}`);
    expect(data).toHaveLength(1);
  });

  it('refuses what does not fit, and shows nothing to another tenant', async () => {
    const { id: customerId } = await customer();
    expect(await subscribe({ customerId, planId: 'price_unknown' })).toMatchObject({ status: 422 });
    expect(await subscribe({ customerId: 'cus_nobody' })).toMatchObject({ status: 404 });
    const { body } = await subscribe({ customerId });
    const elsewhere = { tenant: 'other' };
    expect((await bench.call('getSubscription', { id: body.id }, elsewhere)).status).toBe(404);
    expect((await bench.call('cancelSubscription', { id: body.id }, elsewhere)).status).toBe(404);
    expect((await subscribe({ customerId }, elsewhere)).status).toBe(404);
    const off = bench.with({ config: { features: { subscriptions: false } } });
    expect(await off.call('createSubscription', { customerId, planId })).toMatchObject({
      status: 503,
      body: { code: 'feature-disabled' },
    });
    expect((await off.call('cancelSubscription', { id: body.id })).status).toBe(200);
  });

  it('tells a retry that cannot read the client secret to come again, and gives it then', async () => {
    const { id: customerId } = await customer();
    const key = randomUUID();
    const first = await subscribe({ customerId }, { key });
    expect(first).toMatchObject({ status: 201, body: { status: 'incomplete' } });
    await bench.control('POST', '/faults', [
      { method: 'GET', path: '/subscriptions/', status: 500, times: 9 },
    ]);
    const failed = await subscribe({ customerId }, { key });
    expect(failed).toMatchObject({ status: 503, body: { code: 'provider-unavailable' } });
    await bench.control('DELETE', '/faults');
    const again = await subscribe({ customerId }, { key });
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(again.body.clientSecret).toMatch(/_secret_/);
  });

  it('never keeps nor logs the client secret', async () => {
    const { id: customerId } = await customer();
    const { body } = await subscribe({ customerId });
    const stored = JSON.stringify(await bench.itemsOf(`SUB#${body.id}`, ''));
    expect(stored).toContain(body.id);
    expect(stored).not.toContain('_secret_');
    expect(JSON.stringify(bench.logs)).not.toContain('_secret_');
  });
});

describe('payments of a customer', () => {
  it('charges a saved method, and lists what belongs to the customer alone', async () => {
    const { id: customerId } = await customer();
    await bench.call('createPayment', { amount: 3, currency: 'usd' });
    const { status, body } = await bench.call('createPayment', {
      amount: 7,
      currency: 'usd',
      customerId,
      confirm: true,
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: 'succeeded', customerId });
    expect(await paymentsOf(customerId)).toMatchObject([{ id: body.id }]);
    expect(
      await bench.call('createPayment', { amount: 7, currency: 'usd', customerId }, { tenant: 'other' }),
    ).toMatchObject({ status: 404 });
  });
});
