import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createId } from '../../../../../plugins/payment/engine/model/ids.ts';
import type { PaymentProvider } from '../../../../../plugins/payment/providers/provider.ts';
import { type PayPalBench, startPayPalBench } from '../paypal-bench.ts';

let bench: PayPalBench;
beforeAll(async () => {
  bench = await startPayPalBench();
});
afterAll(() => bench?.stop());
beforeEach(() => bench.mark());
afterEach(() => bench.control('/faults', 'DELETE'));

const APPROVED = 'CHECKOUT.ORDER.APPROVED';
const LOCK_MS = 30_000;
const approved = async (more: object = {}, outcome = 'succeeds') => {
  const payment = await bench.create(more);
  await bench.approve(payment, outcome);
  await bench.mark();
  return payment;
};
const deliverApproved = (payment: Awaited<ReturnType<typeof approved>>) =>
  bench.deliver(bench.event(APPROVED, payment));
const statuses = async (payment: { id: string }) =>
  (
    await bench.call<{ transactions: { to: string }[] }>('listTransactions', { id: payment.id })
  ).body.transactions.map(({ to }) => to);
const typesOf = async (payment: { id: string }) =>
  (await bench.eventsOf(payment)).map(({ type }) => type.slice('payment.'.length, -'.v1'.length));
const posts = async () =>
  (await bench.requests()).filter(({ method, path }) => method === 'POST' && !path.endsWith('/token'));

