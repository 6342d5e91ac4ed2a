import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProviderError } from '../../../../../plugins/payment/providers/provider-error.ts';
import type { RefundsAndDisputes } from '../../../../../plugins/payment/providers/refunds-and-disputes.ts';
import type { RefundView } from '../../../../../plugins/payment/refunds/refund-schema.ts';
import type { PaymentView } from '../../../../../plugins/payment/api/schemas.ts';
import { type Bench, startBench } from '../bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench?.stop());

const pay = async () => {
  const input = { amount: 100, currency: 'usd', confirm: true, paymentMethodId: 'pm_card_visa' };
  return (await bench.call('createPayment', input)).body;
};
const withRefundsAndDisputes = (change: (inner: RefundsAndDisputes) => Partial<RefundsAndDisputes>): Bench =>
  bench.with({
    provider: (inner) => ({
      ...inner,
      refundsAndDisputes: { ...inner.refundsAndDisputes, ...change(inner.refundsAndDisputes) },
    }),
  });
const refund = (at: Bench, { id }: PaymentView, amount: number) =>
  at.call<RefundView>('createRefund', { id, amount });
const lost = (replayed = false) => new ProviderError({ class: 'unknown', code: 'timeout', replayed });

async function atStripe({ providerRef }: PaymentView): Promise<readonly { amount: number }[]> {
  const answer = await fetch(`${bench.sandbox.url}/v1/refunds?payment_intent=${providerRef}`, {
    headers: { authorization: 'Bearer sk_test_bench' },
  });
  return ((await answer.json()) as { data: { amount: number }[] }).data;
}
/** What is written down of a payment agrees with its refunds, and with what Stripe has given back. */
async function expectWhole(payment: PaymentView, refundedMinor: number) {
  const [stored] = (await bench.items(payment.id, 'PAY')) as unknown as Record<string, number>[];
  expect(stored).toMatchObject({
    refundedMinor,
    refundPendingMinor: 0,
    refundableMinor: 10_000 - refundedMinor,
  });
  const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
  const { body } = await bench.call<{ refunds: RefundView[] }>('listRefunds', { id: payment.id });
  expect(sum(body.refunds.map((each) => each.refundedMinor))).toBe(refundedMinor);
  expect(sum((await atStripe(payment)).map(({ amount }) => amount))).toBe(refundedMinor);
}

describe('a refund in doubt', () => {
  it('that a webhook settles while the reconciler takes it over is counted once', async () => {
    const payment = await pay();
    let send: () => Promise<unknown> = async () => undefined;
    const losing = withRefundsAndDisputes((inner) => ({
      async refund(...request) {
        send = () => inner.refund(...request);
        throw lost();
      },
    }));
    expect((await refund(losing, payment, 40)).status).toBe(202);
    bench.skip(10 * 60_000);
    let reads = 0;
    const racing = bench.with({
      services: (inner) => ({
        ...inner,
        store: {
          ...inner.store,
          async refunds(paymentId) {
            const found = await inner.store.refunds(paymentId);
            reads += 1;
            // After the look at the provider, and before the refund is taken over.
            if (reads === 2) {
              await send();
              await bench.call('verifyPayment', { id: payment.id });
            }
            return found;
          },
        },
      }),
    });
    await racing.reconcile('due');
    expect(reads).toBe(2);
    await expectWhole(payment, 4000);
  });

  it('that a webhook settles while it is found stuck is not sent a second time', async () => {
    const payment = await pay();
    let calls = 0;
    let send: () => Promise<unknown> = async () => undefined;
    const stuck = withRefundsAndDisputes((inner) => ({
      async refund(...request) {
        calls += 1;
        if (calls > 1) return inner.refund(...request);
        send = () => inner.refund(...request);
        throw lost(true);
      },
      async listRefunds() {
        bench.skip(11 * 60_000);
        await send();
        await bench.call('verifyPayment', { id: payment.id });
        return [];
      },
    }));
    await refund(stuck, payment, 40);
    expect(calls).toBe(1);
    await expectWhole(payment, 4000);
  });

  it('that was made twice at the provider after all is counted twice', async () => {
    const payment = await pay();
    const twice = withRefundsAndDisputes((inner) => ({
      async refund(request, call) {
        const first = await inner.refund(request, call);
        await inner.refund(request, { ...call, idempotencyKey: `${call.idempotencyKey}-again` });
        return first;
      },
    }));
    await refund(twice, payment, 40);
    await bench.call('verifyPayment', { id: payment.id });
    await expectWhole(payment, 8000);
  });

  it('that was made twice, and of which both are found at once, is counted twice', async () => {
    const payment = await pay();
    const twice = withRefundsAndDisputes((inner) => ({
      async refund(request, call) {
        await inner.refund(request, call);
        await inner.refund(request, { ...call, idempotencyKey: `${call.idempotencyKey}-again` });
        throw lost();
      },
    }));
    expect((await refund(twice, payment, 40)).status).toBe(202);
    await bench.call('verifyPayment', { id: payment.id });
    await expectWhole(payment, 8000);
  });
});

describe('refunds that were made elsewhere', () => {
  it('are all taken in, however many nobody told of', async () => {
    const payment = await pay();
    const { refundsAndDisputes } = await bench.services.provider('stripe');
    const { id: paymentId, providerRef } = payment;
    for (let made = 0; made < 110; made += 1) {
      const request = { refundId: '', paymentId, ref: providerRef ?? '', amountMinor: 50, currency: 'usd' };
      await refundsAndDisputes.refund(request, { budgetMs: 5000, idempotencyKey: `${paymentId}-${made}` });
    }
    expect((await bench.call('verifyPayment', { id: paymentId })).body).toMatchObject({
      refundedMinor: 5500,
      refundableMinor: 4500,
    });
    const { body } = await bench.call<{ refunds: RefundView[] }>('listRefunds', { id: paymentId });
    expect(body.refunds).toHaveLength(110);
    const told = (await bench.items(paymentId, 'EVT#')) as unknown as { events: { type: string }[] }[];
    const types = told.flatMap(({ events }) => events.map(({ type }) => type));
    expect(types.filter((type) => type === 'refund.succeeded.v1')).toHaveLength(110);
  });
});
