import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ClientSecretView, PaymentView } from '../../../../../plugins/payment/api/schemas.ts';
import { type Bench, intentObject, startBench } from '../bench.ts';
import { type PayPalBench, startPayPalBench } from '../paypal-bench.ts';

let stripe: Bench;
let paypal: PayPalBench;
beforeAll(async () => {
  [stripe, paypal] = await Promise.all([startBench(), startPayPalBench()]);
});
afterAll(() => Promise.all([stripe?.stop(), paypal?.stop()]));
afterEach(() => stripe.control('DELETE', '/faults'));

const get = async (bench: Pick<Bench, 'call'>, id: string): Promise<PaymentView> =>
  (await bench.call('getPayment', { id })).body;

describe('a payer of PayPal', () => {
  const APPROVED = 'CHECKOUT.ORDER.APPROVED';

  it('is shown where to approve on every read, until there is nothing to approve', async () => {
    const created = await paypal.create({ amount: 12, customerId: undefined });
    const nextAction = { type: 'redirect', url: created.nextAction?.url };
    expect(nextAction.url).toContain(created.providerRef);
    const { id } = created;
    expect(await get(paypal, id)).toMatchObject({ nextAction });
    const listed = await paypal.call<{ payments: PaymentView[] }>('listPayments', { limit: 100 });
    expect(listed.body.payments.find((each) => each.id === id)).toMatchObject({ nextAction });
    expect((await paypal.call('verifyPayment', { id })).body).toMatchObject({ nextAction });
    expect(await paypal.call('capturePayment', { id })).toMatchObject({
      status: 409,
      body: { code: 'invalid-state', paymentStatus: 'requires_action', nextAction },
    });
    await paypal.approve(created);
    expect((await paypal.call('verifyPayment', { id })).body).toMatchObject({ status: 'succeeded' });
    expect(await get(paypal, id)).not.toHaveProperty('nextAction');
  });

  it('whose instrument was declined is sent there again, and told why until the next attempt', async () => {
    const created = await paypal.create({ amount: '100.01' });
    const { id, nextAction } = created;
    await paypal.approve(created, 'declined-once');
    await paypal.deliver(paypal.event(APPROVED, created));
    const lastError = {
      code: 'INSTRUMENT_DECLINED',
      message: 'The payment was declined. Please use another payment method.',
    };
    expect(await get(paypal, id)).toMatchObject({ status: 'requires_action', nextAction, lastError });
    // Looks that bring nothing new are no attempts.
    for (let i = 0; i < 2; i += 1)
      expect((await paypal.call('verifyPayment', { id })).body).toMatchObject({ nextAction, lastError });
    await paypal.approve(created);
    await paypal.deliver(paypal.event(APPROVED, created));
    const paid = await get(paypal, id);
    expect(paid).toMatchObject({ status: 'succeeded' });
    expect(paid).not.toHaveProperty('lastError');
  });

  it('whose manual capture is declined leaves the reason on the payment until it is tried again', async () => {
    const created = await paypal.create({ captureMethod: 'manual' });
    const { id } = created;
    await paypal.approve(created, 'capture-declined');
    await paypal.call('verifyPayment', { id });
    expect((await paypal.call('capturePayment', { id })).status).toBe(402);
    const lastError = { code: 'capture_declined', message: expect.stringContaining('declined') };
    expect(await get(paypal, id)).toMatchObject({ status: 'authorized', lastError });
    expect((await paypal.call('verifyPayment', { id })).body).toMatchObject({
      status: 'authorized',
      lastError,
    });
  });

  it('needs no client secret', async () => {
    const { id } = await paypal.create();
    expect(await paypal.call('createPaymentClientSecret', { id })).toMatchObject({
      status: 422,
      body: { code: 'capability-unsupported', provider: 'paypal', capability: 'clientSecrets' },
    });
  });
});

