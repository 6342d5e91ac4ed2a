import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CustomerView } from '../../../../../plugins/payment/customers/customer-schema.ts';
import type { PaymentView } from '../../../../../plugins/payment/api/schemas.ts';
import { type Bench, intentObject, startBench } from '../bench.ts';
import type { CallOptions } from '../plugin-under-test.ts';
import { startPayPalBench } from '../paypal-bench.ts';

let plain: Bench;
let bench: Bench;
beforeAll(async () => {
  plain = await startBench();
  const { stripe } = plain.services.config;
  bench = plain.with({ config: { stripe: { ...stripe, returnUrl: 'https://shop.example/back' } } });
});
afterAll(() => plain?.stop());
afterEach(() => bench.control('DELETE', '/faults'));

const create = async (more: object = {}): Promise<PaymentView> =>
  (await bench.call('createPayment', { amount: 100, currency: 'usd', ...more })).body;
const confirm = (id: string, paymentMethodId: string, more: object = {}, options?: CallOptions) =>
  bench.call('confirmPayment', { id, paymentMethodId, ...more }, options);
const get = async (id: string) => (await bench.call('getPayment', { id })).body;
const typesOf = async (id: string) =>
  ((await bench.items(id, 'EVT#')) as unknown as { events: { type: string }[] }[]).flatMap(({ events }) =>
    events.map(({ type }) => type.replace(/^payment\.|\.v1$/g, '')),
  );

