import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PaymentProvider } from '../../../../../plugins/payment/providers/provider.ts';
import {
  ProviderError,
  type ProviderErrorClass,
} from '../../../../../plugins/payment/providers/provider-error.ts';
import type { CustomerView } from '../../../../../plugins/payment/customers/customer-schema.ts';
import { type Bench, startBench } from '../bench.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** What the plan of looks comes to within a day, with room for the steps of one look. */
const CALLS_A_DAY = 10;

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench?.stop());

const total = { amount: 100, currency: 'usd' };
const card = { confirm: true, paymentMethodId: 'pm_card_visa' };
const get = async (id: string) => (await bench.call('getPayment', { id })).body;
const reviews = async (id: string) => {
  const items = (await bench.items(id, 'EVT#')) as unknown as {
    events: { type: string; data: { why?: string } }[];
  }[];
  return items
    .flatMap(({ events }) => events)
    .filter(({ type }) => type === 'payment.needs_review.v1')
    .map(({ data }) => data.why);
};

/** A call of the provider that never comes to anything; counts how often it was made. */
function failing(errorClass: ProviderErrorClass) {
  const made = { calls: 0 };
  const fail = async (): Promise<never> => {
    made.calls += 1;
    throw new ProviderError({ class: errorClass, code: 'broken' });
  };
  return { made, fail };
}
const withProvider = (change: (inner: PaymentProvider) => Partial<PaymentProvider>): Bench =>
  bench.with({ provider: (inner) => ({ ...inner, ...change(inner) }) });

/** A day with a run every ten minutes, then one run a day until everything is flagged for manual review. */
async function endure(broken: Bench, made: { calls: number }): Promise<number> {
  for (let runs = 0; runs < 144; runs += 1) {
    bench.skip(10 * MINUTE);
    await broken.reconcile('due');
  }
  const inOneDay = made.calls;
  for (let days = 0; days < 14; days += 1) {
    bench.skip(DAY + HOUR);
    await broken.reconcile('due');
  }
  return inOneDay;
}

describe('what goes on to fail', () => {
  it('is asked about ever later, and then given to a person: a refund in doubt', async () => {
    const { made, fail } = failing('unknown');
    const broken = withProvider((inner) => ({
      refundsAndDisputes: { ...inner.refundsAndDisputes, refund: fail },
    }));
    const { body } = await bench.call('createPayment', { ...total, ...card });
    expect((await broken.call('createRefund', { id: body.id, amount: 40 })).status).toBe(202);
    expect(await endure(broken, made)).toBeLessThan(CALLS_A_DAY);
    expect(await reviews(body.id)).toHaveLength(1);
    expect(await get(body.id)).toMatchObject({ refundPendingMinor: 4000, refundableMinor: 6000 });
  });

  it('is asked about ever later, and then given to a person: a create in doubt', async () => {
    const { made, fail } = failing('unknown');
    const broken = withProvider(() => ({ create: fail }));
    const { body } = await broken.call('createPayment', { ...total, ...card }, { key: randomUUID() });
    expect(await endure(broken, made)).toBeLessThan(CALLS_A_DAY);
    expect(await reviews(body.id)).toEqual(['outcome_unknown']);
  });

  it('is asked about ever later, and then given to a person: money that cannot go back', async () => {
    const { made, fail } = failing('invalid');
    const broken = withProvider((inner) => ({
      refundsAndDisputes: { ...inner.refundsAndDisputes, refund: fail },
    }));
    const { body } = await bench.call('createPayment', { ...total, ...card });
    const { store } = bench.services;
    const paid = await store.get(body.id);
    if (paid === undefined) throw new Error('no payment');
    const after = { ...paid, flags: ['late_success'], version: paid.version + 1 };
    await store.write({ paymentId: paid.id, change: { before: paid, after } }, {});
    bench.skip(DAY);
    expect(await endure(broken, made)).toBeLessThan(CALLS_A_DAY);
    expect(await reviews(body.id)).toEqual(['not_undone']);
    expect((await bench.items(body.id, 'RFD#')).length).toBeLessThan(20);
  });

  it('is asked about ever later, and then given to a person: an abandoned payment', async () => {
    const { made, fail } = failing('invalid');
    const broken = withProvider(() => ({ cancel: fail }));
    const { body } = await bench.call('createPayment', total);
    bench.skip(DAY);
    expect(await endure(broken, made)).toBeLessThan(CALLS_A_DAY);
    expect(await reviews(body.id)).toEqual(['not_abandoned']);
  });

  it('does not come before everything else in each run: a look that breaks', async () => {
    const made = { calls: 0 };
    const broken = withProvider(() => ({
      async retrieve() {
        made.calls += 1;
        throw new TypeError('a fault of ours');
      },
    }));
    const { body } = await bench.call('createPayment', total);
    expect(await endure(broken, made)).toBeLessThan(CALLS_A_DAY);
    expect(await reviews(body.id)).toHaveLength(1);
  });

  it('is asked about ever later: a customer in doubt', async () => {
    const { made, fail } = failing('unknown');
    const broken = withProvider((inner) => ({ customers: { ...inner.customers, create: fail } }));
    const { status } = await broken.call<CustomerView>('createCustomer', {});
    expect(status).toBe(202);
    expect(await endure(broken, made)).toBeLessThan(20);
    const given = made.calls;
    bench.skip(3 * DAY);
    await broken.reconcile('due');
    expect(made.calls).toBe(given);
    expect(bench.logs.filter(({ message }) => message.startsWith('Manual review needed: '))).toHaveLength(1);
  });
});

