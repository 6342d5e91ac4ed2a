import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type PaymentProvider } from '../../../../../plugins/payment/providers/provider.ts';
import {
  ProviderError,
  type ProviderErrorClass,
} from '../../../../../plugins/payment/providers/provider-error.ts';
import { type Bench, intentObject, startBench } from '../bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench?.stop());
afterEach(() => bench.control('DELETE', '/faults'));

const card = { amount: 7, currency: 'usd', paymentMethodId: 'pm_card_visa', confirm: true };
const intents = async () => {
  const seen = await bench.requests();
  return new Set(seen.filter(({ method }) => method === 'POST').map((request) => request.idempotencyKey))
    .size;
};

/** A provider whose changing calls are refused before they are looked at. */
const refusing = (errorClass: ProviderErrorClass) => (inner: PaymentProvider) => {
  const refuse = async () => {
    throw new ProviderError({ class: errorClass, code: errorClass });
  };
  return { ...inner, create: refuse, capture: refuse, cancel: refuse };
};

describe('an operation whose first answer was lost', () => {
  it.each(['auth', 'rate_limited'] as const)(
    'is not given up for %s at the second try',
    async (errorClass) => {
      const key = randomUUID();
      await bench.mark();
      await bench.control('POST', '/faults', [
        { method: 'POST', path: '/v1/payment_intents', times: 20, reset: true, after: true },
      ]);
      const { body } = await bench.call('createPayment', card, { key });
      await bench.control('DELETE', '/faults');
      const refused = await bench
        .with({ provider: refusing(errorClass) })
        .call('createPayment', card, { key });
      expect(refused.status).toBe(errorClass === 'auth' ? 503 : 202);
      expect((await bench.call('getPayment', { id: body.id })).body).toMatchObject({
        status: 'initiating',
        operation: { status: 'in_doubt' },
      });
      expect(await bench.call('createPayment', card, { key })).toMatchObject({
        status: 201,
        body: { id: body.id, status: 'succeeded', capturedMinor: 700 },
      });
      expect(await intents()).toBe(1);
    },
  );

  it('is not given up when the second try has no time left', async () => {
    const key = randomUUID();
    await bench.control('POST', '/faults', [
      { method: 'POST', path: '/v1/payment_intents', times: 20, reset: true, after: true },
    ]);
    const { body } = await bench.call('createPayment', card, { key });
    await bench.control('DELETE', '/faults');
    let left = 28_000;
    const hurried = bench.with({
      provider: (inner) => ({ ...inner, create: () => Promise.reject(new Error('must not be called')) }),
      // Too little for a call to the provider, and enough to record that.
      remainingMs: () => (left = Math.max(left - 9_000, 3_900)),
    });
    expect((await hurried.call('createPayment', card, { key })).status).toBe(202);
    expect((await bench.call('createPayment', card, { key })).body).toMatchObject({
      id: body.id,
      status: 'succeeded',
    });
  });

  it.each([429, 401])('is not given up when its repetition at once is answered with %i', async (status) => {
    const key = randomUUID();
    await bench.mark();
    const path = '/v1/payment_intents';
    await bench.control('POST', '/faults', [
      { method: 'POST', path, reset: true, after: true },
      { method: 'POST', path, times: 20, status, body: { error: { type: 'x', message: 'no' } } },
    ]);
    const answer = await bench.call('createPayment', card, { key });
    expect(answer).toMatchObject({ status: 202, body: { operation: { status: 'in_doubt' } } });
    await bench.control('DELETE', '/faults');
    expect((await bench.call('createPayment', card, { key })).body).toMatchObject({
      id: answer.body.id,
      status: 'succeeded',
    });
    expect(await intents()).toBe(1);
  });
});

describe('a payer who was declined', () => {
  it('is counted once, however often we look, also without a decline code', async () => {
    const created = (await bench.call('createPayment', { amount: 7, currency: 'usd' })).body;
    await bench.confirm(created.clientSecret ?? '', 'pm_card_authenticationRequired');
    await bench.control('POST', `/payment_intents/${created.providerRef}/3ds`, { result: 'failed' });
    const first = (await bench.call('verifyPayment', { id: created.id })).body;
    expect(first).toMatchObject({ status: 'requires_action', failure: { code: expect.any(String) } });
    const again = (await bench.call('verifyPayment', { id: created.id })).body;
    expect(again.version).toBe(first.version);
  });

  it('by a confirmed create ends the payment, also when the webhook is faster', async () => {
    const orderReference = randomUUID();
    const overtaken = bench.with({
      provider: (inner) => ({
        ...inner,
        create: async (request, call) => {
          try {
            return await inner.create(request, call);
          } catch (error) {
            const ref = (error as ProviderError).details.snapshot?.ref ?? null;
            const object = { ...intentObject({ id: request.paymentId } as never), id: ref };
            await bench.deliver(bench.event('payment_intent.payment_failed', object));
            throw error;
          }
        },
      }),
    });
    const declined = { ...card, orderReference, paymentMethodId: 'pm_card_chargeDeclined' };
    const answer = await overtaken.call<{ paymentId: string }>('createPayment', declined);
    expect(answer.status).toBe(402);
    const { body } = await bench.call('getPayment', { id: answer.body.paymentId });
    expect(body).toMatchObject({ status: 'failed', operation: { status: 'failed' } });
    const retried = await bench.call('createPayment', { ...card, orderReference });
    expect(retried).toMatchObject({ status: 201, body: { status: 'succeeded' } });
  });
});

describe('a key whose operation was settled by somebody else', () => {
  it('is answered 402 for a decline that verify found', async () => {
    const key = randomUUID();
    await bench.control('POST', '/faults', [
      { method: 'POST', path: '/v1/payment_intents', times: 20, reset: true },
    ]);
    const declined = { ...card, paymentMethodId: 'pm_card_chargeDeclinedInsufficientFunds' };
    const { body } = await bench.call('createPayment', declined, { key });
    await bench.control('DELETE', '/faults');
    expect(await bench.call('verifyPayment', { id: body.id })).toMatchObject({
      status: 200,
      body: { status: 'failed', failure: { declineCode: 'insufficient_funds' } },
    });
    for (const replayed of [undefined, 'true'])
      expect(await bench.call('createPayment', declined, { key })).toMatchObject({
        status: 402,
        body: { code: 'payment-declined', paymentId: body.id, declineCode: 'insufficient_funds' },
        headers: replayed === undefined ? {} : { 'Idempotent-Replayed': replayed },
      });
  });
});

// Moves the clock of the sandbox, which cannot be moved back: must stay the last test.
it('a create that was repeated hours later is found by its payment, not by the hour it was begun', async () => {
  const key = randomUUID();
  const cut = { method: 'POST', path: '/v1/payment_intents', times: 20, reset: true };
  await bench.control('POST', '/faults', [cut]);
  const { body } = await bench.call('createPayment', card, { key });
  await bench.control('DELETE', '/faults');
  bench.skip(2 * 3_600_000);
  await bench.control('POST', '/clock', { advance: '2h' });
  await bench.control('POST', '/faults', [{ ...cut, after: true }]);
  await bench.call('createPayment', card, { key });
  await bench.control('DELETE', '/faults');
  bench.skip(25 * 3_600_000);
  await bench.control('POST', '/clock', { advance: '25h' });
  await bench.mark();
  expect(await bench.call('createPayment', card, { key })).toMatchObject({
    status: 201,
    body: { id: body.id, status: 'succeeded' },
  });
  expect(await intents()).toBe(0);
});