describe('confirmPayment', () => {
  it('pays with another method in three database round trips and one provider call', async () => {
    const { id } = await create();
    await bench.mark();
    const key = randomUUID();
    const paid = await confirm(id, 'pm_card_visa', {}, { key });
    expect(paid).toMatchObject({
      status: 200,
      body: {
        status: 'succeeded',
        capturedMinor: 10_000,
        operation: { kind: 'confirm', status: 'succeeded' },
      },
    });
    expect(bench.databaseCalls()).toBe(3);
    expect(await bench.requests()).toMatchObject([
      { method: 'POST', idempotencyKey: expect.stringMatching(/^local-op_[0-9a-z]{26}-confirm$/) },
    ]);
    const again = await confirm(id, 'pm_card_visa', {}, { key });
    expect(again).toMatchObject({ status: 200, body: paid.body, headers: { 'Idempotent-Replayed': 'true' } });
    expect(await confirm(id, 'pm_card_mastercard', {}, { key })).toMatchObject({
      status: 422,
      body: { code: 'idempotency-key-reused' },
    });
    const log = await bench.call<{ transactions: { operation: object }[] }>('listTransactions', { id });
    expect(log.body.transactions.map(({ operation }) => operation)).toContainEqual({
      kind: 'confirm',
      status: 'succeeded',
    });
  });

  it('holds the money of a manual payment, with the time until when it can be captured', async () => {
    const { id } = await create({ captureMethod: 'manual' });
    expect((await confirm(id, 'pm_card_visa')).body).toMatchObject({
      status: 'authorized',
      capturableMinor: 10_000,
      captureBefore: expect.any(String),
    });
  });

  it.each([false, true])('a decline leaves the payment to be paid (told by webhook: %s)', async (told) => {
    const created = await create();
    const { id } = created;
    const declining = bench.with({
      provider: (inner) => ({
        ...inner,
        async confirm(request, call) {
          try {
            return await (inner.confirm?.(request, call) ?? Promise.reject(new Error('no confirm')));
          } finally {
            if (told)
              await bench.deliver(bench.event('payment_intent.payment_failed', intentObject(created)));
          }
        },
      }),
    });
    const input = { id, paymentMethodId: 'pm_card_visa_chargeDeclinedInsufficientFunds' };
    const key = randomUUID();
    const refused = { status: 402, body: { code: 'payment-declined', declineCode: 'insufficient_funds' } };
    expect(await declining.call('confirmPayment', input, { key })).toMatchObject(refused);
    expect(await declining.call('confirmPayment', input, { key })).toMatchObject(refused);
    const lastError = { code: 'card_declined', declineCode: 'insufficient_funds' };
    const waiting = await get(id);
    expect(waiting).toMatchObject({ status: 'requires_action', lastError, operation: { status: 'failed' } });
    // What Stripe shows afterwards is the same attempt.
    await bench.deliver(bench.event('payment_intent.payment_failed', intentObject(created)));
    expect((await bench.call('verifyPayment', { id })).body.version).toBe(waiting.version);
    const paid = await confirm(id, 'pm_card_visa');
    expect(paid.body).toMatchObject({ status: 'succeeded' });
    expect(paid.body).not.toHaveProperty('lastError');
    expect(await typesOf(id)).toEqual([
      'created',
      'requires_action',
      'attempt_failed',
      'requires_action',
      'succeeded',
    ]);
  });

  it('leaves a method that must be authenticated to the payer, who needs the secret for that', async () => {
    const { id, clientSecret, providerRef } = await create();
    const returnUrl = 'https://shop.example/elsewhere';
    const asked = await confirm(id, 'pm_card_authenticationRequired', { returnUrl });
    expect(asked).toMatchObject({
      status: 200,
      body: {
        status: 'requires_action',
        nextAction: { type: 'redirect_to_url' },
        operation: { status: 'succeeded' },
      },
    });
    expect(JSON.stringify(asked.body)).not.toContain('_secret_');
    const secret = await bench.call('createPaymentClientSecret', { id });
    expect(secret.body).toMatchObject({ clientSecret, nextAction: { url: expect.stringMatching(/^http/) } });
    await bench.control('POST', `/payment_intents/${providerRef}/3ds`, { result: 'succeeded' });
    expect((await bench.call('verifyPayment', { id })).body.status).toBe('succeeded');
  });

  it("takes a saved method of the payment's customer, and no other", async () => {
    const customer = async () => {
      const { body } = await bench.call<CustomerView>('createCustomer', { email: 'ada@shop.example' });
      const { body: method } = await bench.call('attachPaymentMethod', {
        id: body.id,
        paymentMethodId: 'pm_card_visa',
      });
      return { customerId: body.id, methodId: method.id };
    };
    const [ada, bob] = [await customer(), await customer()];
    const { id } = await create({ customerId: ada.customerId });
    expect(await confirm(id, bob.methodId)).toMatchObject({
      status: 404,
      body: { code: 'payment-method-not-found' },
    });
    expect(await confirm((await create()).id, ada.methodId)).toMatchObject({
      status: 400,
      body: { code: 'invalid-request' },
    });
    expect((await confirm(id, ada.methodId)).body).toMatchObject({ status: 'succeeded' });
  });

  it('is 409 for what waits for no payer, and says how it stands', async () => {
    const { id } = await create();
    await confirm(id, 'pm_card_visa');
    expect(await confirm(id, 'pm_card_visa')).toMatchObject({
      status: 409,
      body: { code: 'invalid-state', paymentStatus: 'succeeded', capturedMinor: 10_000 },
    });
    const unheard = await create();
    await bench.confirm(unheard.clientSecret ?? '');
    const key = randomUUID();
    // Paid in the browser with another method: that is not what was asked for.
    for (let i = 0; i < 2; i += 1)
      expect(await confirm(unheard.id, 'pm_card_mastercard', {}, { key })).toMatchObject({
        status: 409,
        body: { code: 'invalid-state', paymentStatus: 'succeeded', capturedMinor: 10_000 },
      });
    expect(await get(unheard.id)).toMatchObject({ status: 'succeeded', operation: { status: 'failed' } });
    expect((await confirm(id, '4242424242424242')).body).toMatchObject({ code: 'card-data-refused' });
    expect((await confirm(id, 'pm_card_visa', {}, { tenant: 'other' })).status).toBe(404);
  });

  it.each([false, true])(
    'whose answer is lost is 202, and carried on by its key (Stripe acted: %s)',
    async (after) => {
      const { id } = await create();
      const key = randomUUID();
      await bench.control('POST', '/faults', [
        { method: 'POST', path: '/confirm', times: 20, reset: true, after },
      ]);
      const lost = await confirm(id, 'pm_card_visa', {}, { key });
      expect(lost).toMatchObject({
        status: 202,
        body: { operation: { kind: 'confirm', status: 'in_doubt' } },
      });
      await bench.control('DELETE', '/faults');
      expect(await confirm(id, 'pm_card_visa', {}, { key })).toMatchObject({
        status: 200,
        body: { status: 'succeeded', capturedMinor: 10_000 },
      });
      expect(await typesOf(id)).toContain('in_doubt');
      expect((await confirm(id, 'pm_card_visa')).status).toBe(409);
    },
  );

  it('lets one of many parallel confirmations through', async () => {
    const { id } = await create();
    const answers = await Promise.all(Array.from({ length: 8 }, () => confirm(id, 'pm_card_visa')));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
  });

  it('comes back to where the payment was created for, before what the configuration says', async () => {
    const without = await plain.call('createPayment', { amount: 1, currency: 'usd' });
    expect(
      await plain.call('confirmPayment', { id: without.body.id, paymentMethodId: 'pm_card_visa' }),
    ).toMatchObject({ status: 422, body: { code: 'provider-rejected', param: 'return_url' } });
    const given = { amount: 1, currency: 'usd', returnUrl: 'https://shop.example/cart' };
    const { id } = (await plain.call('createPayment', given)).body;
    expect((await plain.call('confirmPayment', { id, paymentMethodId: 'pm_card_visa' })).body).toMatchObject({
      status: 'succeeded',
    });
  });
});

describe('confirmPayment at PayPal', () => {
  it('is 422: the payer chooses there', async () => {
    const paypal = await startPayPalBench();
    try {
      const { id } = await paypal.create();
      expect(await paypal.call('confirmPayment', { id, paymentMethodId: 'pm_card_visa' })).toMatchObject({
        status: 422,
        body: { code: 'capability-unsupported', provider: 'paypal', capability: 'confirmOnServer' },
      });
    } finally {
      await paypal.stop();
    }
  });
});