describe('an approval', () => {
  it('takes the money: four database round trips, one read and one capture at PayPal', async () => {
    const payment = await approved();
    const event = bench.event(APPROVED, payment);
    expect(await bench.deliver(event)).toMatchObject({ outcome: 'processed' });
    expect(bench.databaseCalls()).toBe(4);
    expect(await bench.requests()).toMatchObject([
      { method: 'GET', path: expect.stringContaining('/certs/') },
      { method: 'GET', path: `/v2/checkout/orders/${payment.providerRef}` },
      {
        method: 'POST',
        path: `/v2/checkout/orders/${payment.providerRef}/capture`,
        idempotencyKey: `local-cap_auto_${payment.id}-capture`,
      },
    ]);
    await bench.mark();
    expect(await bench.deliver(event)).toMatchObject({ outcome: 'duplicate' });
    expect(bench.databaseCalls()).toBe(1);
    expect(await bench.requests()).toEqual([]);
    expect(await bench.stateOf(payment)).toMatchObject({
      status: 'succeeded',
      capturedMinor: 10_000,
      operation: { kind: 'capture', status: 'succeeded' },
    });
    expect(await typesOf(payment)).toEqual(['created', 'requires_action', 'approved', 'succeeded']);
    expect((await bench.eventsOf(payment)).map(({ sequence }) => sequence)).toEqual([1, 1, 2, 3]);
  });

  it('holds the money with manual capture; a part is captured, finally, and the rest released', async () => {
    const payment = await approved({ captureMethod: 'manual' });
    await deliverApproved(payment);
    expect(await bench.stateOf(payment)).toMatchObject({
      status: 'authorized',
      authorizedMinor: 10_000,
      capturableMinor: 10_000,
      operation: { kind: 'authorize', status: 'succeeded' },
    });
    await bench.mark();
    const captured = await bench.call('capturePayment', { id: payment.id, amount: '40.00' });
    expect(captured).toMatchObject({
      status: 200,
      body: { status: 'succeeded', capturedMinor: 4000, capturableMinor: 0, authorizedMinor: 10_000 },
    });
    expect(bench.databaseCalls()).toBe(3);
    expect((await bench.requests()).map(({ method }) => method)).toEqual(['GET', 'POST']);
    expect(await typesOf(payment)).toEqual([
      'created',
      'requires_action',
      'approved',
      'authorized',
      'succeeded',
    ]);
  });

  it('releases an authorization, once', async () => {
    const payment = await approved({ captureMethod: 'manual' });
    await deliverApproved(payment);
    const canceled = await bench.call('cancelPayment', { id: payment.id, reason: 'duplicate' });
    expect(canceled).toMatchObject({ status: 200, body: { status: 'canceled', reason: 'duplicate' } });
    await bench.deliver(bench.event('PAYMENT.AUTHORIZATION.VOIDED', payment));
    expect((await bench.stateOf(payment)).version).toBe(canceled.body.version);
  });

  it('ten times in parallel and then again: one capture, one event', async () => {
    const payment = await approved();
    const event = bench.event(APPROVED, payment);
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () =>
        bench.deliver(event).then(
          ({ outcome }) => outcome,
          ({ code }: { code: string }) => code,
        ),
      ),
    );
    expect(outcomes).toContain('processed');
    for (const outcome of outcomes)
      expect(['processed', 'duplicate', 'provider-unavailable', 'contention']).toContain(outcome);
    expect(await bench.deliver(event)).toMatchObject({ outcome: 'duplicate' });
    expect(await posts()).toHaveLength(1);
    expect(await statuses(payment)).toEqual([
      'initiating',
      'requires_action',
      'approved',
      'approved',
      'succeeded',
    ]);
    expect((await typesOf(payment)).filter((type) => type === 'succeeded')).toHaveLength(1);
  });

  it('is found by verify when no webhook comes', async () => {
    const payment = await approved();
    const verified = await Promise.all(
      Array.from({ length: 5 }, () => bench.call('verifyPayment', { id: payment.id })),
    );
    for (const { status, body } of verified) {
      expect(status).toBe(200);
      expect(['approved', 'succeeded']).toContain(body.status);
    }
    expect(await bench.stateOf(payment)).toMatchObject({ status: 'succeeded', capturedMinor: 10_000 });
    expect(await posts()).toHaveLength(1);
  });

  it.each([false, true])(
    'all events of a payment in reverse (at once: %s) end in the same state',
    async (atOnce) => {
      const payment = await approved();
      const events = [
        'PAYMENT.CAPTURE.COMPLETED',
        'CHECKOUT.ORDER.COMPLETED',
        APPROVED,
        'CHECKOUT.ORDER.APPROVED',
      ].map((type) => bench.event(type, payment));
      if (atOnce) await Promise.allSettled(events.map((event) => bench.deliver(event)));
      for (const event of events) await bench.deliver(event);
      expect(await bench.stateOf(payment)).toMatchObject({ status: 'succeeded', capturedMinor: 10_000 });
      expect(await posts()).toHaveLength(1);
      expect(await typesOf(payment)).toEqual(['created', 'requires_action', 'approved', 'succeeded']);
    },
  );

  it('that the bank declines asks the payer again; the next approval is a new attempt', async () => {
    const payment = await approved({}, 'declined-once');
    expect(await deliverApproved(payment)).toMatchObject({ outcome: 'processed' });
    expect(await bench.stateOf(payment)).toMatchObject({
      status: 'requires_action',
      nextAction: { type: 'redirect' },
      failure: { code: 'INSTRUMENT_DECLINED' },
      operation: { kind: 'capture', status: 'failed' },
    });
    await bench.approve(payment);
    await deliverApproved(payment);
    expect(await bench.stateOf(payment)).toMatchObject({ status: 'succeeded', capturedMinor: 10_000 });
    const captures = (await posts()).map(({ idempotencyKey }) => idempotencyKey);
    const key = `local-cap_auto_${payment.id}-capture`;
    expect(captures).toEqual([key, `${key}-a2`]);
    expect(await typesOf(payment)).toEqual([
      'created',
      'requires_action',
      'approved',
      'attempt_failed',
      'requires_action',
      'approved',
      'succeeded',
    ]);
  });

  it('whose authorization the bank declines asks the payer again too', async () => {
    const payment = await approved({ captureMethod: 'manual' }, 'declined-once');
    await deliverApproved(payment);
    expect(await bench.stateOf(payment)).toMatchObject({
      status: 'requires_action',
      operation: { kind: 'authorize', status: 'failed' },
    });
    await bench.approve(payment);
    await deliverApproved(payment);
    expect((await bench.stateOf(payment)).status).toBe('authorized');
    const key = `local-auth_auto_${payment.id}-authorize`;
    expect((await posts()).map(({ idempotencyKey }) => idempotencyKey)).toEqual([key, `${key}-a2`]);
  });

  it('that stays pending is processing until PayPal has decided', async () => {
    for (const [outcome, result, status] of [
      ['review', 'completed', 'succeeded'],
      ['review', 'denied', 'failed'],
    ] as const) {
      const payment = await approved({}, outcome);
      await deliverApproved(payment);
      expect(await bench.stateOf(payment)).toMatchObject({ status: 'processing', capturedMinor: 0 });
      const order = await orderOf(payment);
      await bench.control(`/captures/${order.purchase_units[0]?.payments.captures[0]?.id}/settle`, 'POST', {
        result,
      });
      const type = result === 'completed' ? 'PAYMENT.CAPTURE.COMPLETED' : 'PAYMENT.CAPTURE.DENIED';
      await bench.deliver(bench.event(type, payment));
      expect(await bench.stateOf(payment)).toMatchObject({ status });
    }
  });

  it('of a canceled payment is never captured', async () => {
    const payment = await bench.create();
    await bench.mark();
    const canceled = await bench.call('cancelPayment', { id: payment.id });
    expect(canceled).toMatchObject({ status: 200, body: { status: 'canceled', reason: 'requested' } });
    await bench.approve(payment);
    expect(await deliverApproved(payment)).toMatchObject({ outcome: 'processed' });
    expect((await bench.call('verifyPayment', { id: payment.id })).body.status).toBe('canceled');
    expect(await posts()).toEqual([]);
  });

  it('that arrives while the payment is being canceled is never captured', async () => {
    const payment = await bench.create();
    await bench.mark();
    const racing = bench.with({
      provider: (inner) => ({
        ...inner,
        cancel: async (request, call) => {
          const answer = await inner.cancel(request, call);
          await bench.approve(payment);
          await expect(deliverApproved(payment)).rejects.toMatchObject({ status: 503 });
          expect((await bench.stateOf(payment)).status).toBe('approved');
          return answer;
        },
      }),
    });
    const canceled = await racing.call('cancelPayment', { id: payment.id, reason: 'abandoned' });
    expect(canceled).toMatchObject({ status: 200, body: { status: 'canceled', reason: 'abandoned' } });
    expect(await deliverApproved(payment)).toMatchObject({ outcome: 'processed' });
    expect((await bench.call('verifyPayment', { id: payment.id })).body.status).toBe('canceled');
    expect(await posts()).toEqual([]);
  });

  it('that became money while the payment was being canceled: the cancel is refused', async () => {
    const payment = await bench.create();
    const racing = bench.with({
      provider: (inner) => ({
        ...inner,
        cancel: async (request, call) => {
          const answer = await inner.cancel(request, call);
          await bench.approve(payment);
          const ref = payment.providerRef ?? '';
          await inner.complete?.(
            { ref, captureMethod: 'automatic' },
            { ...call, idempotencyKey: 'elsewhere-2' },
          );
          await bench.deliver(bench.event('PAYMENT.CAPTURE.COMPLETED', payment));
          return answer;
        },
      }),
    });
    const key = 'cancel-late';
    const refused = { status: 409, body: { code: 'invalid-state' } };
    expect(await racing.call('cancelPayment', { id: payment.id }, { key })).toMatchObject(refused);
    expect(await bench.call('cancelPayment', { id: payment.id }, { key })).toMatchObject(refused);
    expect(await bench.stateOf(payment)).toMatchObject({ status: 'succeeded', capturedMinor: 10_000 });
  });

  it('that the payer takes back ends the payment', async () => {
    const payment = await approved();
    await bench.control(`/orders/${payment.providerRef}/decline`, 'POST', {});
    await bench.deliver(bench.event('CHECKOUT.PAYMENT-APPROVAL.REVERSED', payment));
    expect(await bench.stateOf(payment)).toMatchObject({ status: 'canceled', reason: 'voided' });
  });
});

