import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Judge, judgeFor, report } from '../contract/judge.ts';
import { type Answer, type Json, eventually, request } from '#testing/client.ts';
import { createClock } from '#testing/clock.ts';
import { freePort } from '#infra/local/ports.ts';
import { paymentsOf } from '../support/payments.ts';
import { type System, startSystem } from '../support/system.ts';

const SETTLED_WITHIN_MS = 15_000;
const providers = ['stripe', 'paypal'] as const;
type Provider = (typeof providers)[number];

let system: System;
let payments: ReturnType<typeof paymentsOf>;
let secrets: string;
/** Judges what the functions ask of Stripe, and what they are answered. */
let judge: Judge;

beforeAll(async () => {
  const port = await freePort();
  judge = await judgeFor('stripe', `http://127.0.0.1:${port}`);
  system = await startSystem({
    args: ['--sandbox-port', `stripe=${port}`],
    env: {
      PAYMENT_PLUGIN_STRIPE_API_BASE: judge.origin,
      PAYMENT_PLUGIN_STRIPE_MULTICAPTURE: 'true',
      PAYMENT_PLUGIN_LIMITS_CURRENCIES: '{"eur":{"dailyLimit":1000}}',
    },
  });
  payments = paymentsOf(system);
  secrets = readFileSync(join(system.stateDir, 'sandboxes.json'), 'utf8');
});
afterAll(async () => {
  await system?.stop();
  await judge?.close();
});
afterEach(() => Promise.all(providers.map((name) => controls(name)('POST', '/webhooks', { mode: 'auto' }))));

const controls = (provider: Provider) => (provider === 'stripe' ? payments.sandbox : payments.paypal);
const keyed = () => ({ 'idempotency-key': randomUUID() });

/** The payer's part: a card in the browser, or an approval at PayPal. */
async function pay(provider: Provider, { clientSecret, providerRef }: Json): Promise<void> {
  const { status } =
    provider === 'stripe'
      ? await payments.confirm(clientSecret, 'pk_test_browser')
      : await payments.approve(providerRef);
  expect(status).toBe(200);
}

async function paid(provider: Provider, more: object = {}): Promise<Json> {
  const { body } = await payments.create({ amount: 100, currency: 'usd', provider, ...more });
  await pay(provider, body);
  const status = 'captureMethod' in more ? 'authorized' : 'succeeded';
  return (await payments.status(body.id, status, SETTLED_WITHIN_MS)).body;
}

const refund = (id: string, body: object = {}): Promise<Answer> =>
  payments.api('POST', `/payments/${id}/refunds`, body, keyed());

async function typesOf(paymentId: string, prefix = ''): Promise<readonly string[]> {
  const { body } = await request(system.url, 'GET', `/dev/events?type=${prefix}`);
  const events = body.events as unknown as { type: string; detail: Json }[];
  return events
    .map(({ detail }) => detail)
    .filter(({ aggregate }) => aggregate.id === paymentId)
    .toSorted((a, b) => a.sequence - b.sequence || String(a.id).localeCompare(String(b.id)))
    .map(({ type }) => String(type).replace(/\.v1$/, ''));
}
const told = (paymentId: string, ...wanted: readonly string[]) =>
  eventually(
    () => typesOf(paymentId),
    (types) => wanted.every((type) => types.includes(type)),
    SETTLED_WITHIN_MS,
  );

