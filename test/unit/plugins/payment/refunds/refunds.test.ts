import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RefundView } from '../../../../../plugins/payment/refunds/refund-schema.ts';
import type { PaymentView } from '../../../../../plugins/payment/api/schemas.ts';
import { type Bench, startBench } from '../bench.ts';
import type { CallOptions } from '../plugin-under-test.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench?.stop());
afterEach(() => bench.control('DELETE', '/faults'));

const paid = { amount: 100, currency: 'usd', confirm: true, paymentMethodId: 'pm_card_visa' };
const pay = async (more: object = {}) => (await bench.call('createPayment', { ...paid, ...more })).body;
const get = async ({ id }: { id: string }) => (await bench.call('getPayment', { id })).body;
const refund = ({ id }: { id: string }, more: object = {}, options?: CallOptions) =>
  bench.call<RefundView>('createRefund', { id, ...more }, options);
const refundsOf = async ({ id }: { id: string }) =>
  (await bench.call<{ refunds: RefundView[] }>('listRefunds', { id })).body.refunds;
const atStripe = async (payment: PaymentView) => {
  const { data } = (await (
    await fetch(`${bench.sandbox.url}/v1/refunds?payment_intent=${payment.providerRef}&limit=100`, {
      headers: { authorization: 'Bearer sk_test_bench' },
    })
  ).json()) as { data: { id: string; amount: number; status: string; metadata: Record<string, string> }[] };
  return data;
};
const eventsOf = async ({ id }: { id: string }) => {
  const items = (await bench.items(id, 'EVT#')) as unknown as {
    events: { type: string; sequence: number; data: Record<string, unknown> }[];
  }[];
  return items.flatMap(({ events }) => events);
};
/** Holds at every moment: what is left, on its way, back and lost come to what was captured. */
async function expectWhole(payment: PaymentView) {
  const [item] = (await bench.items(payment.id, 'PAY')) as unknown as Record<string, number>[];
  const { refundableMinor = 0, refundPendingMinor = 0, refundedMinor = 0, lostMinor = 0 } = item ?? {};
  expect(refundableMinor + refundPendingMinor + refundedMinor + lostMinor).toBe(item?.['capturedMinor']);
}

