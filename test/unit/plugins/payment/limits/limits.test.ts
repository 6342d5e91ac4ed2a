import { randomUUID } from 'node:crypto';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, intentObject, startBench } from '../bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench?.stop());

const usd = (amount: unknown) => ({ amount, currency: 'usd' });
const paid = { confirm: true, paymentMethodId: 'pm_card_visa' };
const ruled = (limits: object, features: object = {}) => bench.with({ config: { limits, features } });

/** The counter of a tenant and day, as it stands in the table. */
async function counter(tenant: string, scope = 'tenant', currency = 'usd') {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  const Key = { PK: `LIM#${tenant}#${scope}#${currency}#${day}`, SK: 'LIM' };
  const { Item } = await bench.dynamo.documents.send(new GetCommand({ TableName: bench.table, Key }));
  return Item && { used: Item['used'], n: Item['n'] };
}

describe('the smallest and the largest amount', () => {
  it('refuses what is outside: nothing is sent, and nothing written but a notice each', async () => {
    const rules = ruled({ minAmount: 1, maxAmount: '50.50', currencies: { jpy: { maxAmount: 700 } } });
    await bench.mark();
    expect(await rules.call('createPayment', usd('0.99'))).toMatchObject({
      status: 422,
      body: { code: 'limit-exceeded', limit: 'minAmount', capMinor: 100 },
    });
    expect(await rules.call('createPayment', usd('50.51'))).toMatchObject({
      status: 422,
      body: { code: 'limit-exceeded', limit: 'maxAmount', capMinor: 5050 },
    });
    expect(await rules.call('createPayment', { amount: 701, currency: 'JPY' })).toMatchObject({
      status: 422,
      body: { limit: 'maxAmount', capMinor: 700 },
    });
    expect(bench.databaseCalls()).toBe(3);
    expect(await bench.requests()).toEqual([]);
    expect((await rules.call('createPayment', usd('50.50'))).status).toBe(201);
    expect((await rules.call('createPayment', { amount: 700, currency: 'JPY' })).status).toBe(201);
  });

  it('rounds what a currency cannot represent to the strict side', async () => {
    const rules = ruled({ minAmount: '60.5', maxAmount: '70.5' });
    const yen = async (amount: number) =>
      (await rules.call('createPayment', { amount, currency: 'jpy' })).status;
    expect([await yen(60), await yen(61), await yen(70), await yen(71)]).toEqual([422, 201, 201, 422]);
  });
});

describe('the daily allowance', () => {
  it('lets exactly six of ten parallel payments of 150 through a limit of 1000', async () => {
    const tenant = `t-${randomUUID()}`;
    const rules = ruled({ dailyLimit: 1000 });
    await bench.mark();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => rules.call('createPayment', usd(150), { tenant, key: randomUUID() })),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(6);
    expect(statuses.filter((status) => status === 422)).toHaveLength(4);
    expect(answers.find(({ status }) => status === 422)?.body).toMatchObject({
      code: 'limit-exceeded',
      limit: 'dailyLimit',
      scope: 'tenant',
      capMinor: 100_000,
      usedMinor: 90_000,
    });
    expect(await bench.requests()).toHaveLength(6);
    expect(await counter(tenant)).toEqual({ used: 90_000, n: 6 });
  });

  it('counts payments too, and never one currency with another', async () => {
    const tenant = `t-${randomUUID()}`;
    const rules = ruled({ dailyCount: 1, dailyLimit: 500 });
    const create = (currency: string, amount = 100) =>
      rules.call('createPayment', { amount, currency }, { tenant });
    expect((await create('usd')).status).toBe(201);
    expect((await create('eur')).status).toBe(201);
    expect(await create('usd')).toMatchObject({
      status: 422,
      body: { limit: 'dailyCount', count: 1, cap: 1 },
    });
    expect(await create('gbp', 501)).toMatchObject({
      status: 422,
      body: { limit: 'dailyLimit', usedMinor: 0 },
    });
  });

  it('gives back once what a canceled, declined or partly captured payment does not take', async () => {
    const tenant = `t-${randomUUID()}`;
    const rules = ruled({ dailyLimit: 1000 });
    const call = <T>(name: string, input: unknown) => rules.call<T>(name, input, { tenant });
    const { body: held } = await rules.call(
      'createPayment',
      { ...usd(400), ...paid, captureMethod: 'manual' },
      { tenant },
    );
    const { body: open } = await rules.call('createPayment', usd(100), { tenant });
    await call('createPayment', { ...usd(200), ...paid, paymentMethodId: 'pm_card_visa_chargeDeclined' });
    expect(await counter(tenant)).toEqual({ used: 50_000, n: 2 });

    await call('cancelPayment', { id: open.id });
    await bench.deliver(bench.event('payment_intent.canceled', intentObject(open)));
    expect(await counter(tenant)).toEqual({ used: 40_000, n: 1 });

    await call('capturePayment', { id: held.id, amount: 150 });
    await bench.deliver(bench.event('payment_intent.succeeded', intentObject(held)));
    expect(await counter(tenant)).toEqual({ used: 15_000, n: 1 });
  });

  it('keeps the reservation of a payment whose outcome is unknown', async () => {
    const tenant = `t-${randomUUID()}`;
    const rules = ruled({ dailyLimit: 1000 });
    await bench.control('POST', '/faults', [
      { method: 'POST', path: '/v1/payment_intents', times: 9, reset: true, after: true },
    ]);
    const key = randomUUID();
    const { status, body } = await rules.call('createPayment', usd(300), { tenant, key });
    await bench.control('DELETE', '/faults');
    expect(status).toBe(202);
    expect(await counter(tenant)).toEqual({ used: 30_000, n: 1 });
    expect((await rules.call('createPayment', usd(300), { tenant, key })).body.id).toBe(body.id);
    expect(await counter(tenant)).toEqual({ used: 30_000, n: 1 });
  });

  it('replays a call under its key although the allowance is used up or lowered since', async () => {
    const tenant = `t-${randomUUID()}`;
    const key = randomUUID();
    const first = await ruled({ dailyLimit: 100 }).call('createPayment', usd(100), { tenant, key });
    for (const [limits, features] of [
      [{ dailyLimit: 100 }, {}],
      [{ dailyLimit: 10, maxAmount: 10 }, {}],
      [{}, { payments: false }],
    ] as const) {
      const again = await ruled(limits, features).call('createPayment', usd(100), { tenant, key });
      expect(again).toMatchObject({ status: 201, headers: { 'Idempotent-Replayed': 'true' } });
      expect(again.body.id).toBe(first.body.id);
    }
  });
});

describe('features', () => {
  it('switches off what is begun, and leaves what exists alone', async () => {
    const { body } = await bench.call('createPayment', { ...usd(20), ...paid, captureMethod: 'manual' });
    const off = ruled({}, { payments: false });
    expect(await off.call('createPayment', usd(20))).toMatchObject({
      status: 503,
      body: { code: 'feature-disabled', feature: 'payments' },
      headers: { 'Retry-After': '60' },
    });
    expect((await off.call('capturePayment', { id: body.id, amount: 5 })).status).toBe(200);
    expect((await off.call('verifyPayment', { id: body.id })).status).toBe(200);
  });

  it('switches off one provider for new payments', async () => {
    const off = ruled({}, { stripe: false });
    expect(await off.call('createPayment', usd(20))).toMatchObject({
      status: 503,
      body: { feature: 'stripe' },
    });
  });
});