/** An API of Stripe, as a merchant's own program would call it. */
async function stripe(method: string, path: string, form?: Record<string, string>): Promise<Json> {
  const authorization = `Bearer ${/sk_test_\w+/.exec(secrets)?.[0] ?? ''}`;
  const answer = await request(system.sandbox('stripe'), method, path, {
    headers: {
      authorization,
      ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    ...(form && { raw: new URLSearchParams(form).toString() }),
  });
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  return answer.body;
}

/** The same of PayPal. */
async function paypal(method: string, path: string, body?: unknown): Promise<Json> {
  const word = (prefix: string) => new RegExp(`${prefix}[\\w-]+`).exec(secrets)?.[0] ?? '';
  const basic = Buffer.from(`${word('sandbox-client-')}:${word('sandbox-secret-')}`).toString('base64');
  const { body: token } = await request(system.sandbox('paypal'), 'POST', '/v1/oauth2/token', {
    raw: 'grant_type=client_credentials',
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
  });
  const answer = await request(system.sandbox('paypal'), method, path, {
    headers: {
      authorization: `Bearer ${token.access_token}`,
      'paypal-request-id': randomUUID(),
      prefer: 'return=representation',
    },
    ...(body !== undefined && { body }),
  });
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  return answer.body;
}

/** The refunds of a payment as the provider has them. */
async function refundsAt(provider: Provider, ref: string): Promise<readonly Json[]> {
  if (provider === 'stripe') return (await stripe('GET', `/v1/refunds?payment_intent=${ref}&limit=100`)).data;
  const [unit] = (await paypal('GET', `/v2/checkout/orders/${ref}`)).purchase_units;
  return unit.payments.refunds;
}

describe.each(providers)('money through %s', (provider) => {
  it('is authorized, captured in part, and given back in two parts', async () => {
    const held = await paid(provider, { captureMethod: 'manual' });
    expect(held).toMatchObject({ capturableMinor: 10_000, captureBefore: expect.any(String) });
    const captured = await payments.api('POST', `/payments/${held.id}/capture`, { amount: 60 }, keyed());
    expect(captured).toMatchObject({
      status: 200,
      body: { status: 'succeeded', capturedMinor: 6_000, refundableMinor: 6_000, refundStatus: 'none' },
    });
    expect(await refund(held.id, { amount: '20.50' })).toMatchObject({
      status: 201,
      body: { status: 'succeeded', amountMinor: 2_050 },
    });
    expect((await payments.get(held.id)).body.refundStatus).toBe('partial');
    expect(await refund(held.id)).toMatchObject({ status: 201, body: { amountMinor: 3_950 } });
    expect(await refund(held.id, { amount: 1 })).toMatchObject({
      status: 422,
      body: { code: 'refund-exceeds-remaining' },
    });
    expect((await payments.get(held.id)).body).toMatchObject({ refundStatus: 'full', refundedMinor: 6_000 });
    const { body } = await payments.api('GET', `/payments/${held.id}/refunds`);
    expect(body.refunds).toMatchObject([{ amountMinor: 2_050 }, { amountMinor: 3_950 }]);
    const types = await told(held.id, 'payment.succeeded', 'refund.succeeded');
    expect(types.filter((type) => type === 'refund.succeeded')).toHaveLength(2);
    expect(types.indexOf('payment.authorized')).toBeLessThan(types.indexOf('payment.succeeded'));
    const { body: log } = await payments.transactions(held.id);
    const refunds = log.transactions.filter(({ operation }: Json) => operation.kind === 'refund');
    expect(refunds.map(({ operation }: Json) => operation.status)).toEqual(['succeeded', 'succeeded']);
  });

  it('is captured twice, and given back over both captures', async () => {
    const held = await paid(provider, { captureMethod: 'manual' });
    const part = { amount: 40, final: false };
    expect((await payments.api('POST', `/payments/${held.id}/capture`, part, keyed())).body).toMatchObject({
      status: 'partially_captured',
      capturableMinor: 6_000,
    });
    await payments.api('POST', `/payments/${held.id}/capture`, { amount: 60 }, keyed());
    await payments.status(held.id, 'succeeded', SETTLED_WITHIN_MS);
    expect(await refund(held.id, { amount: 70 })).toMatchObject({
      status: 201,
      body: { refundedMinor: 7_000 },
    });
    expect((await payments.get(held.id)).body).toMatchObject({ refundableMinor: 3_000 });
  });

  it('is given back by exactly ten of fifty parallel refunds of a tenth', async () => {
    const { id, providerRef } = await paid(provider);
    const answers = await Promise.all(Array.from({ length: 50 }, () => refund(id, { amount: 10 })));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(10);
    expect(statuses.filter((status) => status === 422)).toHaveLength(40);
    expect(await refundsAt(provider, providerRef)).toHaveLength(10);
    expect((await payments.get(id)).body).toMatchObject({ refundStatus: 'full', refundableMinor: 0 });
  });

  it('is blocked while disputed, and lost with the dispute', async () => {
    const payment = await paid(provider);
    const opened = await controls(provider)('POST', '/disputes', {
      ref: payment.providerRef,
      reason: provider === 'stripe' ? 'fraudulent' : 'UNAUTHORISED',
      amount: provider === 'stripe' ? 10_000 : '100.00',
    });
    expect(opened.status, JSON.stringify(opened.body)).toBeLessThan(300);
    await told(payment.id, 'dispute.opened');
    const disputed = (await payments.get(payment.id)).body;
    expect(['open', 'inquiry', 'under_review']).toContain(disputed.disputeStatus);
    await controls(provider)('POST', `/disputes/${opened.body.id ?? opened.body.dispute_id}/close`, {
      outcome: 'lost',
    });
    await told(payment.id, 'dispute.closed');
    expect((await payments.get(payment.id)).body).toMatchObject({
      status: 'succeeded',
      disputeStatus: 'lost',
      refundableMinor: 0,
    });
    expect((await refund(payment.id)).status).toBe(422);
  });
});

describe('limits', () => {
  it('let exactly six of ten parallel payments of 150 through a daily 1000', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => payments.create({ amount: 150, currency: 'eur' }, keyed())),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(6);
    expect(statuses.filter((status) => status === 422)).toHaveLength(4);
  });
});

