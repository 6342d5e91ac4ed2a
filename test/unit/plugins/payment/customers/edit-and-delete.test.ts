import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CustomerView, MethodView } from '../../../../../plugins/payment/customers/customer-schema.ts';
import type { SubscriptionView } from '../../../../../plugins/payment/subscriptions/subscription-schema.ts';
import { type Bench, startBench } from '../bench.ts';
import { type StripeHands, stripeHands } from '../stripe-hands.ts';

let bench: Bench;
let hands: StripeHands;
let planId: string;
beforeAll(async () => {
  bench = await startBench();
  hands = stripeHands(bench);
  planId = await hands.plan();
});
afterAll(() => bench?.stop());
afterEach(() => bench.control('DELETE', '/faults'));

let customer: CustomerView;
beforeEach(async () => {
  customer = await hands.customer({
    email: 'ada@shop.example',
    name: 'Ada',
    metadata: { tier: '1', shop: 'x' },
  });
});
const update = (input: object, tenant = 'default') =>
  bench.call<CustomerView>('updateCustomer', { id: customer.id, ...input }, { tenant });
const remove = (input: object = {}, tenant = 'default') =>
  bench.call<CustomerView>('deleteCustomer', { id: customer.id, ...input }, { tenant });
const read = async () => (await bench.call<CustomerView>('getCustomer', { id: customer.id })).body;
const atStripe = () =>
  hands.stripe<{ deleted?: boolean; name: string | null; email: string | null; metadata: object }>(
    'GET',
    `/customers/${customer.providerRef}`,
  );
const told = () => hands.toldTypes(`CUS#${customer.id}`);
const lose = (path: string, method: string, after: boolean) =>
  bench.control('POST', '/faults', [{ method, path, times: 9, reset: true, after }]);

describe('changing a customer', () => {
  it('changes what is given, clears what is null, and leaves the rest', async () => {
    const { status, body } = await update({ name: null, metadata: { tier: '2' } });
    expect(status).toBe(200);
    expect(body).toMatchObject({ email: 'ada@shop.example', metadata: { tier: '2' } });
    expect(body).not.toHaveProperty('name');
    expect(body.operation).toEqual({ kind: 'update', status: 'succeeded' });
    expect(await atStripe()).toMatchObject({
      name: null,
      email: 'ada@shop.example',
      metadata: { tier: '2', customer_id: customer.id },
    });
    expect((await atStripe()).metadata).not.toHaveProperty('shop');
    expect((await hands.told(`CUS#${customer.id}`)).at(-1)).toMatchObject({
      type: 'customer.updated.v1',
      data: { changed: ['name', 'metadata'] },
    });
    expect(await read()).toEqual(body);
  });

  it('asks nobody when nothing changes, and tells of it once with the webhook', async () => {
    await bench.mark();
    const same = await update({ name: 'Ada' });
    expect(same.body).toEqual(await read());
    expect(await bench.requests()).toEqual([]);
    await update({ name: 'Ada L.' });
    await hands.deliver();
    expect((await told()).filter((type) => type === 'customer.updated')).toHaveLength(2);
  });

  it.each([false, true])(
    'is in doubt when the answer is lost (Stripe acted: %s), until it is asked again',
    async (after) => {
      await lose(`/customers/${customer.providerRef}`, 'POST', after);
      const lost = await update({ name: 'Ada L.' });
      expect(lost).toMatchObject({
        status: 202,
        body: { operation: { kind: 'update', status: 'in_doubt' } },
      });
      await bench.control('DELETE', '/faults');
      expect(await update({ name: 'Ada L.' })).toMatchObject({ status: 200, body: { name: 'Ada L.' } });
      expect(await atStripe()).toMatchObject({ name: 'Ada L.' });
      expect((await told()).filter((type) => type === 'customer.updated')).toHaveLength(2);
    },
  );

  it('refuses cards, reserved keys, other tenants and deleted customers', async () => {
    expect((await update({ name: '4242 4242 4242 4242' })).body).toMatchObject({ code: 'card-data-refused' });
    expect((await update({ metadata: { customer_id: 'x' } })).body).toMatchObject({
      code: 'invalid-request',
    });
    expect((await update({ name: 'B' }, 'other')).status).toBe(404);
    await remove();
    expect(await update({ name: 'B' })).toMatchObject({ status: 409, body: { code: 'customer-deleted' } });
  });

  it('learns that the customer is deleted from the refusal', async () => {
    await hands.stripe('DELETE', `/customers/${customer.providerRef}`);
    expect(await update({ name: 'B' })).toMatchObject({ status: 409, body: { code: 'customer-deleted' } });
    expect(await read()).toMatchObject({ status: 'deleted' });
  });

  it('gives each of several at once its turn', async () => {
    const answers = await Promise.all(['a', 'b', 'c'].map((name) => update({ name })));
    for (const { status, body } of answers)
      if (status !== 200) expect(body).toMatchObject({ code: 'operation-in-progress' });
    expect(await atStripe()).toMatchObject({ name: (await read()).name });
  });
});

