import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, startBench } from '../bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench?.stop());

/** A payment that we took for dead, whose payer pays at Stripe after all. */
async function paidLate(captureMethod: 'automatic' | 'manual', given: Bench = bench) {
  const { body } = await given.call('createPayment', { amount: 100, currency: 'usd', captureMethod });
  const stored = await bench.services.store.get(body.id);
  if (stored === undefined) throw new Error('no payment');
  const dead = { ...stored, status: 'failed' as const, reason: 'never_sent', version: stored.version + 1 };
  const change = { before: stored, after: dead };
  await bench.services.store.write({ paymentId: stored.id, change }, {});
  await bench.confirm(body.clientSecret ?? '');
  await given.call('verifyPayment', { id: body.id });
  return body;
}
const get = async (id: string) => (await bench.call('getPayment', { id })).body;
const lateEvent = async (id: string) => {
  const items = (await bench.items(id, 'EVT#')) as unknown as {
    events: { type: string; data: object }[];
  }[];
  return items.flatMap(({ events }) => events).find(({ type }) => type === 'payment.late_success.v1');
};
const due = async () => {
  bench.skip(5 * 60_000);
  await bench.reconcile('due');
};

describe('money that turns up after the end of a payment', () => {
  it('is refunded when it was taken', async () => {
    const { id } = await paidLate('automatic');
    expect(await get(id)).toMatchObject({ status: 'succeeded', flags: ['late_success'] });
    expect(await lateEvent(id)).toMatchObject({ data: { action: 'void_or_refund' } });
    await due();
    expect(await get(id)).toMatchObject({ refundStatus: 'full', refundableMinor: 0 });
    await due();
    const { body } = await bench.call<{ refunds: object[] }>('listRefunds', { id });
    expect(body.refunds).toHaveLength(1);
  });

  it('is released when it was only held', async () => {
    const { id } = await paidLate('manual');
    expect((await get(id)).status).toBe('authorized');
    await due();
    expect(await get(id)).toMatchObject({ status: 'canceled', capturableMinor: 0, capturedMinor: 0 });
  });

  it('is kept when the configuration says so', async () => {
    const keeping = bench.with({ config: { lateSuccess: 'keep' } });
    const { id } = await paidLate('automatic', keeping);
    expect(await lateEvent(id)).toMatchObject({ data: { action: 'none' } });
    await due();
    expect(await get(id)).toMatchObject({ status: 'succeeded', refundStatus: 'none', flags: [] });
  });
});
