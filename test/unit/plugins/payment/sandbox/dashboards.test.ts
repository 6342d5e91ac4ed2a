import { randomUUID } from 'node:crypto';
import { SubscriptionsController } from '@paypal/paypal-server-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CustomerView, MethodView } from '../../../../../plugins/payment/customers/customer-schema.ts';
import type { SubscriptionView } from '../../../../../plugins/payment/subscriptions/subscription-schema.ts';
import { type Bench, startBench } from '../bench.ts';
import { credentials, type PayPalBench, startPayPalBench } from '../paypal-bench.ts';
import { makePlan } from './paypal/plans.ts';
import { caller, clientAt } from './paypal/support.ts';
import { controlAt } from './support.ts';

const total = { amount: 100, currency: 'usd' };
const returnUrl = 'https://shop.example/back';

describe("Stripe's dashboard", () => {
  let bench: Bench;
  let control: ReturnType<typeof controlAt>;
  beforeAll(async () => {
    bench = await startBench();
    control = controlAt(bench.sandbox.url);
  });
  afterAll(() => bench?.stop());
  async function stripe<T>(path: string, body?: Record<string, string>): Promise<T> {
    const response = await fetch(`${bench.sandbox.url}/v1/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: 'Bearer sk_test_bench' },
      ...(body && { body: new URLSearchParams(body) }),
    });
    return (await response.json()) as T;
  }
  const types = async () =>
    (await stripe<{ data: { type: string }[] }>('events?limit=100')).data.map(({ type }) => type);
  const card = { confirm: true, paymentMethodId: 'pm_card_visa' };
  const pay = async (more: object = {}) =>
    (await bench.call('createPayment', { ...total, ...card, ...more })).body;

  it('captures, in parts or all, and cancels', async () => {
    const held = await pay({ captureMethod: 'manual' });
    const taken = await control('POST', `payments/${held.providerRef}/capture`, { amount: 4000 });
    expect(taken).toMatchObject({ status: 200, body: { status: 'succeeded', amount_received: 4000 } });
    const other = await pay({ captureMethod: 'manual' });
    const reason = { reason: 'abandoned' };
    const gone = await control('POST', `payments/${other.providerRef}/cancel`, reason);
    expect(gone).toMatchObject({
      status: 200,
      body: { status: 'canceled', cancellation_reason: 'abandoned' },
    });
    const verified = await bench.call('verifyPayment', { id: other.id });
    expect(verified.body.status).toBe('canceled');
  });

  it('refunds a part, then the rest, and refuses what the API refuses', async () => {
    const payment = await pay();
    const ref = payment.providerRef;
    expect(await control('POST', 'refunds', { ref, amount: 3000 })).toMatchObject({
      status: 200,
      body: { object: 'refund', amount: 3000 },
    });
    expect(await control('POST', 'refunds', { ref })).toMatchObject({ status: 200, body: { amount: 7000 } });
    const refused = await control('POST', 'refunds', { ref });
    expect(refused.status).toBe(400);
    expect(refused.body.error?.message ?? JSON.stringify(refused.body)).toContain('refunded');
    expect(await control('POST', 'refunds', { ref: 'pi_nobody' })).toMatchObject({ status: 400 });
    expect(await types()).toEqual(expect.arrayContaining(['refund.created', 'charge.refunded']));
  });

  it('changes and deletes a customer, and changes and detaches a method', async () => {
    const customer = (await bench.call<CustomerView>('createCustomer', { email: 'a@shop.example' })).body;
    const attached = await bench.call<MethodView>('attachPaymentMethod', {
      id: customer.id,
      paymentMethodId: 'pm_card_visa',
    });
    const { providerRef: method } = attached.body;
    const changed = await control('POST', `customers/${customer.providerRef}/update`, {
      email: 'b@shop.example',
      name: 'B & Co',
    });
    expect(changed.body).toMatchObject({ email: 'b@shop.example', name: 'B & Co' });
    const renewed = await control('POST', `payment_methods/${method}/update`, { expMonth: 7, expYear: 2041 });
    expect(renewed.body).toMatchObject({ card: { exp_month: 7, exp_year: 2041 } });
    const detached = await control('POST', `payment_methods/${method}/detach`);
    expect(detached).toMatchObject({ status: 200, body: { id: method, customer: null } });
    const deleted = await control('POST', `customers/${customer.providerRef}/delete`);
    expect(deleted).toMatchObject({ status: 200, body: { id: customer.providerRef, deleted: true } });
    expect(await control('POST', `customers/${customer.providerRef}/delete`)).toMatchObject({ status: 404 });
    expect(await types()).toEqual(
      expect.arrayContaining([
        'customer.updated',
        'customer.deleted',
        'payment_method.updated',
        'payment_method.detached',
      ]),
    );
  });

  it('pauses, resumes and cancels a subscription, now or with its period', async () => {
    const customer = (await bench.call<CustomerView>('createCustomer', {})).body;
    const method = { id: customer.id, paymentMethodId: 'pm_card_visa', default: true };
    await bench.call('attachPaymentMethod', method);
    const { id: product } = await stripe<{ id: string }>('products', { name: 'Tea' });
    const price = { product, currency: 'usd', unit_amount: '1500', 'recurring[interval]': 'month' };
    const { id: planId } = await stripe<{ id: string }>('prices', price);
    const begun = await bench.call<SubscriptionView>('createSubscription', {
      planId,
      customerId: customer.id,
    });
    await bench.confirm(begun.body.clientSecret ?? '');
    const path = `subscriptions/${begun.body.providerRef}`;
    const body = async (verb: string, given?: object) =>
      (await control('POST', `${path}/${verb}`, given)).body;
    expect(await body('pause')).toMatchObject({ pause_collection: { behavior: 'void' } });
    expect(await body('resume')).toMatchObject({ pause_collection: null, status: 'active' });
    expect(await body('cancel', { atPeriodEnd: true })).toMatchObject({ cancel_at_period_end: true });
    expect(await body('resume')).toMatchObject({ cancel_at_period_end: false, status: 'active' });
    expect(await body('cancel')).toMatchObject({ status: 'canceled' });
  });

  it('needs no key, and refuses members that it does not know', async () => {
    expect(await control('POST', 'refunds', { ref: 'pi_1', amout: 1 })).toMatchObject({ status: 400 });
    expect(await control('POST', `customers/cus_${randomUUID().slice(0, 6)}/update`, {})).toMatchObject({
      status: 404,
    });
  });
});

describe("PayPal's site", () => {
  let bench: PayPalBench;
  let control: ReturnType<typeof controlAt>;
  beforeAll(async () => {
    bench = await startPayPalBench();
    control = controlAt(bench.origin);
  });
  afterAll(() => bench?.stop());
  const approved = async (captureMethod: string) => {
    const payment = await bench.create({ captureMethod });
    await bench.approve(payment);
    return (await bench.call('verifyPayment', { id: payment.id })).body;
  };

  it('captures, in parts or all, and cancels what is held', async () => {
    const held = await approved('manual');
    const taken = await control('POST', `payments/${held.providerRef}/capture`, {
      amount: '40.00',
      final: false,
    });
    expect(taken).toMatchObject({ status: 200, body: { status: 'COMPLETED', amount: { value: '40.00' } } });
    expect(await control('POST', `payments/${held.providerRef}/cancel`)).toMatchObject({ status: 200 });
    const { body } = await bench.call('verifyPayment', { id: held.id });
    expect(body).toMatchObject({ status: 'succeeded', capturedMinor: 4000 });
    const waiting = await bench.create();
    expect(await control('POST', `payments/${waiting.providerRef}/cancel`)).toMatchObject({ status: 400 });
    await bench.approve(waiting);
    const order = await control('POST', `payments/${waiting.providerRef}/capture`);
    expect(order).toMatchObject({ status: 200, body: { status: 'COMPLETED' } });
  });

  it('refunds an order or a capture, a part or all, and refuses what the API refuses', async () => {
    const { providerRef: ref } = await approved('automatic');
    expect(await control('POST', 'refunds', { ref, amount: '30.00' })).toMatchObject({
      status: 200,
      body: { status: 'COMPLETED', amount: { value: '30.00', currency_code: 'USD' } },
    });
    expect(await control('POST', 'refunds', { ref })).toMatchObject({ body: { amount: { value: '70.00' } } });
    expect(await control('POST', 'refunds', { ref })).toMatchObject({ status: 422 });
    expect(await control('POST', 'refunds', { ref: 'NOBODY' })).toMatchObject({ status: 404 });
  });

  it('keeps what a request has done before it was refused, as the API does', async () => {
    const payment = await bench.create();
    await bench.approve(payment, 'declined');
    const refused = await control('POST', `payments/${payment.providerRef}/capture`);
    expect(refused.status).toBe(422);
    expect(JSON.stringify(refused.body)).toContain('INSTRUMENT_DECLINED');
    expect((await bench.call('verifyPayment', { id: payment.id })).body.status).toBe('requires_action');
  });

  it('detaches a method, and pauses, resumes and cancels a subscription', async () => {
    const customer = (await bench.call<CustomerView>('createCustomer', {})).body;
    const asked = await bench.call<MethodView>('attachPaymentMethod', { id: customer.id, returnUrl });
    await bench.control(`/setup-tokens/${asked.body.providerRef}/approve`, 'POST', {});
    const kept = await bench.call<MethodView>('attachPaymentMethod', {
      id: customer.id,
      paymentMethodId: asked.body.id,
    });
    const detached = await control('POST', `payment_methods/${kept.body.providerRef}/detach`);
    expect(detached).toEqual({ status: 200, body: { id: kept.body.providerRef } });
    expect(await control('POST', `payment_methods/${kept.body.providerRef}/detach`)).toMatchObject({
      status: 404,
    });

    const paypal = await caller(bench.origin, credentials);
    const sdk = new SubscriptionsController(clientAt(bench.origin, credentials));
    const planId = (await makePlan(paypal, sdk, { failureThreshold: 0 })).id;
    const input = { planId, customerId: customer.id, returnUrl };
    const { body } = await bench.call<SubscriptionView>('createSubscription', input);
    await bench.control(`/subscriptions/${body.providerRef}/approve`, 'POST', {});
    for (const [verb, status] of [
      ['pause', 'SUSPENDED'],
      ['resume', 'ACTIVE'],
      ['cancel', 'CANCELLED'],
    ]) {
      expect(await control('POST', `subscriptions/${body.providerRef}/${verb}`)).toMatchObject({
        status: 200,
      });
      const shown = await paypal('GET', `/v1/billing/subscriptions/${body.providerRef}`);
      expect(shown.body).toMatchObject({ status });
    }
  });
});
