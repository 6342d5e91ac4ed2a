import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProviderError } from '../../../../../plugins/payment/providers/provider-error.ts';
import { resumeRefund } from '../../../../../plugins/payment/refunds/refund-operation.ts';
import { reconcileRefunds, syncRefunds } from '../../../../../plugins/payment/refunds/sync-refunds.ts';
import type { Services } from '../../../../../plugins/payment/services.ts';
import type { PaymentView } from '../../../../../plugins/payment/api/schemas.ts';
import { type Bench, startBench } from '../bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench?.stop());

const card = { currency: 'usd', confirm: true, paymentMethodId: 'pm_card_visa' };
const pay = async (amount = 100) => (await bench.call('createPayment', { amount, ...card })).body;
const stored = async ({ id }: PaymentView) => {
  const payment = await bench.services.store.get(id);
  if (payment === undefined) throw new Error('no payment');
  return payment;
};
const numbersOf = async (payment: PaymentView) => {
  const { capturedMinor, refundableMinor, refundPendingMinor, refundedMinor, lostMinor } =
    await stored(payment);
  expect(refundableMinor + refundPendingMinor + refundedMinor + lostMinor).toBe(capturedMinor);
  return { refundableMinor, refundPendingMinor, refundedMinor };
};

/** A refund that Stripe has made, and whose function died before it wrote that down. */
async function unheard(payment: PaymentView) {
  const dying = bench.with({
    provider: (inner) => ({
      ...inner,
      refundsAndDisputes: {
        ...inner.refundsAndDisputes,
        refund: async (...args) => {
          await inner.refundsAndDisputes.refund(...args);
          throw new Error('crash');
        },
      },
    }),
  });
  await expect(dying.call('createRefund', { id: payment.id, amount: 40 })).rejects.toThrow('crash');
  bench.skip(10 * 60_000);
}

const right = { refundableMinor: 6000, refundPendingMinor: 0, refundedMinor: 4000 };

describe('a refund that is carried on', () => {
  it('counts once when a webhook has settled it after it was read', async () => {
    const payment = await pay();
    await unheard(payment);
    const [stale] = await bench.services.store.refunds(payment.id);
    if (stale === undefined) throw new Error('no refund');
    await syncRefunds(bench.flow('webhook'), await stored(payment));
    expect(await numbersOf(payment)).toEqual(right);
    await resumeRefund(bench.flow('reconciler'), await stored(payment), stale);
    expect(await numbersOf(payment)).toEqual(right);
  });

  it('counts once when a webhook comes between the reconciler’s looks', async () => {
    const payment = await pay();
    await unheard(payment);
    let listed = 0;
    const interrupted = (inner: Services): Services => ({
      ...inner,
      store: {
        ...inner.store,
        refunds: async (id) => {
          const refunds = await inner.store.refunds(id);
          listed += 1;
          // The first list is the look's own; what the second one shows is carried on.
          if (listed === 2) await syncRefunds(bench.flow('webhook'), await stored(payment));
          return refunds;
        },
      },
      // Stripe's list does not show it yet when the reconciler looks.
      provider: async (name) => {
        const provider = await inner.provider(name);
        const refundsAndDisputes = { ...provider.refundsAndDisputes, listRefunds: async () => [] };
        return { ...provider, refundsAndDisputes };
      },
    });
    const flow = bench.with({ services: interrupted }).flow('reconciler');
    await reconcileRefunds(flow, await stored(payment));
    expect(listed).toBe(2);
    expect(await numbersOf(payment)).toEqual(right);
  });
});

it('takes a new provider key for a refund only when a look finds nothing, ten minutes later', async () => {
  const payment = await pay();
  const key = randomUUID();
  const keys: string[] = [];
  const stuck = bench.with({
    provider: (inner) => ({
      ...inner,
      refundsAndDisputes: {
        ...inner.refundsAndDisputes,
        refund: async (request, call) => {
          keys.push(call.idempotencyKey?.replace(/^.*-refund/, '') ?? '');
          if (keys.at(-1) === '-a2') return inner.refundsAndDisputes.refund(request, call);
          throw new ProviderError({ class: 'unknown', code: 'api_error', replayed: keys.length > 1 });
        },
      },
    }),
  });
  const ask = () => stuck.call('createRefund', { id: payment.id, amount: 40 }, { key });
  expect((await ask()).status).toBe(202);
  expect((await ask()).status).toBe(202);
  expect(keys).toEqual(['', '']);
  bench.skip(10 * 60_000);
  expect(await ask()).toMatchObject({ status: 201, body: { status: 'succeeded' } });
  expect(keys).toEqual(['', '', '', '-a2']);
  expect(await numbersOf(payment)).toEqual(right);
  expect(await bench.items(payment.id, 'RFD#')).toMatchObject([{ parts: [{ attempt: 2 }] }]);
});

it('all of fifty parallel refunds that fit get an answer', async () => {
  const payment = await pay();
  // A database that is as far away as usual leaves more time for others to come between.
  const away = bench.with({
    services: (inner) => {
      const write: Services['store']['write'] = async (...given) => {
        await pause(30);
        return inner.store.write(...given);
      };
      return { ...inner, store: { ...inner.store, write } };
    },
  });
  const answers = await Promise.all(
    Array.from({ length: 50 }, () =>
      away.call('createRefund', { id: payment.id, amount: 2 }, { key: randomUUID() }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 201));
  expect(await numbersOf(payment)).toEqual({
    refundableMinor: 0,
    refundPendingMinor: 0,
    refundedMinor: 10_000,
  });
});
