import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CustomerView, MethodView } from '../../../../../plugins/payment/customers/customer-schema.ts';
import { type Bench, startBench } from '../bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench?.stop());
afterEach(() => bench.control('DELETE', '/faults'));

async function stripe<T = { id: string }>(path: string, body: Record<string, string>): Promise<T> {
  const response = await fetch(`${bench.sandbox.url}${path}`, {
    method: 'POST',
    headers: {
      authorization: 'Bearer sk_test_bench',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams(body),
  });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as T;
}
const customer = async () => (await bench.call<CustomerView>('createCustomer', {})).body;
const read = async (id: string) => (await bench.call<CustomerView>('getCustomer', { id })).body;
const attach = (id: string, more: object = {}, key?: string) =>
  bench.call<MethodView>(
    'attachPaymentMethod',
    { id, paymentMethodId: 'pm_card_visa', ...more },
    key === undefined ? {} : { key },
  );
const methodsOf = async (id: string) =>
  (await bench.call<{ paymentMethods: MethodView[] }>('listPaymentMethods', { id })).body.paymentMethods;
const tell = (type: string, method: string, eventId?: string) =>
  bench.deliver(bench.event(`payment_method.${type}`, { id: method, object: 'payment_method' }, eventId));
async function typesOf(customerId: string): Promise<string[]> {
  const items = (await bench.itemsOf(`CUS#${customerId}`, 'EVT#')) as unknown as {
    events: { type: string }[];
  }[];
  return items.flatMap(({ events }) => events.map(({ type }) => type));
}

describe("Stripe's webhooks about payment methods", () => {
  it('take over what was detached elsewhere, and clear the default', async () => {
    const { id } = await customer();
    const { body: method } = await attach(id, { default: true });
    await stripe(`/v1/payment_methods/${method.providerRef}/detach`, {});
    expect((await tell('detached', method.providerRef ?? '')).outcome).toBe('processed');
    expect(await methodsOf(id)).toEqual([]);
    expect((await read(id)).defaultMethodId).toBeNull();
    expect((await typesOf(id)).slice(-2)).toEqual(['payment_method.detached.v1', 'customer.updated.v1']);
  });

  it('take over a method that was saved elsewhere, once', async () => {
    const { id, providerRef } = await customer();
    const { id: saved } = await stripe('/v1/payment_methods/pm_card_mastercard/attach', {
      customer: providerRef ?? '',
    });
    const eventId = `evt_${randomUUID()}`;
    expect((await tell('attached', saved, eventId)).outcome).toBe('processed');
    expect((await tell('attached', saved, eventId)).outcome).toBe('duplicate');
    await tell('attached', saved);
    expect(await methodsOf(id)).toMatchObject([
      { providerRef: saved, status: 'active', brand: 'mastercard' },
    ]);
    expect((await typesOf(id)).filter((type) => type === 'payment_method.attached.v1')).toHaveLength(1);
  });

  it('tell of a changed card', async () => {
    const { id } = await customer();
    const { body: method } = await attach(id);
    await stripe(`/v1/payment_methods/${method.providerRef}`, { 'card[exp_year]': '2041' });
    await tell('updated', method.providerRef ?? '');
    expect(await methodsOf(id)).toMatchObject([{ id: method.id, expYear: 2041 }]);
    expect((await typesOf(id)).at(-1)).toBe('payment_method.updated.v1');
  });

  it('are no business of ours when the customer is none', async () => {
    const { id: stranger } = await stripe('/v1/customers', {});
    const { id: saved } = await stripe('/v1/payment_methods/pm_card_visa/attach', { customer: stranger });
    expect((await tell('attached', saved)).outcome).toBe('ignored');
  });

  it('change nothing when they come late, after the method was detached here', async () => {
    const { id } = await customer();
    const { body: method } = await attach(id);
    await bench.call('detachPaymentMethod', { id, paymentMethodId: method.id });
    const told = await typesOf(id);
    await tell('attached', method.providerRef ?? '');
    await tell('updated', method.providerRef ?? '');
    expect(await methodsOf(id)).toEqual([]);
    expect(await typesOf(id)).toEqual(told);
  });
});

describe('saving a method whose answer is lost', () => {
  const key = () => `key-${randomUUID()}`;
  const loseAnswer = () =>
    bench.control('POST', '/faults', { path: '/attach', after: true, reset: true, times: 2 });

  it('finds it under the same key, and shows one', async () => {
    const { id } = await customer();
    const sameKey = key();
    await loseAnswer();
    const lost = await attach(id, {}, sameKey);
    expect(lost.status).toBe(202);
    await bench.control('DELETE', '/faults');
    const found = await attach(id, {}, sameKey);
    expect(found).toMatchObject({ status: 201, body: { id: lost.body.id, status: 'active' } });
    expect(await methodsOf(id)).toHaveLength(1);
  });

  it('takes the place of the row that a webhook made meanwhile', async () => {
    const { id, providerRef } = await customer();
    const sameKey = key();
    await loseAnswer();
    const lost = await attach(id, {}, sameKey);
    await bench.control('DELETE', '/faults');
    const listed = await fetch(`${bench.sandbox.url}/v1/customers/${providerRef}/payment_methods`, {
      headers: { authorization: 'Bearer sk_test_bench' },
    });
    const { data } = (await listed.json()) as { data: { id: string }[] };
    expect(data).toHaveLength(1);
    await tell('attached', data[0]?.id ?? '');
    const found = await attach(id, {}, sameKey);
    expect(found.status).toBe(201);
    const methods = await methodsOf(id);
    expect(methods).toMatchObject([{ id: lost.body.id, providerRef: data[0]?.id, status: 'active' }]);
    expect((await attach(id, {}, sameKey)).body).toEqual(found.body);
  });
});

describe('a webhook that overtakes the call which saves a method', () => {
  it('makes no second row, however they meet', async () => {
    const { id } = await customer();
    const saved = Promise.withResolvers<string>();
    const lookedUp = Promise.withResolvers<void>();
    const saving = bench
      .with({
        provider: (inner) => ({
          ...inner,
          customers: {
            ...inner.customers,
            async attach(request, call) {
              const snapshot = await inner.customers.attach(request, call);
              saved.resolve(snapshot.ref);
              await lookedUp.promise;
              return snapshot;
            },
          },
        }),
      })
      .call<MethodView>('attachPaymentMethod', { id, paymentMethodId: 'pm_card_visa' });
    // The webhook finds nothing under the id of the method; before it looks any further, the call ends.
    const overtaking = bench.with({
      services: (inner) => ({
        ...inner,
        customers: {
          ...inner.customers,
          async findByRef(provider, ref) {
            const found = await inner.customers.findByRef(provider, ref);
            if (ref === (await saved.promise)) {
              lookedUp.resolve();
              await saving;
            }
            return found;
          },
        },
      }),
    });
    const object = { id: await saved.promise, object: 'payment_method' };
    const told = await overtaking.deliver(bench.event('payment_method.attached', object));
    expect(told.outcome).toBe('processed');
    expect(await methodsOf(id)).toEqual([(await saving).body]);
    expect((await typesOf(id)).filter((type) => type === 'payment_method.attached.v1')).toHaveLength(1);
  });
});

describe('payments with saved methods', () => {
  const pay = (input: object) =>
    bench.call('createPayment', { amount: 20, currency: 'usd', confirm: true, ...input });

  it('name a method of ours, or take the default one', async () => {
    const { id: customerId } = await customer();
    const { body: method } = await attach(customerId, { default: true });
    const named = await pay({ customerId, paymentMethodId: method.id });
    const byDefault = await pay({ customerId });
    expect([named.body.status, byDefault.body.status]).toEqual(['succeeded', 'succeeded']);
  });

  it.each([
    ['another tenant', { tenant: 'other' }, {}, 404, 'customer-not-found'],
    ['another provider', {}, { provider: 'paypal' }, 422, 'customer-of-other-provider'],
  ])('refuse a customer of %s', async (_, options, more, status, code) => {
    const { id: customerId } = await customer();
    const input = { amount: 20, currency: 'usd', customerId, ...more };
    const refused = await bench.call('createPayment', input, options);
    expect(refused).toMatchObject({ status, body: { code } });
  });

  it("refuse another customer's method, and one that was detached", async () => {
    const [{ id: customerId }, other] = [await customer(), await customer()];
    const { body: method } = await attach(other.id);
    expect((await pay({ customerId, paymentMethodId: method.id })).body).toMatchObject({
      code: 'payment-method-not-found',
    });
    await bench.call('detachPaymentMethod', { id: other.id, paymentMethodId: method.id });
    expect((await pay({ customerId: other.id, paymentMethodId: method.id })).body).toMatchObject({
      code: 'payment-method-not-found',
    });
  });
});
