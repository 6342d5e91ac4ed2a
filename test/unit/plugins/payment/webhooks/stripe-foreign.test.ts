import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Bench, intentObject, startBench } from '../bench.ts';

const NOBODY = 'http://127.0.0.1:1';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench?.stop());

it('an event of Stripe about a payment of another provider is ignored', async () => {
  const paypal = { clientId: 'a', clientSecret: 'b', webhookId: 'c', apiBase: NOBODY };
  const both = bench.with({ config: { ...bench.services.config, paypal } });
  const input = { amount: 5, currency: 'usd', provider: 'paypal' };
  const { status, body: payment } = await both.call('createPayment', input);
  expect([status, payment.provider, payment.providerRef]).toEqual([202, 'paypal', null]);
  await bench.mark();
  const event = bench.event('payment_intent.succeeded', { ...intentObject(payment), id: 'pi_other' });
  expect(await both.deliver(event)).toMatchObject({ outcome: 'ignored' });
  expect(await bench.requests()).toEqual([]);
  expect((await bench.call('getPayment', { id: payment.id })).body.version).toBe(payment.version);
});