describe('a subscription', () => {
  it('through Stripe is paid, renewed and canceled', async () => {
    const product = await stripe('POST', '/v1/products', { name: 'Tea' });
    const price = await stripe('POST', '/v1/prices', {
      product: product.id,
      currency: 'usd',
      unit_amount: '1500',
      'recurring[interval]': 'month',
    });
    const { body: customer } = await payments.api('POST', '/customers', { email: 'ada@shop.example' });
    for (const paymentMethodId of ['pm_card_visa', 'pm_card_mastercard'])
      await payments.api('POST', `/customers/${customer.id}/payment-methods`, {
        paymentMethodId,
        default: true,
      });
    const { body: methods } = await payments.api('GET', `/customers/${customer.id}/payment-methods`);
    expect(methods.paymentMethods).toHaveLength(2);
    const begun = await payments.api(
      'POST',
      '/subscriptions',
      { customerId: customer.id, planId: price.id },
      keyed(),
    );
    expect(begun.status).toBe(201);
    if (begun.body.clientSecret) await payments.confirm(begun.body.clientSecret, 'pk_test_browser');
    await renewedAndCanceled('stripe', begun.body.id, customer.id);
  });

  it('through PayPal is approved, renewed and canceled', async () => {
    const product = await paypal('POST', '/v1/catalogs/products', { name: 'Tea', type: 'SERVICE' });
    const plan = await paypal('POST', '/v1/billing/plans', {
      product_id: product.id,
      name: 'Tea, monthly',
      billing_cycles: [
        {
          frequency: { interval_unit: 'MONTH', interval_count: 1 },
          tenure_type: 'REGULAR',
          sequence: 1,
          total_cycles: 0,
          pricing_scheme: { fixed_price: { value: '15.00', currency_code: 'USD' } },
        },
      ],
      payment_preferences: { auto_bill_outstanding: true },
    });
    const { body: customer } = await payments.api('POST', '/customers', { provider: 'paypal' });
    const methods = `/customers/${customer.id}/payment-methods`;
    for (let i = 0; i < 2; i += 1) {
      const { body: asked } = await payments.api('POST', methods, { returnUrl: 'https://shop.example/back' });
      expect(asked).toMatchObject({ status: 'requires_action', nextAction: { url: expect.any(String) } });
      const approved = await payments.paypal('POST', `/setup-tokens/${asked.providerRef}/approve`);
      expect(approved.status, JSON.stringify(approved.body)).toBe(200);
      const { body: saved } = await payments.api('POST', methods, { paymentMethodId: asked.id });
      expect(saved.status).toBe('active');
    }
    const { body: listed } = await payments.api('GET', methods);
    expect(listed.paymentMethods.filter(({ status }: Json) => status === 'active')).toHaveLength(2);
    const begun = await payments.api(
      'POST',
      '/subscriptions',
      { customerId: customer.id, planId: plan.id, returnUrl: 'https://shop.example/back' },
      keyed(),
    );
    expect(begun).toMatchObject({ status: 201, body: { status: 'incomplete' } });
    await payments.paypal('POST', `/subscriptions/${begun.body.providerRef}/approve`);
    await renewedAndCanceled('paypal', begun.body.id, customer.id);
  });

  async function renewedAndCanceled(provider: Provider, id: string, customerId: string): Promise<void> {
    const read = () => payments.api('GET', `/subscriptions/${id}`);
    await eventually(read, ({ body }) => body.status === 'active', SETTLED_WITHIN_MS);
    const charges = async () => {
      const { body } = await payments.api('GET', `/payments?customerId=${customerId}`);
      return body.payments.filter(({ status }: Json) => status === 'succeeded') as Json[];
    };
    await eventually(charges, (all) => all.length === 1, SETTLED_WITHIN_MS);
    await controls(provider)('POST', '/clock', { advance: '32d' });
    const [latest] = await eventually(charges, (all) => all.length === 2, SETTLED_WITHIN_MS);
    expect(latest).toMatchObject({ amountMinor: 1_500, subscriptionId: id });
    expect(await refund(latest?.id, { amount: 5 })).toMatchObject({
      status: 201,
      body: { status: 'succeeded' },
    });
    const canceled = await payments.api('POST', `/subscriptions/${id}/cancel`, {}, keyed());
    expect(canceled).toMatchObject({ status: 200, body: { status: 'canceled' } });
    expect(await told(id, 'subscription.canceled')).toEqual([
      'subscription.created',
      'subscription.activated',
      'subscription.renewed',
      'subscription.canceled',
    ]);
  }
});

