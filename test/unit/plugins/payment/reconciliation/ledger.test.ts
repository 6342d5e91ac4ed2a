import { randomUUID } from 'node:crypto';
import { DeleteCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { type Bench, startBench } from '../bench.ts';
import { type PayPalBench, startPayPalBench } from '../paypal-bench.ts';

const HOUR = 3_600_000;
/** A day, and how late a ledger may be. */
const DAY_IS_WHOLE = 28 * HOUR;
const paid = { amount: 100, currency: 'usd', confirm: true, paymentMethodId: 'pm_card_visa' };

let stop: (() => Promise<void>) | undefined;
afterEach(() => stop?.());

async function start(): Promise<Bench> {
  const bench = await startBench();
  stop = () => bench.stop();
  return bench;
}
const dayOf = () => new Date().toISOString().slice(0, 10);
const noticesOf = async ({ dynamo, table }: Bench, id: string) => {
  const answer = await dynamo.documents.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'PK = :pk',
      ExpressionAttributeValues: { ':pk': `NOTE#${id}` },
    }),
  );
  const items = (answer.Items ?? []) as { events: { type: string; data: object }[] }[];
  return items.flatMap(({ events }) => events);
};
const store = ({ dynamo, table }: Bench, paymentId: string, field: string, value: number) =>
  dynamo.documents.send(
    new UpdateCommand({
      TableName: table,
      Key: { PK: `PAY#${paymentId}`, SK: 'PAY' },
      UpdateExpression: 'SET #field = :value',
      ExpressionAttributeNames: { '#field': field },
      ExpressionAttributeValues: { ':value': value },
    }),
  );

describe("a day of Stripe's ledger", () => {
  it('agrees with ours, and is told once', async () => {
    const bench = await start();
    const { body } = await bench.call('createPayment', paid);
    await bench.call('createPayment', paid);
    await bench.call('createRefund', { id: body.id, amount: 30 });
    bench.skip(DAY_IS_WHOLE);
    const day = dayOf();
    const whole = {
      'stripe.day': day,
      'stripe.compared': 2,
      'stripe.mismatches': 0,
      'stripe.complete': true,
    };
    expect(await bench.reconcile('ledger')).toMatchObject(whole);
    await bench.mark();
    expect(await bench.reconcile('ledger')).toMatchObject(whole);
    expect(await bench.requests()).toEqual([]);
    expect(await noticesOf(bench, `completed:${day}:stripe`)).toMatchObject([
      { type: 'reconciliation.completed.v1', data: { compared: 2, foreign: 0, mismatches: 0 } },
    ]);
  });

  it('shows a payment that the table lacks, and an amount that is wrong there', async () => {
    const bench = await start();
    const [lost, wrong, behind] = await Promise.all(
      Array.from({ length: 3 }, async () => (await bench.call('createPayment', paid)).body),
    );
    if (lost === undefined || wrong === undefined || behind === undefined) throw new Error('no payments');
    await bench.dynamo.documents.send(
      new DeleteCommand({ TableName: bench.table, Key: { PK: `PAY#${lost.id}`, SK: 'PAY' } }),
    );
    await store(bench, wrong.id, 'capturedMinor', 10_100);
    await store(bench, behind.id, 'capturedMinor', 9900);
    bench.skip(DAY_IS_WHOLE);
    const day = dayOf();
    expect(await bench.reconcile('ledger')).toMatchObject({
      'stripe.compared': 3,
      'stripe.mismatches': 2,
      'stripe.complete': true,
    });
    expect(await noticesOf(bench, `mismatch:${day}:stripe:${lost.providerRef}`)).toMatchObject([
      {
        type: 'reconciliation.mismatch.v1',
        data: {
          what: 'payment_missing',
          paymentId: lost.id,
          differences: expect.arrayContaining([{ field: 'capturedMinor', recorded: null, actual: '10000' }]),
        },
      },
    ]);
    expect(await noticesOf(bench, `mismatch:${day}:stripe:${wrong.providerRef}`)).toMatchObject([
      {
        data: {
          what: 'payment_differs',
          differences: [{ field: 'capturedMinor', recorded: '10100', actual: '10000' }],
        },
      },
    ]);
    // What was only behind has been brought up to date on the way.
    expect((await bench.call('getPayment', { id: behind.id })).body.capturedMinor).toBe(10_000);
    expect(await noticesOf(bench, `mismatch:${day}:stripe:${behind.providerRef}`)).toEqual([]);
  });

  it('is caught up with, day by day, after a time in which nobody looked', async () => {
    const bench = await start();
    await bench.call('createPayment', paid);
    bench.skip(DAY_IS_WHOLE);
    await bench.reconcile('ledger');
    bench.skip(3 * 24 * HOUR);
    const days: unknown[] = [];
    for (let run = 0; run < 5; run += 1) days.push((await bench.reconcile('ledger'))['stripe.day']);
    const dayAfter = (count: number) => new Date(Date.now() + count * 24 * HOUR).toISOString().slice(0, 10);
    expect(days).toEqual([1, 2, 3, 3, 3].map(dayAfter));
    bench.skip(60 * 24 * HOUR);
    // What is older than the providers' lists of events is not gone through any more.
    expect((await bench.reconcile('ledger'))['stripe.day']).toBe(dayAfter(63 - 29));
  });

  it('is gone through in parts when time runs out, and no entry twice', async () => {
    const bench = await start();
    for (let made = 0; made < 4; made += 1) await bench.call('createPayment', paid);
    bench.skip(DAY_IS_WHOLE);
    const ended = bench.with({ remainingMs: () => 11_000 });
    await bench.mark();
    expect(await ended.reconcile('ledger')).toMatchObject({ 'stripe.complete': false });
    expect(await bench.requests()).toEqual([]);
    const seen: unknown[] = [];
    for (let run = 0; run < 10 && seen.at(-1) !== 4; run += 1) {
      let looks = 0;
      const short = bench.with({ remainingMs: () => (looks += 1) && (looks > 4 ? 11_000 : 120_000) });
      seen.push((await short.reconcile('ledger'))['stripe.compared']);
    }
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.at(-1)).toBe(4);
    expect(await bench.reconcile('ledger')).toMatchObject({
      'stripe.compared': 4,
      'stripe.complete': true,
    });
  });
});