describe('held money', () => {
  it('is looked at and warned of until its time runs out, however long that is', async () => {
    const captureBefore = new Date(bench.services.now().getTime() + 29 * DAY).toISOString();
    const long = withProvider((inner) => ({
      retrieve: async (...asked) => ({ ...(await inner.retrieve(...asked)), captureBefore }),
    }));
    const { body } = await bench.call('createPayment', { ...total, ...card, captureMethod: 'manual' });
    for (let days = 0; days < 29; days += 1) {
      bench.skip(DAY);
      await long.reconcile('due');
    }
    expect(await reviews(body.id)).toEqual([]);
    expect((await get(body.id)).flags).toEqual(['authorization_expiring']);
  });
});

describe('a payment that was given to a person', () => {
  async function reviewed(input: object) {
    const { body } = await bench.call('createPayment', input);
    const { store } = bench.services;
    const stored = await store.get(body.id);
    if (stored === undefined) throw new Error('no payment');
    const flags = ['needs_review'];
    const version = stored.version + 1;
    const after = { ...stored, flags, nextCheckAt: undefined, version };
    await store.write({ paymentId: stored.id, change: { before: stored, after } }, {});
    return body;
  }
  async function loseRefund(id: string) {
    const { fail } = failing('unknown');
    const losing = withProvider((inner) => ({
      refundsAndDisputes: { ...inner.refundsAndDisputes, refund: fail },
    }));
    expect((await losing.call('createRefund', { id, amount: 40 })).status).toBe(202);
    bench.skip(10 * MINUTE);
    await bench.reconcile('due');
    expect(await get(id)).toMatchObject({ refundedMinor: 4000, refundPendingMinor: 0, flags: [] });
  }

  it('is looked after again once it has moved on', async () => {
    const { id, clientSecret } = await reviewed(total);
    await bench.confirm(clientSecret ?? '');
    await bench.call('verifyPayment', { id });
    expect(await get(id)).toMatchObject({ status: 'succeeded', flags: [] });
    await loseRefund(id);
  });

  it('is looked after again once something new is begun with it', async () => {
    const { id } = await reviewed({ ...total, ...card });
    await loseRefund(id);
  });

  it('stays with the person as long as nothing happens to it', async () => {
    const { id } = await reviewed({ ...total, ...card });
    await bench.call('verifyPayment', { id });
    expect((await get(id)).flags).toEqual(['needs_review']);
  });
});