interface OrderBody {
  readonly purchase_units: { payments: { captures: { id: string }[] } }[];
}

async function orderOf({ providerRef }: { providerRef: string | null }): Promise<OrderBody> {
  const login = await fetch(`${bench.origin}/v1/oauth2/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from('client-bench:secret-bench').toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
  });
  const { access_token: token } = (await login.json()) as { access_token: string };
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${bench.origin}/v2/checkout/orders/${providerRef}`, { headers });
  return (await answer.json()) as OrderBody;
}

describe('when something breaks on the way', () => {
  const captureFault = (payment: { providerRef: string | null }, after: boolean, times: number) =>
    bench.control('/faults', 'POST', [
      { method: 'POST', path: `${payment.providerRef}/capture`, times, reset: true, after },
    ]);

  it.each([false, true])('a lost answer (PayPal acted: %s) is repeated with the same key', async (after) => {
    const payment = await approved();
    await captureFault(payment, after, 1);
    expect(await deliverApproved(payment)).toMatchObject({ outcome: 'processed' });
    expect((await bench.stateOf(payment)).status).toBe('succeeded');
    expect(new Set((await posts()).map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  });

  it.each([false, true])(
    'an unknown outcome (PayPal acted: %s) converges when it is delivered again',
    async (after) => {
      const payment = await approved();
      const event = bench.event(APPROVED, payment);
      await captureFault(payment, after, 20);
      await expect(bench.deliver(event)).rejects.toMatchObject({ status: 503 });
      await bench.control('/faults', 'DELETE');
      expect((await bench.stateOf(payment)).operation).toEqual({
        kind: 'capture',
        status: 'in_doubt',
        nextCheckAt: expect.any(String),
      });
      expect(await bench.deliver(event)).toMatchObject({ outcome: 'processed' });
      expect(await bench.stateOf(payment)).toMatchObject({
        status: 'succeeded',
        operation: { status: 'succeeded' },
      });
      expect(new Set((await posts()).map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
      expect((await typesOf(payment)).filter((type) => type === 'succeeded')).toHaveLength(1);
    },
  );

  it.each([
    ['an answer that does not fit the schema', { id: 7, status: {}, purchase_units: 'none' }],
    ['an answer that is no JSON', '<html>'],
  ])('%s after the money moved is looked up, not failed', async (_name, body) => {
    const payment = await approved();
    const event = bench.event(APPROVED, payment);
    await bench.control('/faults', 'POST', [
      { method: 'POST', path: '/capture', times: 20, status: 201, body, after: true },
    ]);
    await expect(bench.deliver(event)).rejects.toMatchObject({ status: 503 });
    await bench.control('/faults', 'DELETE');
    expect(await bench.deliver(event)).toMatchObject({ outcome: 'processed' });
    expect(await bench.stateOf(payment)).toMatchObject({ status: 'succeeded', capturedMinor: 10_000 });
  });

  const crashing = (acts: boolean) => (inner: PaymentProvider) => ({
    ...inner,
    complete: async (...args: Parameters<NonNullable<PaymentProvider['complete']>>) => {
      if (acts) await inner.complete?.(...args);
      throw new Error('crash');
    },
  });

  it.each([false, true])(
    'a crash (PayPal acted: %s) is taken over after its lock, with one capture',
    async (acts) => {
      const payment = await approved();
      const event = bench.event(APPROVED, payment);
      await expect(bench.with({ provider: crashing(acts) }).deliver(event)).rejects.toThrow('crash');
      if (!acts) await expect(bench.deliver(event)).rejects.toMatchObject({ status: 503 });
      bench.skip(LOCK_MS);
      const settled = await Promise.allSettled([
        bench.deliver(event),
        bench.deliver(event),
        bench.deliver(event),
      ]);
      expect(settled.some(({ status }) => status === 'fulfilled')).toBe(true);
      expect(await bench.stateOf(payment)).toMatchObject({
        status: 'succeeded',
        capturedMinor: 10_000,
        operation: { kind: 'capture', status: 'succeeded' },
      });
      expect(new Set((await posts()).map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
      expect((await typesOf(payment)).filter((type) => type === 'succeeded')).toHaveLength(1);
    },
  );

  it('looks before it repeats what PayPal may have forgotten the key of', async () => {
    const payment = await approved();
    await expect(
      bench.with({ provider: crashing(false) }).deliver(bench.event(APPROVED, payment)),
    ).rejects.toThrow('crash');
    bench.skip(5 * 3_600_000 + 60_000);
    const before = (await bench.requests()).length;
    await deliverApproved(payment);
    const sent = (await bench.requests()).slice(before);
    expect(sent.map(({ method }) => method)).toEqual(['GET', 'GET', 'POST']);
    bench.skip(-(5 * 3_600_000 + 60_000));
  });

  it('refused credentials release the attempt, and the next delivery makes another', async () => {
    const payment = await approved();
    const event = bench.event(APPROVED, payment);
    await bench.control('/faults', 'POST', [
      { method: 'POST', path: '/capture', times: 5, status: 403, body: { name: 'NOT_AUTHORIZED' } },
    ]);
    await expect(bench.deliver(event)).rejects.toMatchObject({ status: 503, code: 'provider-unavailable' });
    await bench.control('/faults', 'DELETE');
    expect(await bench.stateOf(payment)).toMatchObject({
      status: 'approved',
      operation: { status: 'failed' },
    });
    expect(await bench.deliver(event)).toMatchObject({ outcome: 'processed' });
    expect((await bench.stateOf(payment)).status).toBe('succeeded');
  });

  it('a revoked token is replaced once, unseen', async () => {
    const payment = await bench.create();
    await bench.mark();
    await bench.control('/faults', 'POST', [{ method: 'GET', path: '/orders/', status: 401, body: {} }]);
    expect((await bench.call('verifyPayment', { id: payment.id })).status).toBe(200);
    expect((await bench.requests()).map(({ method, status }) => [method, status])).toEqual([
      ['GET', 401],
      ['POST', 200],
      ['GET', 200],
    ]);
  });
});

describe('an event', () => {
  it('that tells of a change made elsewhere costs two database round trips and one read', async () => {
    const payment = await approved();
    const other = bench.with({});
    const snapshot = await (
      await other.services.provider('paypal')
    ).complete?.(
      { ref: payment.providerRef ?? '', captureMethod: 'automatic' },
      { budgetMs: 9000, idempotencyKey: 'elsewhere' },
    );
    expect(snapshot?.status).toBe('succeeded');
    await bench.mark();
    await bench.deliver(bench.event('PAYMENT.CAPTURE.COMPLETED', payment));
    expect(bench.databaseCalls()).toBe(2);
    expect((await bench.requests()).map(({ method }) => method)).toEqual(['GET']);
    expect((await bench.stateOf(payment)).status).toBe('succeeded');
  });

  it('finds the payment by the order when the resource does not name it', async () => {
    const payment = await approved();
    const resource = { id: payment.providerRef, purchase_units: [{}] };
    await bench.deliver(JSON.stringify({ id: 'WH-by-ref', event_type: APPROVED, resource }));
    expect((await bench.stateOf(payment)).status).toBe('succeeded');
  });

  it('of another payment, of nobody or of a type that we do not know is ignored', async () => {
    const payment = await bench.create();
    const stolen = { ...payment, providerRef: 'OTHERORDER' };
    expect(await bench.deliver(bench.event(APPROVED, stolen))).toMatchObject({ outcome: 'ignored' });
    const foreign = JSON.stringify({ id: 'WH-1', event_type: APPROVED, resource: { id: 'FOREIGN' } });
    expect(await bench.deliver(foreign)).toMatchObject({ outcome: 'ignored' });
    expect(await bench.deliver(bench.event('CUSTOMER.DISPUTE.CREATED', payment))).toMatchObject({
      outcome: 'ignored',
    });
    const missing = bench.event(APPROVED, { ...payment, id: createId('pay', Date.now()) });
    await expect(bench.deliver(missing)).rejects.toMatchObject({ status: 503, code: 'payment-missing' });
    expect((await bench.stateOf(payment)).version).toBe(payment.version);
  });

  it('never makes a payment without an order belong to a foreign one', async () => {
    const foreign = await approved();
    const crash = bench.with({
      provider: (inner) => ({
        ...inner,
        create: async () => {
          throw new Error('crash');
        },
      }),
    });
    await expect(crash.call('createPayment', { amount: 1, currency: 'usd' })).rejects.toThrow('crash');
    const listed = await bench.call<{ payments: (typeof foreign)[] }>('listPayments', {
      status: ['initiating'],
    });
    const [orphan] = listed.body.payments;
    if (orphan === undefined) throw new Error('no payment is initiating');
    await bench.deliver(bench.event(APPROVED, { ...orphan, providerRef: foreign.providerRef }));
    expect(await bench.stateOf(orphan)).toMatchObject({ status: 'initiating', flags: [], providerRef: null });
  });
});