describe("a day of PayPal's ledger", () => {
  it('agrees with ours, with refunds', async () => {
    const bench: PayPalBench = await startPayPalBench();
    stop = () => bench.stop();
    const payment = await bench.create();
    await bench.approve(payment);
    await bench.call('verifyPayment', { id: payment.id });
    await bench.call('createRefund', { id: payment.id, amount: 30 });
    bench.skip(DAY_IS_WHOLE);
    expect(await bench.reconcile('ledger')).toMatchObject({
      'paypal.compared': 1,
      'paypal.mismatches': 0,
      'paypal.complete': true,
    });
  });
});

describe('the counters of a day', () => {
  it('agree with their payments, unless somebody changed one', async () => {
    const bench = await start();
    const rules = bench.with({ config: { ...bench.services.config, limits: { dailyLimit: 1000 } } });
    const tenants = [`a-${randomUUID()}`, `b-${randomUUID()}`];
    for (const tenant of tenants) {
      const { body } = await rules.call('createPayment', paid, { tenant });
      await rules.call('createPayment', { ...paid, currency: 'eur' }, { tenant });
      await rules.call('createPayment', { amount: 50, currency: 'usd' }, { tenant });
      await rules.call('createRefund', { id: body.id }, { tenant });
    }
    const day = dayOf();
    const key = `LIM#${tenants[1]}#tenant#usd#${day.replaceAll('-', '')}`;
    await bench.dynamo.documents.send(
      new UpdateCommand({
        TableName: bench.table,
        Key: { PK: key, SK: 'LIM' },
        UpdateExpression: 'ADD used :more',
        ExpressionAttributeValues: { ':more': 700 },
      }),
    );
    bench.skip(24 * HOUR);
    const ended = bench.with({ remainingMs: () => 11_000 });
    expect(await ended.reconcile('ledger')).toMatchObject({ limits: 0, limitMismatches: 0 });
    expect(await bench.reconcile('ledger')).toMatchObject({ limits: 4, limitMismatches: 1 });
    expect(await noticesOf(bench, `mismatch:${day}:${key.replaceAll('#', '%23')}`)).toMatchObject([
      {
        data: {
          what: 'limit_differs',
          scope: 'tenant',
          currency: 'usd',
          differences: [{ field: 'usedMinor', recorded: '15700', actual: '15000' }],
        },
      },
    ]);
    expect(await bench.reconcile('ledger')).toMatchObject({ limits: 0, limitMismatches: 0 });
  });
});
