import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PaymentView } from '../../../../../plugins/payment/api/schemas.ts';
import { type Bench, startBench } from '../bench.ts';
import type { Answer } from '../plugin-under-test.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench?.stop());

const usd = { amount: 10, currency: 'usd' };
const paid = { ...usd, confirm: true, paymentMethodId: 'pm_card_visa' };
const paypal = { clientId: 'client', clientSecret: 'secret', mode: 'sandbox', webhookId: 'WH-1' };
const off = { payments: false, refunds: false, subscriptions: false };
const replayed = { headers: { 'Idempotent-Replayed': 'true' } };

const NO_TIME = 'no time is left';
const NOT_USED = 'the provider is not used any more';
const outOfTime = () => bench.with({ remainingMs: () => 1000 });
const withoutStripe = () => bench.with({ config: { defaultProvider: 'paypal', stripe: undefined, paypal } });

/** What may have changed between a call and its byte-identical retry. */
const changes: readonly [string, () => Bench][] = [
  ['the default provider is another', () => bench.with({ config: { defaultProvider: 'paypal', paypal } })],
  [NOT_USED, withoutStripe],
  ['a limit is lower', () => bench.with({ config: { limits: { maxAmount: 1 } } })],
  ['features are off', () => bench.with({ config: { features: off } })],
  ['the provider is switched off', () => bench.with({ config: { features: { stripe: false } } })],
  [NO_TIME, outOfTime],
];

describe.each(changes)('a retry, byte by byte, when %s', (_, later) => {
  it('gets the stored answer of the payment', async () => {
    const key = randomUUID();
    const first = await bench.call('createPayment', paid, { key });
    expect(first.status).toBe(201);
    const again = await later().call('createPayment', paid, { key });
    expect(again).toMatchObject({
      status: 201,
      body: { id: first.body.id, status: 'succeeded' },
      ...replayed,
    });
  });

  it('gets the stored refusal', async () => {
    const key = randomUUID();
    const declined = { ...paid, paymentMethodId: 'pm_card_visa_chargeDeclined' };
    const first = await bench.call('createPayment', declined, { key });
    expect(first).toMatchObject({ status: 402, body: { code: 'payment-declined' } });
    expect(first.headers).not.toHaveProperty('Idempotent-Replayed');
    const again = await later().call('createPayment', declined, { key });
    expect(again).toMatchObject({ status: 402, body: { code: 'payment-declined' }, ...replayed });
  });

  it('gets the stored answers of capture, cancel and refund', async () => {
    const held = await bench.call('createPayment', { ...paid, captureMethod: 'manual' });
    const open = await bench.call('createPayment', usd);
    for (const [operation, input] of [
      ['capturePayment', { id: held.body.id }],
      ['createRefund', { id: held.body.id, amount: 1 }],
      ['cancelPayment', { id: open.body.id }],
    ] as const) {
      const key = randomUUID();
      const first = await bench.call(operation, input, { key });
      expect(first.status).toBeLessThan(202);
      expect(await later().call(operation, input, { key })).toMatchObject({
        status: first.status,
        body: first.body,
        ...replayed,
      });
    }
  });

  it('gets the stored answers of customer, method and subscription', async () => {
    const customerKey = randomUUID();
    const given = { name: 'Ada' };
    const customer = await bench.call('createCustomer', given, { key: customerKey });
    const id = customer.body.id;
    const methodKey = randomUUID();
    const method = await bench.call(
      'attachPaymentMethod',
      { id, paymentMethodId: 'pm_card_visa' },
      { key: methodKey },
    );
    expect([customer.status, method.status]).toEqual([201, 201]);
    const retry = later();
    expect(await retry.call('createCustomer', given, { key: customerKey })).toMatchObject({
      status: 201,
      body: { id },
      ...replayed,
    });
    expect(
      await retry.call('attachPaymentMethod', { id, paymentMethodId: 'pm_card_visa' }, { key: methodKey }),
    ).toMatchObject({ status: 201, body: { id: method.body.id }, ...replayed });
  });

  it('of a key that is new is refused, or goes on, as things are now', async () => {
    const { status, headers } = await later().call('createPayment', paid, { key: randomUUID() });
    expect(headers).not.toHaveProperty('Idempotent-Replayed');
    expect([422, 503]).toContain(status);
  });
});

it('costs a refusal one read, and what goes well none', async () => {
  await bench.mark();
  await bench.with({ config: { limits: { maxAmount: 1 } } }).call('createPayment', usd);
  const withoutKey = bench.databaseCalls();
  await bench.mark();
  await bench
    .with({ config: { limits: { maxAmount: 1 } } })
    .call('createPayment', usd, { key: randomUUID() });
  expect(bench.databaseCalls() - withoutKey).toBe(1);
  await bench.mark();
  await bench.call('createPayment', usd, { key: randomUUID() });
  expect(bench.databaseCalls()).toBe(2);
});

describe('a retry of a create whose payer still has to pay', () => {
  const created = async () => {
    const key = randomUUID();
    return { key, first: await bench.call('createPayment', usd, { key }) };
  };
  const isUsed = changes.filter(([name]) => name !== NO_TIME && name !== NOT_USED);

  it.each(isUsed)('gets the client secret when %s', async (_, later) => {
    const { key, first } = await created();
    const again = await later().call('createPayment', usd, { key });
    expect(again).toMatchObject({ status: 201, body: first.body, ...replayed });
    expect(again.body.clientSecret).toMatch(/_secret_/);
  });

  it('gets none when the provider is not used any more', async () => {
    const { key, first } = await created();
    const again = await withoutStripe().call('createPayment', usd, { key });
    expect(again).toMatchObject({ status: 201, body: { ...first.body, clientSecret: null }, ...replayed });
  });

  it('gets none when the provider no longer has the object', async () => {
    const { key, first } = await created();
    const gone = { error: { type: 'invalid_request_error', code: 'resource_missing' } };
    await bench.control('POST', '/faults', [
      { method: 'GET', path: '/payment_intents', status: 404, times: 9, body: gone },
    ]);
    const again = await bench.call('createPayment', usd, { key });
    await bench.control('DELETE', '/faults');
    expect(again).toMatchObject({ status: 201, body: { ...first.body, clientSecret: null }, ...replayed });
  });

  it.each<[string, (key: string) => Promise<Answer<PaymentView>>]>([
    [NO_TIME, (key) => outOfTime().call('createPayment', usd, { key })],
    [
      'the provider fails',
      async (key) => {
        await bench.control('POST', '/faults', [
          { method: 'GET', path: '/payment_intents', status: 500, times: 9 },
        ]);
        const failed = await bench.call('createPayment', usd, { key });
        await bench.control('DELETE', '/faults');
        return failed;
      },
    ],
  ])('is told to come again when %s, and gets it then', async (_, retry) => {
    const { key, first } = await created();
    expect(await retry(key)).toMatchObject({
      status: 503,
      body: { code: 'provider-unavailable' },
      headers: { 'Retry-After': '5' },
    });
    const again = await bench.call('createPayment', usd, { key });
    expect(again).toMatchObject({ status: 201, body: first.body, ...replayed });
  });
});
