import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, startBench } from '../bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench?.stop());
afterEach(() => bench.control('DELETE', '/faults'));

const authorized = async () => {
  const card = { paymentMethodId: 'pm_card_visa', confirm: true, captureMethod: 'manual' };
  const { body } = await bench.call('createPayment', { amount: 100, currency: 'usd', ...card });
  expect(body.status).toBe('authorized');
  await bench.mark();
  return body.id;
};

describe('capturePayment', () => {
  it('captures all in three database round trips and one provider call', async () => {
    const id = await authorized();
    const { status, body } = await bench.call('capturePayment', { id }, { key: randomUUID() });
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'succeeded', capturedMinor: 10_000, capturableMinor: 0 });
    expect(body.operation).toEqual({ kind: 'capture', status: 'succeeded' });
    expect(bench.databaseCalls()).toBe(3);
    expect(await bench.requests()).toHaveLength(1);
  });

  it('captures a part and releases the rest', async () => {
    const id = await authorized();
    const { body } = await bench.call('capturePayment', { id, amount: '40.5' });
    expect(body).toMatchObject({
      status: 'succeeded',
      capturedMinor: 4_050,
      capturableMinor: 0,
      authorizedMinor: 10_000,
    });
    const again = await bench.call('capturePayment', { id });
    expect(again).toMatchObject({ status: 409, body: { code: 'invalid-state', paymentStatus: 'succeeded' } });
    expect(again.problem?.extensions).not.toHaveProperty('status');
  });

  it('refuses more than is capturable, and other amounts that cannot be', async () => {
    const id = await authorized();
    const refusals: [object, number, string][] = [
      [{ amount: 100.01 }, 422, 'capture-exceeds-authorized'],
      [{ amount: 0.001 }, 422, 'amount-precision'],
      [{ amount: 0 }, 400, 'invalid-request'],
      [{ amountMinor: -1 }, 400, 'invalid-request'],
    ];
    for (const [input, status, code] of refusals) {
      expect(await bench.call('capturePayment', { id, ...input })).toMatchObject({ status, body: { code } });
    }
    expect(await bench.requests()).toEqual([]);
  });

  it('replays the first answer for its key, also after the state has moved on', async () => {
    const id = await authorized();
    const key = randomUUID();
    const first = await bench.call('capturePayment', { id }, { key });
    await bench.mark();
    const again = await bench.call('capturePayment', { id }, { key });
    expect(again).toMatchObject({
      status: 200,
      body: first.body,
      headers: { 'Idempotent-Replayed': 'true' },
    });
    expect(bench.databaseCalls()).toBe(1);
    expect(await bench.requests()).toEqual([]);
    const reused = await bench.call('capturePayment', { id, amount: 5 }, { key });
    expect(reused).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
  });

  it('lets one of many parallel captures and cancels through', async () => {
    const id = await authorized();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => bench.call(i % 2 ? 'cancelPayment' : 'capturePayment', { id })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status !== 200).every(({ status }) => status === 409)).toBe(true);
    expect((await bench.requests()).filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('converges when it was captured elsewhere', async () => {
    const id = await authorized();
    const elsewhere = bench.with({
      provider: (inner) => ({
        ...inner,
        capture: async (request, call) => {
          await inner.capture(request, { ...call, idempotencyKey: randomUUID() });
          return inner.capture(request, call);
        },
      }),
    });
    expect(await elsewhere.call('capturePayment', { id })).toMatchObject({
      status: 200,
      body: { status: 'succeeded' },
    });
  });

  it('answers invalid-state when it was canceled elsewhere, and keeps that answer', async () => {
    const id = await authorized();
    const key = randomUUID();
    const elsewhere = bench.with({
      provider: (inner) => ({
        ...inner,
        capture: async (request, call) => {
          await inner.cancel({ ref: request.ref }, { ...call, idempotencyKey: randomUUID() });
          return inner.capture(request, call);
        },
      }),
    });
    for (let i = 0; i < 2; i += 1) {
      const answer = await elsewhere.call('capturePayment', { id }, { key });
      expect(answer).toMatchObject({ status: 409, body: { code: 'invalid-state' } });
    }
    expect((await bench.call('getPayment', { id })).body).toMatchObject({
      status: 'canceled',
      capturableMinor: 0,
    });
  });
});

describe('cancelPayment', () => {
  it('cancels in three database round trips and one provider call', async () => {
    const id = await authorized();
    const { status, body } = await bench.call(
      'cancelPayment',
      { id, reason: 'duplicate' },
      { key: randomUUID() },
    );
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { status: 'canceled', reason: 'duplicate' },
    });
    expect(bench.databaseCalls()).toBe(3);
    expect(await bench.requests()).toHaveLength(1);
    expect(await bench.call('capturePayment', { id })).toMatchObject({
      status: 409,
      body: { code: 'invalid-state' },
    });
  });

  it('knows only payments of the tenant', async () => {
    const id = await authorized();
    for (const name of [
      'getPayment',
      'capturePayment',
      'cancelPayment',
      'verifyPayment',
      'listTransactions',
    ]) {
      const answer = await bench.call(name, { id }, { tenant: 'other' });
      expect(answer, name).toMatchObject({ status: 404, body: { code: 'payment-not-found' } });
      expect((await bench.call(name, { id: 'pay_unknown' })).status, name).toBe(404);
    }
  });
});
