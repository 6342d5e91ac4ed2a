import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, startBench } from '../bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench?.stop());
beforeEach(() => bench.mark());
afterEach(() => bench.control('DELETE', '/faults'));

const usd = (amount: unknown = 100) => ({ amount, currency: 'usd' });

describe('createPayment', () => {
  it('answers 201 with a client secret after two database round trips and one provider call', async () => {
    const { status, body, headers } = await bench.call('createPayment', usd());
    expect(status).toBe(201);
    expect(body).toMatchObject({
      status: 'requires_action',
      amount: 100,
      amountMinor: 10_000,
      currency: 'usd',
      provider: 'stripe',
      operation: { kind: 'create', status: 'succeeded' },
      version: 2,
      captureMethod: 'automatic',
    });
    expect(body.clientSecret).toMatch(/_secret_/);
    expect(headers).toMatchObject({ Location: `/payments/${body.id}` });
    expect(bench.databaseCalls()).toBe(2);
    const requests = await bench.requests();
    expect(requests).toHaveLength(1);
    expect(requests[0]?.idempotencyKey).toMatch(/^local-op_[0-9a-z]{26}-create$/);
  });

  it('measures each call of the provider by its name and outcome', async () => {
    const before = bench.logs.length;
    await bench.call('createPayment', usd());
    await bench.control('POST', '/faults', [{ path: '/payment_intents', status: 402, times: 1 }]);
    await bench.call('createPayment', usd());
    const measured = bench.logs.slice(before).filter(({ level }) => level === 'metric');
    expect(measured.map(({ message, fields }) => [message, fields])).toEqual([
      [
        'payment.provider.duration',
        { by: { provider: 'stripe' }, fields: { call: 'create', outcome: 'ok' } },
      ],
      [
        'payment.provider.duration',
        { by: { provider: 'stripe' }, fields: { call: 'create', outcome: expect.stringMatching(/^(?!ok)/) } },
      ],
    ]);
  });

  it('never stores, logs or publishes the client secret', async () => {
    const { body } = await bench.call('createPayment', usd(), { key: randomUUID() });
    const stored = JSON.stringify(await bench.items(body.id, ''));
    expect(stored).toContain(body.providerRef);
    expect(stored).not.toContain('_secret_');
    expect(JSON.stringify(bench.logs)).not.toContain('_secret_');
  });

  it('replays with one database round trip and one read at the provider', async () => {
    const key = randomUUID();
    const first = await bench.call('createPayment', usd(), { key });
    await bench.mark();
    const again = await bench.call('createPayment', usd(), { key });
    expect(again).toMatchObject({
      status: 201,
      body: first.body,
      headers: { 'Idempotent-Replayed': 'true' },
    });
    expect(bench.databaseCalls()).toBe(1);
    expect(await bench.requests()).toMatchObject([{ method: 'GET' }]);
    const other = await bench.call('createPayment', usd(101), { key });
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
    const someoneElse = await bench.call('createPayment', usd(), { key, subject: 'other' });
    expect(someoneElse.body.id).not.toBe(first.body.id);
  });

  it('makes one payment and one PaymentIntent of twenty parallel calls with one key', async () => {
    const key = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => bench.call('createPayment', usd(12), { key })),
    );
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
    const created = answers.filter(({ status }) => status === 201);
    expect(new Set(created.map(({ body }) => body.id)).size).toBe(1);
    for (const { status, body, headers } of answers) {
      if (status === 409)
        expect({ body, headers }).toMatchObject({
          body: { code: 'idempotency-in-progress' },
          headers: { 'Retry-After': '1' },
        });
    }
    expect((await bench.requests()).filter(({ method }) => method === 'POST')).toHaveLength(1);
    expect((await bench.call('createPayment', usd(12), { key })).body.id).toBe(created[0]?.body.id);
  });

  it('confirms on the server, with automatic and with manual capture', async () => {
    const card = { paymentMethodId: 'pm_card_visa', confirm: true };
    const paid = await bench.call('createPayment', { ...usd(), ...card });
    expect(paid).toMatchObject({
      status: 201,
      body: { status: 'succeeded', capturedMinor: 10_000, clientSecret: null },
    });
    const held = await bench.call('createPayment', { ...usd(), ...card, captureMethod: 'manual' });
    expect(held.body).toMatchObject({ status: 'authorized', capturableMinor: 10_000, capturedMinor: 0 });
  });

  it('shows what the payer has to do, and keeps only its type', async () => {
    const { body } = await bench.call('createPayment', {
      ...usd(),
      paymentMethodId: 'pm_card_authenticationRequired',
      confirm: true,
      returnUrl: 'https://shop.example/back',
    });
    expect(body).toMatchObject({ status: 'requires_action', nextAction: { type: 'redirect_to_url' } });
    expect(body.nextAction?.url).toMatch(/^https?:/);
    expect((await bench.call('getPayment', { id: body.id })).body.nextAction).toEqual({
      type: 'redirect_to_url',
    });
  });

  it('stores a decline: 402 with the reason, again for the same key', async () => {
    const key = randomUUID();
    const input = {
      ...usd(),
      paymentMethodId: 'pm_card_visa_chargeDeclinedInsufficientFunds',
      confirm: true,
      orderReference: randomUUID(),
    };
    const declined = await bench.call<{ paymentId: string }>('createPayment', input, { key });
    expect(declined).toMatchObject({
      status: 402,
      body: {
        code: 'payment-declined',
        declineCode: 'insufficient_funds',
        paymentId: expect.stringMatching(/^pay_/),
      },
    });
    const payment = await bench.call('getPayment', { id: declined.body.paymentId });
    expect(payment.body).toMatchObject({ status: 'failed', failure: { declineCode: 'insufficient_funds' } });
    await bench.mark();
    const again = await bench.call('createPayment', input, { key });
    expect(again).toMatchObject({
      status: 402,
      body: declined.body,
      headers: { 'Idempotent-Replayed': 'true' },
    });
    expect(await bench.requests()).toEqual([]);
    const events = (await bench.items(declined.body.paymentId, 'EVT#')) as unknown as {
      events: { type: string }[];
    }[];
    expect(events.flatMap((item) => item.events.map(({ type }) => type))).toEqual([
      'payment.created.v1',
      'payment.failed.v1',
    ]);
    expect((await bench.call('createPayment', { ...input, paymentMethodId: 'pm_card_visa' })).status).toBe(
      201,
    );
  });

  it('allows one live payment per order reference', async () => {
    const orderReference = randomUUID();
    const first = await bench.call('createPayment', { ...usd(), orderReference });
    const second = await bench.call('createPayment', { ...usd(), orderReference });
    expect(second).toMatchObject({
      status: 409,
      body: { code: 'order-reference-in-use', paymentId: first.body.id },
    });
    await bench.call('cancelPayment', { id: first.body.id });
    expect((await bench.call('createPayment', { ...usd(), orderReference })).status).toBe(201);
  });

  it.each([
    [{ amount: 'abc', currency: 'usd' }, 400, 'invalid-request'],
    [{ amount: -1, currency: 'usd' }, 400, 'invalid-request'],
    [{ amount: 0, currency: 'usd' }, 400, 'invalid-request'],
    [{ amount: 1e21, currency: 'usd' }, 422, 'limit-exceeded'],
    [{ amount: 1e-7, currency: 'usd' }, 422, 'amount-precision'],
    [{ amount: '1e2', currency: 'usd' }, 400, 'invalid-request'],
    [{ amount: Number.NaN, currency: 'usd' }, 400, 'invalid-request'],
    [{ amount: null, currency: 'usd' }, 400, 'invalid-request'],
    [{ amount: true, currency: 'usd' }, 400, 'invalid-request'],
    [{ amount: '', currency: 'usd' }, 400, 'invalid-request'],
    [{ amount: ' 1', currency: 'usd' }, 400, 'invalid-request'],
    [{ currency: 'usd' }, 400, 'invalid-request'],
    [{ amount: 1, amountMinor: 100, currency: 'usd' }, 400, 'invalid-request'],
    [{ amountMinor: 1.5, currency: 'usd' }, 400, 'invalid-request'],
    [{ amountMinor: 0, currency: 'usd' }, 400, 'invalid-request'],
    [{ amount: 1, currency: 'us' }, 400, 'invalid-request'],
    [{ amount: 1, currency: 'usd', provider: 'paypal' }, 422, 'provider-not-configured'],
    [{ amount: 1, currency: 'usd', provider: 'acme' }, 400, 'invalid-request'],
    [{ amount: 1, currency: 'usd', confirm: true }, 400, 'invalid-request'],
    [{ amount: 1, currency: 'usd', metadata: { payment_id: 'x' } }, 400, 'invalid-request'],
    [{ amount: 1, currency: 'usd', metadata: { note: '4242-4242 4242.4242' } }, 400, 'card-data-refused'],
    [
      { amount: 1, currency: 'usd', description: 'pay with 378282246310005 please' },
      400,
      'card-data-refused',
    ],
    [{ amount: 1, currency: 'usd', description: 'half a \ud83d' }, 400, 'invalid-request'],
    [{ amount: 1, currency: 'usd', orderReference: '\udc00' }, 400, 'invalid-request'],
    [{ amount: 1, currency: 'usd', metadata: { note: '\ud83d' } }, 400, 'invalid-request'],
    [{ amount: 0.001, currency: 'usd' }, 422, 'amount-precision'],
    [{ amount: '100.5', currency: 'jpy' }, 422, 'amount-precision'],
    [{ amount: 5.124, currency: 'kwd' }, 422, 'amount-precision'],
    [{ amount: 10.5, currency: 'mga' }, 422, 'amount-precision'],
    [{ amount: 1, currency: 'zzz' }, 422, 'currency-unsupported'],
    [{ amount: 1, currency: 'iqd' }, 422, 'currency-unsupported'],
    [{ amount: '10000000000.00', currency: 'usd' }, 422, 'limit-exceeded'],
  ])('refuses %j with %i %s, and nothing leaves or is stored', async (input, status, code) => {
    const answer = await bench.call('createPayment', input, { key: randomUUID() });
    expect(answer).toMatchObject({ status, body: { code } });
    expect(await bench.requests()).toEqual([]);
    // What fits the schema may have been asked for before, under this key.
    expect(bench.databaseCalls()).toBeLessThanOrEqual(1);
    expect(JSON.stringify(bench.logs)).not.toMatch(/4242|3782/);
  });

  it('names the nearest amounts, and takes amounts that fit as number or text', async () => {
    const imprecise = await bench.call('createPayment', { amount: 5.124, currency: 'KWD' });
    expect(imprecise.body).toMatchObject({ nearestAmounts: ['5.120', '5.130'] });
    expect((await bench.call('createPayment', { amount: '5.12', currency: 'KWD' })).body).toMatchObject({
      amount: 5.12,
      amountMinor: 5120,
      currency: 'kwd',
    });
    expect((await bench.call('createPayment', { amount: 100, currency: 'isk' })).body.amountMinor).toBe(100);
    expect((await bench.call('createPayment', { amountMinor: 500, currency: 'jpy' })).body.amount).toBe(500);
  });

  it('hands on the minimum of the provider as limit-exceeded, and names what is possible', async () => {
    const key = randomUUID();
    for (let i = 0; i < 2; i += 1)
      expect(await bench.call('createPayment', usd('0.01'), { key })).toMatchObject({
        status: 422,
        body: {
          code: 'limit-exceeded',
          providerCode: 'amount_too_small',
          limit: 'minAmount',
          currency: 'usd',
          minAmount: '0.50',
          minAmountMinor: 50,
          maxAmount: '999999.99',
          maxAmountMinor: 99_999_999,
        },
      });
  });

  it.each([
    ['idr', '1000000', 100_000_000],
    ['idr', '9999999999.99', 999_999_999_999],
    ['usd', '999999.99', 99_999_999],
    ['jpy', '99999999', 99_999_999],
    ['isk', '999999', 999_999],
    ['kwd', '99999.99', 99_999_990],
  ])('takes as many digits as Stripe does: %s %s', async (currency, amount, amountMinor) => {
    const { status, body } = await bench.call('createPayment', { amount, currency });
    expect({ status, body }).toMatchObject({ status: 201, body: { amountMinor } });
  });

  it.each([
    ['usd', '1000000', '999999.99'],
    ['jpy', '100000000', '99999999'],
    ['isk', '1000000', '999999'],
    ['kwd', '100000', '99999.990'],
    ['idr', '10000000000', '9999999999.99'],
    ['eur', '99999999999999999', '999999.99'],
  ])(
    'refuses more of %s before anything leaves, with the largest amount: %s',
    async (currency, amount, max) => {
      await bench.mark();
      expect(await bench.call('createPayment', { amount, currency })).toMatchObject({
        status: 422,
        body: { code: 'limit-exceeded', limit: 'maxAmount', maxAmount: max, minAmount: expect.any(String) },
      });
      expect(await bench.requests()).toEqual([]);
      expect(bench.databaseCalls()).toBe(0);
    },
  );

  it('names the narrower of what Stripe and the configuration allow', async () => {
    const limited = bench.with({ config: { limits: { minAmount: '0.10', maxAmount: 100 } } });
    const range = { minAmount: '0.50', maxAmount: '100.00' };
    for (const [amount, limit] of [
      ['0.05', 'minAmount'],
      ['0.20', 'minAmount'],
      ['100.01', 'maxAmount'],
      ['1000000', 'maxAmount'],
    ])
      expect(await limited.call('createPayment', usd(String(amount)))).toMatchObject({
        status: 422,
        body: { code: 'limit-exceeded', limit, ...range },
      });
  });

  it('does not begin what it has no time to finish', async () => {
    const answer = await bench.call('createPayment', usd(), { remainingMs: 3_000 });
    expect(answer).toMatchObject({ status: 503, body: { code: 'provider-unavailable' } });
    expect(bench.databaseCalls()).toBe(0);
  });

  it('lets a refused key be used again after credentials or rate limits are repaired', async () => {
    for (const status of [401, 429]) {
      const key = randomUUID();
      const type = status === 401 ? 'invalid_request_error' : 'rate_limit_error';
      const fault = {
        method: 'POST',
        path: '/v1/payment_intents',
        times: 10,
        status,
        body: { error: { type } },
      };
      await bench.control('POST', '/faults', [fault]);
      const refused = await bench.call('createPayment', usd(), { key, remainingMs: 6_000 });
      expect(refused).toMatchObject({ status: 503, body: { code: 'provider-unavailable' } });
      await bench.control('DELETE', '/faults');
      expect((await bench.call('createPayment', usd(), { key })).status).toBe(201);
    }
  });

  it('can demand a key', async () => {
    const strict = bench.with({ config: { idempotency: { required: true } } });
    expect(await strict.call('createPayment', usd())).toMatchObject({
      body: { code: 'idempotency-key-missing' },
    });
  });
});
