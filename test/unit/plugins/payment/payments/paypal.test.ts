import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PayPalBench, startPayPalBench } from '../paypal-bench.ts';

let bench: PayPalBench;
beforeAll(async () => {
  bench = await startPayPalBench();
  await bench.create();
});
afterAll(() => bench?.stop());
beforeEach(() => bench.mark());
afterEach(() => bench.control('/faults', 'DELETE'));

const orderSent = async () => {
  const [request] = (await bench.requests()).filter(({ path }) => path === '/v2/checkout/orders');
  return request;
};

describe('createPayment', () => {
  it('answers 201 with the order and where to approve it, after two database round trips and one call', async () => {
    const { status, body, headers } = await bench.call('createPayment', {
      amount: 100,
      currency: 'usd',
      returnUrl: 'https://shop.example/back',
      description: 'x'.repeat(400),
    });
    expect({ status, body }).toMatchObject({
      status: 201,
      body: {
        status: 'requires_action',
        provider: 'paypal',
        amountMinor: 10_000,
        clientSecret: body.providerRef,
        nextAction: { type: 'redirect', url: expect.stringContaining(body.providerRef ?? '-') },
        operation: { kind: 'create', status: 'succeeded' },
      },
    });
    expect(headers).toMatchObject({ Location: `/payments/${body.id}` });
    expect(bench.databaseCalls()).toBe(2);
    expect(await bench.requests()).toMatchObject([
      {
        method: 'POST',
        path: '/v2/checkout/orders',
        idempotencyKey: expect.stringMatching(/^local-op_[0-9a-z]{26}-create$/),
      },
    ]);
    expect(await bench.stateOf(body)).toMatchObject({ nextAction: body.nextAction });
  });

  it('replays with one database round trip and one read at PayPal', async () => {
    const key = randomUUID();
    const input = { amount: 1, currency: 'eur' };
    const first = await bench.call('createPayment', input, { key });
    await bench.mark();
    const again = await bench.call('createPayment', input, { key });
    expect(again).toMatchObject({
      status: 201,
      body: first.body,
      headers: { 'Idempotent-Replayed': 'true' },
    });
    expect(bench.databaseCalls()).toBe(1);
    expect(await bench.requests()).toMatchObject([{ method: 'GET' }]);
  });

  it.each([
    [{ amount: 500, currency: 'huf' }, 50_000],
    [{ amount: '12', currency: 'TWD' }, 1200],
    [{ amount: 500, currency: 'jpy' }, 500],
    [{ amount: '0.01', currency: 'gbp' }, 1],
  ])('%j reaches PayPal as it is, and comes back as %i minor units', async (input, amountMinor) => {
    const { status, body } = await bench.call('createPayment', input);
    expect({ status, body }).toMatchObject({ status: 201, body: { amountMinor } });
    expect(await orderSent()).toBeDefined();
    expect((await bench.call('verifyPayment', { id: body.id })).body).toMatchObject({
      flags: [],
      amountMinor,
    });
  });

  it.each([
    [{ amount: '10.5', currency: 'huf' }, 'amount-precision'],
    [{ amount: '0.5', currency: 'twd' }, 'amount-precision'],
    [{ amountMinor: 101, currency: 'twd' }, 'amount-precision'],
    [{ amount: '10.5', currency: 'jpy' }, 'amount-precision'],
    [{ amount: '1.001', currency: 'usd' }, 'amount-precision'],
    [{ amount: 1, currency: 'kwd' }, 'currency-unsupported'],
    [{ amount: 1, currency: 'isk' }, 'currency-unsupported'],
    [{ amount: 1, currency: 'inr' }, 'currency-unsupported'],
    [{ amount: 1, currency: 'usd', confirm: true, paymentMethodId: 'pm_x' }, 'capability-unsupported'],
    [{ amount: 1, currency: 'usd', paymentMethodId: 'pm_x' }, 'capability-unsupported'],
    [{ amount: 1, currency: 'usd', provider: 'stripe' }, 'provider-not-configured'],
  ])('refuses %j with 422 %s, and nothing leaves or is stored', async (input, code) => {
    expect(await bench.call('createPayment', input)).toMatchObject({ status: 422, body: { code } });
    expect(await bench.requests()).toEqual([]);
    expect(bench.databaseCalls()).toBe(0);
  });

  it('names the nearest whole amounts', async () => {
    expect((await bench.call('createPayment', { amount: '10.5', currency: 'huf' })).body).toMatchObject({
      nearestAmounts: ['10.00', '11.00'],
    });
  });

  it.each([false, true])('whose answer is lost (PayPal acted: %s) converges to one order', async (after) => {
    const key = randomUUID();
    const input = { amount: 7, currency: 'usd' };
    await bench.control('/faults', 'POST', [
      { method: 'POST', path: '/v2/checkout/orders', times: 20, reset: true, after },
    ]);
    const doubtful = await bench.call('createPayment', input, { key });
    expect(doubtful).toMatchObject({ status: 202, body: { operation: { status: 'in_doubt' } } });
    await bench.control('/faults', 'DELETE');
    const settled = await bench.call('createPayment', input, { key });
    expect(settled).toMatchObject({ status: 201, body: { id: doubtful.body.id, status: 'requires_action' } });
    const sent = (await bench.requests()).filter(({ path }) => path === '/v2/checkout/orders');
    expect(new Set(sent.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  });

  it('with refused credentials is a 503, and the key is free again', async () => {
    const wrong = bench.with({ paypal: { clientSecret: 'wrong' } });
    const key = randomUUID();
    const input = { amount: 7, currency: 'usd' };
    const refused = await wrong.call('createPayment', input, { key });
    expect(refused).toMatchObject({ status: 503, body: { code: 'provider-unavailable' } });
    expect(await wrong.services.health.check()).toMatchObject({
      status: 'unhealthy',
      checks: { paypal: { status: 'unhealthy' } },
    });
    expect((await bench.call('createPayment', input, { key })).status).toBe(201);
    expect(await bench.services.health.check()).toMatchObject({ status: 'healthy' });
  });
});

describe('the connection', () => {
  it('forgets a token request that failed', async () => {
    const fresh = bench.with({});
    await bench.control('/faults', 'POST', [
      { method: 'POST', path: '/v1/oauth2/token', times: 3, status: 500, body: {} },
    ]);
    expect(await fresh.call('createPayment', { amount: 7, currency: 'usd' })).toMatchObject({ status: 202 });
    await bench.control('/faults', 'DELETE');
    expect((await fresh.call('createPayment', { amount: 7, currency: 'usd' })).status).toBe(201);
  });

  it('asks for one token, however many calls begin at once', async () => {
    const fresh = bench.with({});
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => fresh.call('createPayment', { amount: 7, currency: 'usd' })),
    );
    expect(answers.every(({ status }) => status === 201)).toBe(true);
    const tokens = (await bench.requests()).filter(({ path }) => path === '/v1/oauth2/token');
    expect(tokens).toHaveLength(1);
  });

  it('tries again what was rate limited, with the same key', async () => {
    await bench.control('/faults', 'POST', [
      { method: 'POST', path: '/v2/checkout/orders', status: 429, body: { name: 'RATE_LIMIT_REACHED' } },
    ]);
    expect((await bench.call('createPayment', { amount: 7, currency: 'usd' })).status).toBe(201);
    const [limited, accepted] = await bench.requests();
    expect(limited).toMatchObject({ status: 429, idempotencyKey: expect.any(String) });
    expect(accepted).toMatchObject({ status: 201, idempotencyKey: limited?.idempotencyKey });
  });

  it('ends a call in the time that is left, and calls that in doubt', async () => {
    await bench.control('/faults', 'POST', [
      { method: 'POST', path: '/v2/checkout/orders', delayMs: 20_000, after: true },
    ]);
    const late = await bench.call('createPayment', { amount: 7, currency: 'usd' }, { remainingMs: 4_100 });
    expect(late).toMatchObject({ status: 202, body: { operation: { status: 'in_doubt' } } });
  });
});