describe('a payer of Stripe', () => {
  const create = async (more: object = {}) =>
    (await stripe.call('createPayment', { amount: 100, currency: 'usd', ...more })).body;
  const secretOf = (id: string, options?: object) =>
    stripe.call<ClientSecretView>('createPaymentClientSecret', { id }, options);

  it('gets the secret again from Stripe, with one read and nothing kept of it', async () => {
    const created = await create();
    await stripe.mark();
    const { status, body, headers } = await secretOf(created.id);
    expect({ status, body }).toEqual({
      status: 200,
      body: { paymentId: created.id, clientSecret: created.clientSecret },
    });
    expect(headers).toEqual({ 'Cache-Control': 'no-store' });
    expect(await stripe.requests()).toMatchObject([{ method: 'GET' }]);
    expect(stripe.databaseCalls()).toBe(1);
    expect(JSON.stringify(await stripe.items(created.id, ''))).not.toContain('_secret_');
    expect(JSON.stringify(stripe.logs)).not.toContain('_secret_');
  });

  it('who has to authenticate gets the address with it, which holds the secret and stands on no read', async () => {
    const returnUrl = 'https://shop.example/back';
    const card = { paymentMethodId: 'pm_card_authenticationRequired', confirm: true, returnUrl };
    const created = await create(card);
    expect(created.nextAction?.url).toMatch(/^http/);
    expect((await get(stripe, created.id)).nextAction).toEqual({ type: 'redirect_to_url' });
    expect((await secretOf(created.id)).body).toEqual({
      paymentId: created.id,
      clientSecret: created.clientSecret,
      nextAction: created.nextAction,
    });
    expect(JSON.stringify(await stripe.items(created.id, ''))).not.toContain(created.nextAction?.url);
  });

  it('is told of a decline in the browser until the next attempt, by the webhook', async () => {
    const created = await create();
    const { id, clientSecret } = created;
    await stripe.confirm(clientSecret ?? '', 'pm_card_visa_chargeDeclinedInsufficientFunds');
    await stripe.deliver(stripe.event('payment_intent.payment_failed', intentObject(created)));
    const lastError = {
      code: 'card_declined',
      declineCode: 'insufficient_funds',
      message: 'There are not enough funds for this payment. Please use another payment method.',
    };
    expect(await get(stripe, id)).toMatchObject({ status: 'requires_action', lastError });
    expect((await stripe.call('verifyPayment', { id })).body).toMatchObject({ lastError });
    expect((await secretOf(id)).body.clientSecret).toBe(clientSecret);
    await stripe.confirm(clientSecret ?? '', 'pm_card_authenticationRequired');
    await stripe.deliver(stripe.event('payment_intent.requires_action', intentObject(created)));
    expect(await get(stripe, id)).not.toHaveProperty('lastError');
    await stripe.control('POST', `/payment_intents/${created.providerRef}/3ds`, { result: 'failed' });
    await stripe.deliver(stripe.event('payment_intent.payment_failed', intentObject(created)));
    expect(await get(stripe, id)).toMatchObject({
      lastError: {
        code: 'payment_intent_authentication_failure',
        message: 'The payment was not authenticated. Please try again.',
      },
    });
  });

  it('of a stolen card is told nothing that helps a thief', async () => {
    const card = { paymentMethodId: 'pm_card_visa_chargeDeclinedStolenCard', confirm: true };
    const { paymentId } = (await create(card)) as unknown as { paymentId: string };
    expect(await get(stripe, paymentId)).toMatchObject({
      status: 'failed',
      lastError: {
        code: 'card_declined',
        declineCode: 'stolen_card',
        message: 'The payment was declined. Please use another payment method.',
      },
    });
  });

  it('is told why a saved method was declined while nobody was there', async () => {
    const { body: customer } = await stripe.call('createCustomer', { email: 'ada@shop.example' });
    const { body: method } = await stripe.call('attachPaymentMethod', {
      id: customer.id,
      paymentMethodId: 'pm_card_authenticationRequired',
    });
    const charge = { customerId: customer.id, paymentMethodId: method.id, confirm: true };
    const { paymentId } = (await create(charge)) as unknown as { paymentId: string };
    expect(await get(stripe, paymentId)).toMatchObject({ lastError: { code: 'authentication_required' } });
  });

  it('of a declined capture is told until it is tried again, also after looks at Stripe', async () => {
    const card = { paymentMethodId: 'pm_card_visa', confirm: true, captureMethod: 'manual' };
    const { id } = await create(card);
    await stripe.control('POST', '/faults', [
      {
        method: 'POST',
        path: '/capture',
        status: 402,
        body: { error: { type: 'card_error', code: 'card_declined', decline_code: 'insufficient_funds' } },
      },
    ]);
    expect((await stripe.call('capturePayment', { id })).status).toBe(402);
    const lastError = { code: 'card_declined', declineCode: 'insufficient_funds' };
    expect(await get(stripe, id)).toMatchObject({ status: 'authorized', lastError });
    expect((await stripe.call('verifyPayment', { id })).body).toMatchObject({ lastError });
    const captured = await stripe.call('capturePayment', { id });
    expect(captured).toMatchObject({ status: 200, body: { status: 'succeeded' } });
    expect(captured.body).not.toHaveProperty('lastError');
  });

  it('who is not waited for is 409, told or not, and what Stripe shows is taken over', async () => {
    const created = await create();
    await stripe.confirm(created.clientSecret ?? '');
    for (let i = 0; i < 2; i += 1)
      expect(await secretOf(created.id)).toMatchObject({
        status: 409,
        body: { code: 'invalid-state', paymentStatus: 'succeeded', capturedMinor: 10_000 },
      });
    expect(await get(stripe, created.id)).toMatchObject({ status: 'succeeded' });
    const canceled = await create();
    await stripe.call('cancelPayment', { id: canceled.id });
    expect((await secretOf(canceled.id)).status).toBe(409);
  });

  it('belongs to one tenant, and a Stripe that is away is 503', async () => {
    const { id } = await create();
    expect((await secretOf(id, { tenant: `t${randomUUID()}` })).status).toBe(404);
    await stripe.control('POST', '/faults', [
      { method: 'GET', path: '/v1/payment_intents', times: 9, reset: true },
    ]);
    expect(await secretOf(id)).toMatchObject({ status: 503, body: { code: 'provider-unavailable' } });
  });
});