describe('createRefund', () => {
  it('gives back in parts until nothing is left', async () => {
    const payment = await pay();
    await bench.mark();
    const first = await refund(payment, { amount: '30.50', reason: 'requested_by_customer' });
    expect(first).toMatchObject({
      status: 201,
      body: {
        status: 'succeeded',
        amount: 30.5,
        amountMinor: 3050,
        refundedMinor: 3050,
        currency: 'usd',
        origin: 'api',
        reason: 'requested_by_customer',
        providerRefs: [expect.stringMatching(/^re_/)],
      },
    });
    expect(bench.databaseCalls()).toBe(3);
    expect(await bench.requests()).toHaveLength(1);
    expect(await get(payment)).toMatchObject({
      status: 'succeeded',
      refundableMinor: 6950,
      refundedMinor: 3050,
      refundStatus: 'partial',
    });
    expect((await refund(payment)).body).toMatchObject({ amountMinor: 6950, status: 'succeeded' });
    expect(await get(payment)).toMatchObject({ refundableMinor: 0, refundStatus: 'full' });
    expect(await refund(payment)).toMatchObject({
      status: 422,
      body: { code: 'refund-exceeds-remaining', refundableMinor: 0 },
    });
    expect(await refundsOf(payment)).toMatchObject([{ amountMinor: 3050 }, { amountMinor: 6950 }]);
    const told = (await eventsOf(payment)).filter(({ type }) => type.startsWith('refund.'));
    expect(told.map(({ type }) => type)).toEqual(['refund.succeeded.v1', 'refund.succeeded.v1']);
    expect(told[1]?.data).toMatchObject({
      refundAmount: { amountMinor: 6950 },
      refundedTotal: { amountMinor: 10_000 },
      refundable: { amountMinor: 0 },
    });
    await expectWhole(payment);
  });

  it('refuses what is not there to be given back', async () => {
    const open = (await bench.call('createPayment', { amount: 5, currency: 'usd' })).body;
    expect(await refund(open)).toMatchObject({ status: 409, body: { code: 'invalid-state' } });
    const payment = await pay();
    expect(await refund(payment, { amount: 100.01 })).toMatchObject({
      status: 422,
      body: { code: 'refund-exceeds-remaining', refundableMinor: 10_000 },
    });
    expect(await refund(payment, { amount: '0.001' })).toMatchObject({
      status: 422,
      body: { code: 'amount-precision' },
    });
    expect(await refund(payment, { amount: 0 })).toMatchObject({ status: 400 });
    expect(await refund(payment, {}, { tenant: 'other' })).toMatchObject({ status: 404 });
    expect(await refund({ id: 'pay_nothing' })).toMatchObject({ status: 404 });
    const off = bench.with({ config: { features: { refunds: false } } });
    expect(await off.call('createRefund', { id: payment.id })).toMatchObject({
      status: 503,
      body: { code: 'feature-disabled' },
    });
    expect(await atStripe(payment)).toEqual([]);
  });

  it('lets exactly ten of fifty parallel refunds of 10 through on a captured 100', async () => {
    const payment = await pay();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => refund(payment, { amount: 10 }, { key: randomUUID() })),
    );
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([
      ...Array.from({ length: 10 }, () => 201),
      ...Array.from({ length: 40 }, () => 422),
    ]);
    expect(await atStripe(payment)).toHaveLength(10);
    expect(await get(payment)).toMatchObject({
      refundableMinor: 0,
      refundedMinor: 10_000,
      refundStatus: 'full',
    });
    const sequences = (await eventsOf(payment)).map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
    expect(new Set(sequences).size).toBe(sequences.at(-1));
    await expectWhole(payment);
  });

  it('replays under its key, whatever became of the room meanwhile', async () => {
    const payment = await pay();
    const key = randomUUID();
    const first = await refund(payment, { amount: 100 }, { key });
    await bench.mark();
    const again = await refund(payment, { amount: 100 }, { key });
    expect(again).toMatchObject({
      status: 201,
      body: first.body,
      headers: { 'Idempotent-Replayed': 'true' },
    });
    expect(await bench.requests()).toEqual([]);
    expect(await refund(payment, { amount: 99 }, { key })).toMatchObject({
      status: 422,
      body: { code: 'idempotency-key-reused' },
    });
  });

  it.each([false, true])('keeps the room when the answer is lost (Stripe acted: %s)', async (after) => {
    const payment = await pay();
    const key = randomUUID();
    await bench.control('POST', '/faults', [
      { method: 'POST', path: '/v1/refunds', times: 9, reset: true, after },
    ]);
    const lost = await refund(payment, { amount: 40 }, { key });
    expect(lost).toMatchObject({
      status: 202,
      body: { status: 'in_doubt' },
      headers: { 'Retry-After': '2' },
    });
    expect(await get(payment)).toMatchObject({ refundableMinor: 6000, refundPendingMinor: 4000 });
    expect(await refund(payment, { amount: 61 })).toMatchObject({ status: 422 });
    await bench.control('DELETE', '/faults');
    const settled = await refund(payment, { amount: 40 }, { key });
    expect(settled).toMatchObject({ status: 201, body: { id: lost.body.id, status: 'succeeded' } });
    expect(await atStripe(payment)).toHaveLength(1);
    expect(await get(payment)).toMatchObject({ refundPendingMinor: 0, refundedMinor: 4000 });
    const types = (await eventsOf(payment)).map(({ type }) => type).slice(-2);
    expect(types).toEqual(['payment.in_doubt.v1', 'refund.succeeded.v1']);
    await expectWhole(payment);
  });

  it('gives the room back when Stripe refuses, and takes in what was refunded there', async () => {
    const payment = await pay();
    await fetch(`${bench.sandbox.url}/v1/refunds`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer sk_test_bench',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ payment_intent: payment.providerRef ?? '', amount: '8000' }),
    });
    const refused = await refund(payment, { amount: 50 }, { key: randomUUID() });
    expect(refused).toMatchObject({ status: 422 });
    expect(await get(payment)).toMatchObject({
      refundableMinor: 2000,
      refundedMinor: 8000,
      refundStatus: 'partial',
    });
    expect(await refundsOf(payment)).toMatchObject([
      { status: 'failed', amountMinor: 5000, origin: 'api' },
      { status: 'succeeded', amountMinor: 8000, origin: 'provider' },
    ]);
    expect((await refund(payment)).body).toMatchObject({ amountMinor: 2000, status: 'succeeded' });
    await expectWhole(payment);
  });

  it('frees the key when Stripe does not take the credentials, so that it can be tried again', async () => {
    const payment = await pay();
    const key = randomUUID();
    await bench.control('POST', '/faults', [
      {
        method: 'POST',
        path: '/v1/refunds',
        times: 9,
        status: 401,
        body: { error: { type: 'invalid_request_error' } },
      },
    ]);
    expect(await refund(payment, { amount: 40 }, { key })).toMatchObject({ status: 503 });
    expect(await get(payment)).toMatchObject({ refundableMinor: 10_000, refundPendingMinor: 0 });
    await bench.control('DELETE', '/faults');
    expect(await refund(payment, { amount: 40 }, { key })).toMatchObject({ status: 201 });
    expect(await atStripe(payment)).toHaveLength(1);
  });

  it('is finished by the reconciler when its function died, with the same key', async () => {
    const payment = await pay();
    const dying = bench.with({
      provider: (inner) => ({
        ...inner,
        refundsAndDisputes: {
          ...inner.refundsAndDisputes,
          refund: async (...args) => {
            await inner.refundsAndDisputes.refund(...args);
            throw new Error('the process is gone');
          },
        },
      }),
    });
    await expect(dying.call('createRefund', { id: payment.id, amount: 40 })).rejects.toThrow('gone');
    expect(await get(payment)).toMatchObject({ refundPendingMinor: 4000 });
    bench.skip(10 * 60_000);
    await bench.reconcile('due');
    expect(await get(payment)).toMatchObject({ refundPendingMinor: 0, refundedMinor: 4000 });
    expect(await atStripe(payment)).toHaveLength(1);
    await expectWhole(payment);
  });

  it('takes in refunds that fail after they had succeeded', async () => {
    const payment = await pay({ paymentMethodId: 'pm_card_refundFail' });
    expect((await refund(payment, { amount: 70 })).body.status).toBe('succeeded');
    await bench.control('POST', '/clock', { advance: '3d' });
    bench.skip(3 * 86_400_000);
    await bench.reconcile('due');
    expect((await atStripe(payment)).map(({ status }) => status)).toEqual(['failed']);
    expect(await get(payment)).toMatchObject({
      refundableMinor: 10_000,
      refundedMinor: 0,
      refundStatus: 'none',
    });
    expect(await refundsOf(payment)).toMatchObject([{ status: 'failed', failure: {} }]);
    expect((await eventsOf(payment)).at(-1)).toMatchObject({ type: 'refund.failed.v1' });
    await expectWhole(payment);
  });

  it('waits for a refund that is pending', async () => {
    const payment = await pay({ paymentMethodId: 'pm_card_pendingRefund' });
    expect((await refund(payment, { amount: 70 })).body.status).toBe('pending');
    expect(await get(payment)).toMatchObject({ refundPendingMinor: 7000, refundStatus: 'none' });
    await bench.control('POST', '/clock', { advance: '3d' });
    bench.skip(3 * 86_400_000);
    await bench.reconcile('due');
    expect(await get(payment)).toMatchObject({ refundPendingMinor: 0, refundedMinor: 7000 });
  });

  it.each([
    ['jpy', 500, 500],
    ['isk', 500, 50_000],
    ['ugx', 9000, 900_000],
    ['kwd', '5.120', 5120],
    ['huf', 350, 35_000],
    ['twd', 90, 9000],
  ])('refunds %s in the units of Stripe', async (currency, amount, unit) => {
    const payment = await pay({ currency, amount });
    const { body } = await refund(payment, { amount });
    expect(body).toMatchObject({ status: 'succeeded', amount: Number(amount) });
    expect((await atStripe(payment))[0]?.amount).toBe(unit);
    expect((await get(payment)).refundStatus).toBe('full');
  });
});