describe('when every webhook is lost', () => {
  it('the reconciler brings every payment to the truth, and tells all of it in order', async () => {
    for (const name of providers) await controls(name)('POST', '/webhooks', { mode: 'drop' });
    const open = async (provider: Provider, more: object = {}) => {
      const { body } = await payments.create({ amount: 100, currency: 'usd', provider, ...more });
      return body;
    };
    const all: { readonly id: string; readonly status: string }[] = [];
    for (const provider of providers) {
      const bought = await open(provider);
      const held = await open(provider, { captureMethod: 'manual' });
      const left = await open(provider);
      await pay(provider, bought);
      await pay(provider, held);
      all.push({ id: bought.id, status: 'succeeded' }, { id: held.id, status: 'authorized' });
      all.push({ id: left.id, status: 'requires_action' });
    }
    for (const { id } of all) expect((await payments.get(id)).body.status).toBe('requires_action');
    const clock = createClock(() => system.url);
    await clock.advance('2m');
    await clock.runSchedule('payment/due');
    for (const { id, status } of all) {
      expect((await payments.get(id)).body.status).toBe(status);
      const types = await told(id, 'payment.created', `payment.${status}`);
      expect(types[0]).toBe('payment.created');
      expect(types.at(-1)).toBe(`payment.${status}`);
    }
  });
});

describe('what was asked of Stripe all the while', () => {
  it('fits its published description, and so do the answers', () => {
    report('the system at Stripe', judge.count());
    expect(judge.faults()).toEqual([]);
  });
});
