import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type PayPalBench, startPayPalBench } from '../paypal-bench.ts';

let bench: PayPalBench;
beforeAll(async () => {
  bench = await startPayPalBench();
});
afterAll(() => bench?.stop());
afterEach(() => bench.control('/faults', 'DELETE'));

const lostThen = (path: string, status: number) =>
  bench.control('/faults', 'POST', [
    { method: 'POST', path, reset: true, after: true },
    { method: 'POST', path, times: 20, status, body: { name: 'REFUSED' } },
  ]);

const captures = async () =>
  (await bench.requests()).filter(({ method, path }) => method === 'POST' && path.endsWith('/capture'));

describe.each([429, 401])('a PayPal call whose answer was lost, and whose repetition gets %i,', (status) => {
  it('is in doubt, and the same key finds what was made', async () => {
    const key = randomUUID();
    await lostThen('/v2/checkout/orders', status);
    const input = { amount: 7, currency: 'usd' };
    const answer = await bench.call('createPayment', input, { key });
    expect(answer).toMatchObject({ status: 202, body: { operation: { status: 'in_doubt' } } });
    await bench.control('/faults', 'DELETE');
    expect(await bench.call('createPayment', input, { key })).toMatchObject({
      status: 201,
      body: { id: answer.body.id, status: 'requires_action' },
    });
  });

  it('leaves an approval in doubt, and its redelivery captures with the same key', async () => {
    const payment = await bench.create();
    await bench.approve(payment);
    await bench.mark();
    await lostThen('/capture', status);
    const event = bench.event('CHECKOUT.ORDER.APPROVED', payment);
    await expect(bench.deliver(event)).rejects.toMatchObject({ status: 503 });
    expect(await bench.stateOf(payment)).toMatchObject({
      status: 'approved',
      operation: { kind: 'capture', status: 'in_doubt' },
    });
    await bench.control('/faults', 'DELETE');
    await bench.deliver(event);
    expect(await bench.stateOf(payment)).toMatchObject({ status: 'succeeded' });
    expect(new Set((await captures()).map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  });
});
