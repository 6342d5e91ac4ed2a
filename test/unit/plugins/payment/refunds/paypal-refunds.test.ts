import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RefundView } from '../../../../../plugins/payment/refunds/refund-schema.ts';
import type { PaymentView } from '../../../../../plugins/payment/api/schemas.ts';
import { startPayPalBench } from '../paypal-bench.ts';

let bench: Awaited<ReturnType<typeof startPayPalBench>>;
beforeAll(async () => {
  bench = await startPayPalBench();
});
afterAll(() => bench?.stop());
afterEach(() => bench.control('/faults', 'DELETE'));

const refund = ({ id }: { id: string }, more: object = {}, key?: string) =>
  bench.call<RefundView>('createRefund', { id, ...more }, key === undefined ? {} : { key });

async function paid(more: object = {}): Promise<PaymentView> {
  const payment = await bench.create(more);
  await bench.approve(payment);
  await bench.call('verifyPayment', { id: payment.id });
  return bench.stateOf(payment);
}
async function expectWhole(payment: PaymentView) {
  const [item] = (await bench.items(payment.id, 'PAY')) as unknown as Record<string, number>[];
  const { refundableMinor = 0, refundPendingMinor = 0, refundedMinor = 0, lostMinor = 0 } = item ?? {};
  expect(refundableMinor + refundPendingMinor + refundedMinor + lostMinor).toBe(item?.['capturedMinor']);
}

describe('refunds at PayPal', () => {
  it('gives back in parts, with the same id at PayPal for a repeated call', async () => {
    const payment = await paid();
    const key = randomUUID();
    const first = await refund(payment, { amount: 30 }, key);
    expect(first).toMatchObject({ status: 201, body: { status: 'succeeded', amountMinor: 3000 } });
    expect((await refund(payment, { amount: 30 }, key)).body).toEqual(first.body);
    expect((await refund(payment, { amount: '70.00' })).body.status).toBe('succeeded');
    expect(await bench.stateOf(payment)).toMatchObject({ refundStatus: 'full', refundableMinor: 0 });
    await expectWhole(payment);
  });

  it('spreads a refund over several captures, the oldest first', async () => {
    const held = await paid({ captureMethod: 'manual' });
    expect(held.status).toBe('authorized');
    const part = await bench.call('capturePayment', { id: held.id, amount: 40, final: false });
    expect(part).toMatchObject({
      status: 200,
      body: { status: 'partially_captured', capturableMinor: 6000 },
    });
    expect((await bench.call('capturePayment', { id: held.id, amount: 60 })).body).toMatchObject({
      status: 'succeeded',
      capturedMinor: 10_000,
      refundableMinor: 10_000,
    });
    const { body: small } = await refund(held, { amount: 25 });
    expect(small.providerRefs).toHaveLength(1);
    const { status, body } = await refund(held, { amount: 30 });
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: 'succeeded', refundedMinor: 3000 });
    expect(body.providerRefs).toHaveLength(2);
    expect((await refund(held)).body).toMatchObject({ amountMinor: 4500, status: 'succeeded' });
    const stored = (await bench.items(held.id, 'RFD#')) as unknown as {
      parts: { amountMinor: number; captureRef: string }[];
    }[];
    const byCapture = new Map<string, number>();
    for (const { parts } of stored)
      for (const { captureRef, amountMinor } of parts)
        byCapture.set(captureRef, (byCapture.get(captureRef) ?? 0) + amountMinor);
    expect([...byCapture.values()].toSorted((a, b) => a - b)).toEqual([4000, 6000]);
    await expectWhole(held);
  });

  it('lets exactly ten of fifty parallel refunds of 10 through, over two captures', async () => {
    const held = await paid({ captureMethod: 'manual' });
    await bench.call('capturePayment', { id: held.id, amount: 55, final: false });
    await bench.call('capturePayment', { id: held.id, amount: 45 });
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => refund(held, { amount: 10 }, randomUUID())),
    );
    const done = answers.filter(({ status }) => status === 201);
    expect(done).toHaveLength(10);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 422]));
    expect(await bench.stateOf(held)).toMatchObject({ refundedMinor: 10_000, refundStatus: 'full' });
    await expectWhole(held);
  });

  it.each([false, true])('keeps the room when the answer is lost (PayPal acted: %s)', async (after) => {
    const payment = await paid();
    const key = randomUUID();
    await bench.control('/faults', 'POST', [
      { method: 'POST', path: '/refund', times: 9, reset: true, after },
    ]);
    const lost = await refund(payment, { amount: 40 }, key);
    expect(lost).toMatchObject({ status: 202, body: { status: 'in_doubt' } });
    await bench.control('/faults', 'DELETE');
    expect(await refund(payment, { amount: 40 }, key)).toMatchObject({
      status: 201,
      body: { id: lost.body.id, status: 'succeeded' },
    });
    expect(await bench.stateOf(payment)).toMatchObject({ refundedMinor: 4000, refundPendingMinor: 0 });
    await expectWhole(payment);
  });

  it('carries on a refund of two captures that died between them', async () => {
    const held = await paid({ captureMethod: 'manual' });
    await bench.call('capturePayment', { id: held.id, amount: 50, final: false });
    await bench.call('capturePayment', { id: held.id, amount: 50 });
    let calls = 0;
    const dying = bench.with({
      provider: (inner) => ({
        ...inner,
        refundsAndDisputes: {
          ...inner.refundsAndDisputes,
          refund: (...args) => {
            calls += 1;
            return calls === 2
              ? Promise.reject(new Error('the process is gone'))
              : inner.refundsAndDisputes.refund(...args);
          },
        },
      }),
    });
    await expect(dying.call('createRefund', { id: held.id, amount: 80 })).rejects.toThrow('gone');
    expect(await bench.stateOf(held)).toMatchObject({ refundPendingMinor: 8000, refundableMinor: 2000 });
    bench.skip(10 * 60_000);
    await bench.reconcile('due');
    expect(await bench.stateOf(held)).toMatchObject({ refundPendingMinor: 0, refundedMinor: 8000 });
    await expectWhole(held);
  });

  it.each([
    ['huf', 350],
    ['twd', 90],
    ['jpy', 500],
  ])('refunds %s without decimals', async (currency, amount) => {
    const payment = await paid({ currency, amount });
    expect((await refund(payment, { amount })).body).toMatchObject({ status: 'succeeded', amount });
    expect((await bench.stateOf(payment)).refundStatus).toBe('full');
  });

  it('refuses an amount that PayPal cannot carry, naming the nearest', async () => {
    const payment = await paid({ currency: 'huf', amount: 350 });
    expect(await refund(payment, { amount: '10.5' })).toMatchObject({
      status: 422,
      body: { code: 'amount-precision', nearestAmounts: ['10.00', '11.00'] },
    });
  });
});