describe('deleting a customer', () => {
  it('deletes it here and at Stripe with its methods, once', async () => {
    const first = await remove();
    expect(first).toMatchObject({
      status: 200,
      body: { status: 'deleted', defaultMethodId: null, operation: { kind: 'delete', status: 'succeeded' } },
    });
    expect(first.body).not.toHaveProperty('email');
    expect(await atStripe()).toMatchObject({ deleted: true });
    await hands.deliver();
    expect((await remove()).body).toEqual(first.body);
    const { body } = await bench.call<{ paymentMethods: MethodView[] }>('listPaymentMethods', {
      id: customer.id,
    });
    expect(body.paymentMethods).toEqual([]);
    expect((await told()).filter((type) => type === 'customer.deleted')).toHaveLength(1);
  });

  it('keeps a customer whose subscription lives, unless that is to be canceled with it', async () => {
    const subscription = await hands.subscribed(customer.id, planId);
    expect(await remove()).toMatchObject({ status: 409, body: { code: 'customer-has-subscriptions' } });
    expect(await read()).toMatchObject({ status: 'active' });
    expect((await hands.subscription(subscription.id)).status).toBe('active');
    expect(await remove({ cancelSubscriptions: true })).toMatchObject({
      status: 200,
      body: { status: 'deleted' },
    });
    expect((await hands.subscription(subscription.id)).status).toBe('canceled');
    expect((await hands.toldTypes(`SUB#${subscription.id}`)).at(-1)).toBe('subscription.canceled');
  });

  it('keeps a customer whose subscription was made in the dashboard', async () => {
    await hands.stripe('POST', '/subscriptions', {
      customer: customer.providerRef ?? '',
      'items[0][price]': planId,
      default_payment_method:
        (
          await hands.stripe<{ data: { id: string }[] }>(
            'GET',
            `/payment_methods?customer=${customer.providerRef}`,
          )
        ).data[0]?.id ?? '',
    });
    expect(await remove()).toMatchObject({ status: 409, body: { code: 'customer-has-subscriptions' } });
    expect(await atStripe()).not.toHaveProperty('deleted');
  });

  it.each([false, true])('is in doubt when the answer is lost (Stripe acted: %s)', async (after) => {
    await lose(`/customers/${customer.providerRef}`, 'DELETE', after);
    expect(await remove()).toMatchObject({ status: 202, body: { operation: { status: 'in_doubt' } } });
    const refused = await bench.call('createSubscription', { customerId: customer.id, planId });
    expect([409, 503]).toContain(refused.status);
    await bench.control('DELETE', '/faults');
    expect(await remove()).toMatchObject({ status: 200, body: { status: 'deleted' } });
    expect(await atStripe()).toMatchObject({ deleted: true });
  });

  it('lets no subscription begin beside it', async () => {
    const [deleted, ...begun] = await Promise.all([
      remove(),
      ...Array.from({ length: 4 }, () =>
        bench.call<SubscriptionView>('createSubscription', { customerId: customer.id, planId }),
      ),
    ]);
    expect(deleted.status).toBe(200);
    for (const { status, body } of begun)
      if (status === 201) {
        await hands.deliver();
        expect(['expired', 'canceled']).toContain((await hands.subscription(body.id)).status);
      }
  });

  it('is not there for other tenants', async () => {
    expect((await remove({}, 'other')).status).toBe(404);
  });
});

describe('resuming a subscription', () => {
  const resume = (id: string, key?: string) =>
    bench.call<SubscriptionView>('resumeSubscription', { id }, key === undefined ? {} : { key });

  it.each([
    ['a planned end', { cancel_at_period_end: 'true' }, 'canceling'],
    [
      'an end at a date within the period',
      { cancel_at: String(Math.floor(Date.now() / 1000) + 86_400) },
      'canceling',
    ],
    ['a pause', { 'pause_collection[behavior]': 'void' }, 'paused'],
    ['both', { cancel_at_period_end: 'true', 'pause_collection[behavior]': 'void' }, 'paused'],
  ])('takes %s back, and answers its key alike', async (_what, form, status) => {
    const { id, providerRef } = await hands.subscribed(customer.id, planId);
    await hands.stripe('POST', `/subscriptions/${providerRef}`, form);
    await hands.deliver();
    expect((await hands.subscription(id)).status).toBe(status);
    const key = randomUUID();
    const resumed = await resume(id, key);
    expect(resumed).toMatchObject({ status: 200, body: { status: 'active', cancelAtPeriodEnd: false } });
    const replay = await resume(id, key);
    expect(replay.body).toEqual(resumed.body);
    expect(replay.headers['Idempotent-Replayed']).toBe('true');
    await hands.deliver();
    const types = await hands.toldTypes(`SUB#${id}`);
    expect(types.filter((type) => type === 'subscription.resumed')).toHaveLength(1);
    expect(types.filter((type) => type === 'subscription.activated')).toHaveLength(1);
    expect(await resume(id)).toMatchObject({ status: 409, body: { code: 'invalid-state' } });
  });

  it('says how it stands when it has ended meanwhile, and knows it from then on', async () => {
    const { id, providerRef } = await hands.subscribed(customer.id, planId);
    await bench.call('cancelSubscription', { id, atPeriodEnd: true });
    await hands.stripe('DELETE', `/subscriptions/${providerRef}`);
    expect(await resume(id, randomUUID())).toMatchObject({
      status: 409,
      body: { code: 'invalid-state', subscriptionStatus: 'canceled' },
    });
    expect((await hands.subscription(id)).status).toBe('canceled');
    expect((await resume(id)).status).toBe(409);
  });

  it.each([false, true])('is in doubt when the answer is lost (Stripe acted: %s)', async (after) => {
    const { id, providerRef } = await hands.subscribed(customer.id, planId);
    await bench.call('cancelSubscription', { id, atPeriodEnd: true });
    await lose(`/subscriptions/${providerRef}`, 'POST', after);
    const key = randomUUID();
    expect((await resume(id, key)).status).toBe(202);
    await bench.control('DELETE', '/faults');
    expect(await resume(id, key)).toMatchObject({ status: 200, body: { status: 'active' } });
  });
});