describe('capturePayment and cancelPayment', () => {
  const held = async () => {
    const payment = await bench.create({ captureMethod: 'manual' });
    await bench.approve(payment);
    expect((await bench.call('verifyPayment', { id: payment.id })).body.status).toBe('authorized');
    await bench.mark();
    return payment;
  };

  it('refuse what the state does not allow', async () => {
    const payment = await bench.create();
    await bench.mark();
    expect(await bench.call('capturePayment', { id: payment.id })).toMatchObject({
      status: 409,
      body: { code: 'invalid-state' },
    });
    const open = await held();
    expect(await bench.call('capturePayment', { id: open.id, amount: 101 })).toMatchObject({
      status: 422,
      body: { code: 'capture-exceeds-authorized' },
    });
    expect(await bench.requests()).toEqual([]);
  });

  it('one of many in parallel gets through', async () => {
    const payment = await held();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        bench.call(index % 2 === 0 ? 'capturePayment' : 'cancelPayment', { id: payment.id }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(7);
    const acts = (await bench.requests()).filter(({ method }) => method === 'POST');
    expect(acts).toHaveLength(1);
  });

  it.each([
    ['capture', false, 'succeeded'],
    ['capture', true, 'succeeded'],
    ['void', false, 'canceled'],
    ['void', true, 'canceled'],
  ])('a %s whose answer is lost (PayPal acted: %s) converges by its key', async (verb, after, status) => {
    const { id } = await held();
    const operation = verb === 'capture' ? 'capturePayment' : 'cancelPayment';
    const key = randomUUID();
    await bench.control('/faults', 'POST', [
      { method: 'POST', path: `/${verb}`, times: 20, reset: true, after },
    ]);
    const doubtful = await bench.call(operation, { id }, { key });
    expect(doubtful).toMatchObject({ status: 202, body: { operation: { status: 'in_doubt' } } });
    await bench.control('/faults', 'DELETE');
    expect(await bench.call(operation, { id }, { key })).toMatchObject({ status: 200, body: { status } });
    expect(await bench.stateOf({ id })).toMatchObject({
      status,
      capturedMinor: verb === 'capture' ? 10_000 : 0,
      operation: { status: 'succeeded' },
    });
  });

  it('a declined capture gives back what it had reserved', async () => {
    const payment = await bench.create({ captureMethod: 'manual' });
    await bench.approve(payment, 'capture-declined');
    await bench.call('verifyPayment', { id: payment.id });
    const declined = await bench.call('capturePayment', { id: payment.id });
    expect(declined).toMatchObject({ status: 402, body: { code: 'payment-declined' } });
    // PayPal gives a capture that it declined no code, and ours is none of the provider's.
    expect(declined.body).not.toHaveProperty('providerCode');
    expect((await bench.call('verifyPayment', { id: payment.id })).body).toMatchObject({
      status: 'authorized',
      capturableMinor: 10_000,
    });
  });

  it('a cancel of an approved payment that nobody captured yet wins', async () => {
    const payment = await bench.create();
    await bench.approve(payment);
    expect(await bench.call('cancelPayment', { id: payment.id })).toMatchObject({
      status: 200,
      body: { status: 'canceled' },
    });
    expect((await bench.call('verifyPayment', { id: payment.id })).body.status).toBe('canceled');
  });
});
