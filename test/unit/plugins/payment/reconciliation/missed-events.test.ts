import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, startBench } from '../bench.ts';
import { type PayPalBench, startPayPalBench } from '../paypal-bench.ts';

const NOBODY = 'http://127.0.0.1:1/';
const total = { amount: 100, currency: 'usd' };

describe('events of Stripe that no webhook delivered', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench(NOBODY);
    await bench.control('POST', '/webhooks', { mode: 'drop' });
  });
  afterAll(() => bench?.stop());
  afterEach(() => bench.control('DELETE', '/faults'));

  const get = async (id: string) => (await bench.call('getPayment', { id })).body;
  const paid = async () => {
    const { body } = await bench.call('createPayment', total);
    await bench.confirm(body.clientSecret ?? '');
    return body;
  };

  it('are all fetched and applied, whatever they are about, and only once', async () => {
    const payments = await Promise.all([paid(), paid(), paid()]);
    const [first] = payments;
    await bench.control('POST', '/disputes', {
      ref: first?.providerRef,
      reason: 'fraudulent',
      amount: 4000,
    });
    expect((await get(first?.id ?? '')).status).toBe('requires_action');
    const run = await bench.reconcile('gaps');
    expect(run).toMatchObject({ 'stripe.complete': true });
    expect(Number(run['stripe.processed'])).toBeGreaterThanOrEqual(4);
    for (const { id } of payments)
      expect(await get(id)).toMatchObject({ status: 'succeeded', capturedMinor: 10_000 });
    expect(await get(first?.id ?? '')).toMatchObject({ disputeStatus: 'open', flags: [] });
    const versions = await Promise.all(payments.map(async ({ id }) => (await get(id)).version));
    expect(await bench.reconcile('gaps')).toMatchObject({
      'stripe.processed': 0,
      'stripe.complete': true,
    });
    expect(await Promise.all(payments.map(async ({ id }) => (await get(id)).version))).toEqual(versions);
  });

  it('wait for the next run when time runs out, which goes on where this one stopped', async () => {
    const payment = await paid();
    const ending = bench.with({ remainingMs: () => 11_000 });
    await bench.mark();
    expect(await ending.reconcile('gaps')).toMatchObject({ 'stripe.events': 0, 'stripe.complete': false });
    let calls = 0;
    const later = bench.with({ remainingMs: () => (calls += 1) && (calls > 5 ? 11_000 : 120_000) });
    expect(await later.reconcile('gaps')).toMatchObject({ 'stripe.complete': false });
    expect(await bench.reconcile('gaps')).toMatchObject({ 'stripe.complete': true });
    expect((await get(payment.id)).status).toBe('succeeded');
  });

  it('are asked for again when the provider did not answer', async () => {
    const payment = await paid();
    await bench.control('POST', '/faults', [
      { method: 'GET', path: '/v1/payment_intents', times: 50, status: 500 },
    ]);
    expect(await bench.reconcile('gaps')).toMatchObject({ 'stripe.complete': false });
    await bench.control('DELETE', '/faults');
    expect(await bench.reconcile('gaps')).toMatchObject({ 'stripe.complete': true });
    expect((await get(payment.id)).status).toBe('succeeded');
  });

  it('that cannot be applied block no other, and are parked after five runs', async () => {
    const [bad, good] = [await paid(), await paid()];
    const broken = bench.with({
      services: (inner) => ({
        ...inner,
        store: {
          ...inner.store,
          write: (write, records) =>
            write.paymentId === bad.id
              ? Promise.reject(new TypeError('a bug of ours'))
              : inner.store.write(write, records),
        },
      }),
    });
    for (let run = 1; run < 5; run += 1)
      expect(await broken.reconcile('gaps')).toMatchObject({ 'stripe.complete': false });
    expect((await get(good.id)).status).toBe('succeeded');
    expect(await broken.reconcile('gaps')).toMatchObject({ 'stripe.complete': true });
    expect((await get(bad.id)).status).toBe('requires_action');
    expect(bench.logs.map(({ message }) => message)).toContain(
      'An event was parked: replay it once its cause is fixed',
    );
  });

  it('tells when a provider does not work any more, and when it does again, once each', async () => {
    const statuses = async () => (await bench.services.store.job('health-stripe'))?.state['status'];
    expect(await statuses()).toBeUndefined();
    const refused = { method: 'GET', path: '/v1/', times: 50, status: 401 };
    bench.skip(60_000);
    await bench.control('POST', '/faults', [refused]);
    await bench.reconcile('gaps');
    await bench.reconcile('gaps');
    expect(await statuses()).toBe('unhealthy');
    await bench.control('DELETE', '/faults');
    bench.skip(60_000);
    await bench.reconcile('gaps');
    expect(await bench.services.store.job('health-stripe')).toEqual({
      version: 2,
      state: { status: 'healthy' },
    });
    expect(bench.logs.filter(({ message }) => message === 'The health of a provider changed')).toHaveLength(
      2,
    );
  });
});

describe('events of PayPal that no webhook delivered', () => {
  let bench: PayPalBench;
  beforeAll(async () => {
    bench = await startPayPalBench(NOBODY);
    await bench.control('/webhooks', 'POST', { mode: 'drop' });
  });
  afterAll(() => bench?.stop());

  it('are all fetched and applied: approvals are captured, once', async () => {
    const payments = [await bench.create(), await bench.create({ captureMethod: 'manual' })];
    for (const payment of payments) await bench.approve(payment);
    expect(await bench.reconcile('gaps')).toMatchObject({ 'paypal.complete': true });
    const states = await Promise.all(payments.map((payment) => bench.stateOf(payment)));
    expect(states.map(({ status }) => status)).toEqual(['succeeded', 'authorized']);
    expect(await bench.reconcile('gaps')).toMatchObject({ 'paypal.complete': true });
    const again = await Promise.all(payments.map((payment) => bench.stateOf(payment)));
    expect(again.map(({ version }) => version)).toEqual(states.map(({ version }) => version));
  });

  it('count money that PayPal took back for a lost dispute once', async () => {
    const payment = await bench.create();
    await bench.approve(payment);
    await bench.reconcile('gaps');
    const [item] = (await bench.items(payment.id, 'PAY')) as unknown as { captures: { ref: string }[] }[];
    const dispute = await bench.control<{ dispute_id: string }>('/disputes', 'POST', {
      ref: item?.captures[0]?.ref,
      reason: 'UNAUTHORISED',
      amount: '40.00',
      stage: 'CHARGEBACK',
    });
    await bench.reconcile('gaps');
    expect((await bench.stateOf(payment)).disputeStatus).toBe('open');
    await bench.control(`/disputes/${dispute.dispute_id}/close`, 'POST', { outcome: 'lost' });
    await bench.reconcile('gaps');
    const [after] = await bench.items(payment.id, 'PAY');
    expect(after).toMatchObject({ lostMinor: 4000, refundableMinor: 6000, refundedMinor: 0, flags: [] });
  });
});
