import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CustomerView, MethodView } from '../../../../../plugins/payment/customers/customer-schema.ts';
import { type Bench, startBench } from '../bench.ts';
import { type StripeHands, stripeHands } from '../stripe-hands.ts';

const DAY = 86_400_000;
const total = { amount: 20, currency: 'usd' };

let bench: Bench;
let hands: StripeHands;
let planId: string;
beforeAll(async () => {
  bench = await startBench('http://127.0.0.1:1/');
  await bench.control('POST', '/webhooks', { mode: 'drop' });
  hands = stripeHands(bench);
  planId = await hands.plan();
});
afterAll(() => bench?.stop());

let customer: CustomerView;
beforeEach(async () => {
  customer = await hands.customer({ email: 'ada@shop.example', name: 'Ada' });
  await hands.deliver();
});
const read = async (id = customer.id) => (await bench.call<CustomerView>('getCustomer', { id })).body;
const methods = async () => {
  const { body } = await bench.call<{ paymentMethods: MethodView[] }>('listPaymentMethods', {
    id: customer.id,
  });
  return body.paymentMethods;
};
const removeAtStripe = () => hands.stripe('DELETE', `/customers/${customer.providerRef}`);
const told = () => hands.toldTypes(`CUS#${customer.id}`);

describe('a customer that is changed at Stripe', () => {
  it('follows its name and e-mail, and tells of it without them', async () => {
    await hands.stripe('POST', `/customers/${customer.providerRef}`, { name: 'Ada L.', email: '' });
    await hands.deliver();
    const now = await read();
    expect(now).toMatchObject({ status: 'active', name: 'Ada L.' });
    expect(now).not.toHaveProperty('email');
    const [last] = (await hands.told(`CUS#${customer.id}`)).slice(-1);
    expect(last).toMatchObject({ type: 'customer.updated.v1', data: { changed: ['email', 'name'] } });
    expect(JSON.stringify(last)).not.toContain('Ada');
  });

  it('is not told of again when nothing of ours changed', async () => {
    const before = await read();
    await hands.stripe('POST', `/customers/${customer.providerRef}`, { phone: '+1 555 0100' });
    await hands.deliver();
    expect(await read()).toEqual(before);
  });
});

describe('a customer that is deleted at Stripe', () => {
  it('is deleted here, with its methods and subscriptions, by the webhooks', async () => {
    const subscription = await hands.subscribed(customer.id, planId);
    await removeAtStripe();
    await hands.deliver();
    const now = await read();
    expect(now).toMatchObject({ status: 'deleted', defaultMethodId: null });
    expect(now).not.toHaveProperty('email');
    expect(now).not.toHaveProperty('name');
    expect(await methods()).toEqual([]);
    expect((await hands.subscription(subscription.id)).status).toBe('canceled');
    expect((await told()).filter((type) => type === 'customer.deleted')).toHaveLength(1);
    expect((await told()).at(-1)).toBe('customer.deleted');
    const sequences = (await hands.told(`CUS#${customer.id}`)).map(({ sequence }) => sequence);
    expect([...new Set(sequences)]).toEqual([...new Set(sequences)].map((_one, index) => index + 1));
  });

  it('is deleted with everything when only the last of the webhooks arrives', async () => {
    const subscription = await hands.subscribed(customer.id, planId);
    await removeAtStripe();
    await hands.lose();
    const body = bench.event('customer.deleted', { id: customer.providerRef, object: 'customer' });
    expect(await bench.deliver(body)).toMatchObject({ outcome: 'processed' });
    expect(await bench.deliver(body)).toMatchObject({ outcome: 'duplicate' });
    expect(await read()).toMatchObject({ status: 'deleted' });
    expect(await methods()).toEqual([]);
    expect((await hands.subscription(subscription.id)).status).toBe('canceled');
  });

  it.each([
    ['a payment', 'createPayment', () => ({ ...total, customerId: customer.id })],
    [
      'a payment with the saved method',
      'createPayment',
      () => ({ ...total, customerId: customer.id, confirm: true }),
    ],
    ['a method', 'attachPaymentMethod', () => ({ id: customer.id, paymentMethodId: 'pm_card_mastercard' })],
    ['a subscription', 'createSubscription', () => ({ customerId: customer.id, planId })],
  ])(
    'is learnt from the refusal of %s, and refused by itself from then on',
    async (_what, operation, input) => {
      await removeAtStripe();
      await hands.lose();
      const key = `key-${customer.id}`;
      const first = await bench.call(operation, input(), { key });
      expect(first).toMatchObject({
        status: 409,
        body: { code: 'customer-deleted', customerId: customer.id },
      });
      expect(await read()).toMatchObject({ status: 'deleted' });
      expect((await told()).at(-1)).toBe('customer.deleted');
      const replay = await bench.call(operation, input(), { key });
      expect(replay).toMatchObject({ status: 409, body: { code: 'customer-deleted' } });
      await bench.mark();
      const later = await bench.call(operation, input());
      expect(later).toMatchObject({
        status: 409,
        body: { code: 'customer-deleted', customerId: customer.id },
      });
      expect(await bench.requests()).toEqual([]);
    },
  );

  it('is found by the reconciler when neither a webhook nor a refusal told of it', async () => {
    await removeAtStripe();
    await hands.lose();
    await hands.pass(8 * DAY);
    await bench.reconcile('due');
    expect(await read()).toMatchObject({ status: 'deleted' });
    expect(await methods()).toEqual([]);
  });

  it('is found in the list of missed events', async () => {
    await removeAtStripe();
    await bench.reconcile('gaps');
    expect(await read()).toMatchObject({ status: 'deleted' });
  });
});

describe('a method that is changed at Stripe, of which no webhook tells', () => {
  it('is refused as gone when it is used, and known to be', async () => {
    const [method] = await methods();
    await hands.stripe('POST', `/payment_methods/${method?.providerRef}/detach`);
    await hands.lose();
    const refused = await bench.call('createPayment', {
      ...total,
      customerId: customer.id,
      paymentMethodId: method?.id,
      confirm: true,
    });
    expect(refused).toMatchObject({ status: 404, body: { code: 'payment-method-not-found' } });
    expect(await methods()).toEqual([]);
    expect((await read()).defaultMethodId).toBeNull();
  });

  it('is followed by the reconciler: detached, given another date, or new', async () => {
    const [gone] = await methods();
    const other = { id: customer.id, paymentMethodId: 'pm_card_mastercard' };
    const { body: dated } = await bench.call<MethodView>('attachPaymentMethod', other);
    await hands.stripe('POST', `/payment_methods/${gone?.providerRef}/detach`);
    await hands.stripe('POST', `/payment_methods/${dated.providerRef}`, { 'card[exp_year]': '2040' });
    const added = await hands.stripe('POST', '/payment_methods/pm_card_amex/attach', {
      customer: customer.providerRef ?? '',
    });
    await hands.lose();
    await hands.pass(8 * DAY);
    await bench.reconcile('due');
    expect(await methods()).toMatchObject([
      { id: dated.id, expYear: 2040 },
      { providerRef: added.id, brand: 'amex' },
    ]);
  });
});
