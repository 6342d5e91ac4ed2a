import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, startBench } from '../bench.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench?.stop());
afterEach(() => bench.control('DELETE', '/faults'));

const total = { amount: 100, currency: 'usd' };
const card = { confirm: true, paymentMethodId: 'pm_card_visa' };

const get = async (id: string) => (await bench.call('getPayment', { id })).body;
const typesOf = async (id: string) => {
  const items = (await bench.items(id, 'EVT#')) as unknown as {
    events: { type: string; sequence: number }[];
  }[];
  return items.flatMap(({ events }) => events.map(({ type }) => type.replace(/^payment\.|\.v1$/g, '')));
};
/** Lets time pass for us and for Stripe, and runs the schedule once per wait. */
async function wait(...waitsMs: readonly number[]) {
  for (const ms of waitsMs) {
    bench.skip(ms);
    await bench.control('POST', '/clock', { advance: `${ms / 1000}s` });
    await bench.reconcile('due');
  }
}

describe('the look at what is due', () => {
  it('finds what was paid although no webhook came, and tells it in order', async () => {
    const { body } = await bench.call('createPayment', total);
    await bench.confirm(body.clientSecret ?? '');
    expect((await get(body.id)).status).toBe('requires_action');
    await wait(2 * MINUTE);
    expect(await get(body.id)).toMatchObject({ status: 'succeeded', capturedMinor: 10_000 });
    expect(await typesOf(body.id)).toEqual(['created', 'requires_action', 'succeeded']);
    const { body: log } = await bench.call<{ transactions: { cause: object; actor: string }[] }>(
      'listTransactions',
      { id: body.id },
    );
    expect(log.transactions.at(-1)).toMatchObject({
      actor: 'reconciler',
      cause: { kind: 'reconciler', id: expect.stringMatching(/^due:20/) },
    });
  });

  it('settles a create whose answer was lost, without a second charge', async () => {
    await bench.control('POST', '/faults', [
      { method: 'POST', path: '/v1/payment_intents', times: 9, reset: true, after: true },
    ]);
    const { status, body } = await bench.call('createPayment', { ...total, ...card }, { key: randomUUID() });
    expect(status).toBe(202);
    expect(body.operation).toMatchObject({ status: 'in_doubt', nextCheckAt: expect.any(String) });
    await bench.control('DELETE', '/faults');
    await bench.mark();
    await wait(2 * MINUTE);
    expect(await get(body.id)).toMatchObject({ status: 'succeeded', operation: { status: 'succeeded' } });
    const posts = (await bench.requests()).filter(
      ({ method, path }) => method === 'POST' && path.endsWith('intents'),
    );
    expect(new Set(posts.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  });

  it('does not look at what is not due, nor twice', async () => {
    const { body } = await bench.call('createPayment', { ...total, ...card });
    await bench.reconcile('due');
    await bench.mark();
    await bench.reconcile('due');
    expect(await bench.requests()).toEqual([]);
    await wait(DAY + MINUTE);
    const { version } = await get(body.id);
    await bench.mark();
    await wait(DAY, DAY, DAY);
    expect((await bench.requests()).filter(({ path }) => path.includes(body.providerRef ?? ''))).toEqual([]);
    expect((await get(body.id)).version).toBe(version);
  });

  it('cancels at the provider what the payer left unpaid for a day', async () => {
    const { body } = await bench.call('createPayment', total);
    await wait(2 * MINUTE, 6 * MINUTE, 20 * MINUTE, 2 * HOUR, 8 * HOUR);
    expect((await get(body.id)).status).toBe('requires_action');
    await wait(DAY);
    expect(await get(body.id)).toMatchObject({ status: 'canceled', reason: 'abandoned' });
    expect(await typesOf(body.id)).toEqual(['created', 'requires_action', 'canceled']);
    const late = await bench.confirm(body.clientSecret ?? '');
    expect(late.status).toBe(400);
  });

  it('warns once that held money is about to be lost', async () => {
    const { body } = await bench.call('createPayment', { ...total, ...card, captureMethod: 'manual' });
    await wait(DAY, DAY, DAY, DAY, DAY + MINUTE);
    expect((await typesOf(body.id)).filter((type) => type === 'authorization_expiring')).toEqual([]);
    await wait(DAY, HOUR, HOUR);
    expect((await typesOf(body.id)).filter((type) => type === 'authorization_expiring')).toHaveLength(1);
    expect((await get(body.id)).flags).toEqual(['authorization_expiring']);
  });

  it('calls a person when nothing helps, once, and leaves the payment alone then', async () => {
    const { body } = await bench.call('createPayment', { ...total, ...card, captureMethod: 'manual' });
    await bench.control('POST', '/faults', [
      { method: 'POST', path: '/capture', times: 99, status: 500, body: { error: { type: 'api_error' } } },
    ]);
    await bench.call('capturePayment', { id: body.id });
    await bench.control('POST', '/faults', [
      {
        method: 'GET',
        path: body.providerRef,
        times: 999,
        status: 500,
        body: { error: { type: 'api_error' } },
      },
    ]);
    for (let looks = 0; looks < 14; looks += 1) await wait(DAY + HOUR);
    const types = await typesOf(body.id);
    expect(types.filter((type) => type === 'needs_review')).toHaveLength(1);
    expect((await get(body.id)).flags).toContain('needs_review');
    await bench.control('DELETE', '/faults');
    const { body: verified } = await bench.call('verifyPayment', { id: body.id });
    expect(verified.operation).toEqual({ kind: 'capture', status: 'failed' });
  });
});
