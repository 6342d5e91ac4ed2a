import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, startBench } from '../bench.ts';

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

/** What may have changed between a call and its byte-identical retry. */
const changes: readonly [string, () => Bench][] = [
  ['the default provider is another', () => bench.with({ config: { defaultProvider: 'paypal', paypal } })],
  [
    'the provider is not used any more',
    () => bench.with({ config: { defaultProvider: 'paypal', stripe: undefined, paypal } }),
  ],
  ['a limit is lower', () => bench.with({ config: { limits: { maxAmount: 1 } } })],
  ['features are off', () => bench.with({ config: { features: off } })],
  ['the provider is switched off', () => bench.with({ config: { features: { stripe: false } } })],
  ['no time is left', () => bench.with({ remainingMs: () => 1000 })],
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

  it('gets the stored answer of a payment that waits for its payer', async () => {
    const key = randomUUID();
    const first = await bench.call('createPayment', usd, { key });
    const again = await later().call('createPayment', usd, { key });
    expect(again).toMatchObject({
      status: 201,
      body: { id: first.body.id, status: 'requires_action' },
      ...replayed,
    });
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
