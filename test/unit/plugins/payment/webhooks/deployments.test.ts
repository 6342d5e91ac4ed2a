import { randomUUID } from 'node:crypto';
import { SubscriptionsController } from '@paypal/paypal-server-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createId } from '../../../../../plugins/payment/engine/model/ids.ts';
import type { CustomerView, MethodView } from '../../../../../plugins/payment/customers/customer-schema.ts';
import type { RefundView } from '../../../../../plugins/payment/refunds/refund-schema.ts';
import type { SubscriptionView } from '../../../../../plugins/payment/subscriptions/subscription-schema.ts';
import { type Bench, intentObject, startBench } from '../bench.ts';
import { DEPLOYMENT, newTable } from '../plugin-under-test.ts';
import { credentials, type PayPalBench, startPayPalBench } from '../paypal-bench.ts';
import { makePlan } from '../sandbox/paypal/plans.ts';
import { caller, clientAt } from '../sandbox/paypal/support.ts';

const MINUTE_MS = 60_000;
/** After that, what happens now is in the last complete day of the ledger. */
const BOOKS_LAG_MS = 28 * 60 * MINUTE_MS;
const NOBODY = 'http://127.0.0.1:1';
const OTHER = 'prod-bench';
const total = { amount: 100, currency: 'usd' };

/** Delivers events one after the other. @returns the outcomes, with what was about a type that changes nothing */
async function deliverAll(
  events: readonly object[],
  deliver: (body: string) => Promise<{ outcome: string }>,
): Promise<readonly string[]> {
  const outcomes: string[] = [];
  for (const event of events) outcomes.push((await deliver(JSON.stringify(event))).outcome);
  return outcomes;
}

describe('two deployments that share an account of Stripe', () => {
  let here: Bench;
  let there: Bench;
  beforeAll(async () => {
    here = await startBench(NOBODY);
    await here.control('POST', '/webhooks', { mode: 'drop' });
    there = here.with({ deployment: OTHER, table: await newTable(here.dynamo) });
  });
  afterAll(() => here?.stop());

  async function stripe<T>(path: string, body?: Record<string, string>): Promise<T> {
    const response = await fetch(`${here.sandbox.url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: 'Bearer sk_test_bench' },
      ...(body && { body: new URLSearchParams(body) }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(JSON.stringify(answer));
    return answer as T;
  }
  const events = async () =>
    (await stripe<{ data: { id: string; type: string }[] }>('/v1/events?limit=100')).data.toReversed();
  const refund = (payment_intent: string) =>
    stripe<{ id: string }>('/v1/refunds', { payment_intent, amount: '1000' });

  it('each takes its own events, and leaves all others alone', async () => {
    const customer = (await there.call<CustomerView>('createCustomer', {})).body;
    const method = { id: customer.id, paymentMethodId: 'pm_card_visa', default: true };
    await there.call('attachPaymentMethod', method);
    const payment = (
      await there.call('createPayment', { ...total, confirm: true, paymentMethodId: 'pm_card_visa' })
    ).body;
    const made = await there.call<RefundView>('createRefund', { id: payment.id, amount: 10 });
    expect(made.status).toBe(201);
    // In the dashboard: nothing of these names a payment of ours, nor a deployment.
    await refund(payment.providerRef ?? '');
    await here.control('POST', '/disputes', { ref: payment.providerRef, amount: 500 });
    await here.control('POST', '/early_fraud_warnings', { ref: payment.providerRef });
    await stripe(`/v1/payment_methods/pm_card_mastercard/attach`, { customer: customer.providerRef ?? '' });
    const { id: product } = await stripe<{ id: string }>('/v1/products', { name: 'Tea' });
    const price = { product, currency: 'usd', unit_amount: '1500', 'recurring[interval]': 'month' };
    const { id: planId } = await stripe<{ id: string }>('/v1/prices', price);
    const subscribed = await there.call<SubscriptionView>('createSubscription', {
      planId,
      customerId: customer.id,
    });
    expect((await here.confirm(subscribed.body.clientSecret ?? '')).status).toBe(200);

    const all = await events();
    expect(all.length).toBeGreaterThan(15);
    const outcomes = await deliverAll(all, (body) => here.deliver(body));
    expect(new Set(outcomes)).toEqual(new Set(['ignored']));
    expect(here.counts.get('payment.webhook.foreign')).toBeGreaterThan(12);
    expect(here.counts.get('payment.webhook.missing')).toBeUndefined();
    const told = here.logs.filter(({ message }) => message === 'An event of another deployment');
    expect(told[0]).toMatchObject({ level: 'info', fields: { deployment: OTHER } });
    // Nothing of them is kept or told here.
    const refunded = all.find(({ type }) => type === 'refund.created');
    expect(await here.services.store.received('stripe', refunded?.id ?? '')).toBeUndefined();

    const theirs = await deliverAll(all, (body) => there.deliver(body));
    expect(theirs.filter((outcome) => outcome === 'processed').length).toBeGreaterThan(12);
    const after = (await there.call('getPayment', { id: payment.id })).body;
    expect(after).toMatchObject({ status: 'succeeded', refundedMinor: 2000, disputeStatus: 'open' });
    const seen = (await there.call<SubscriptionView>('getSubscription', { id: subscribed.body.id })).body;
    expect(seen.status).toBe('active');
  });

  it('the search for missed events and the reconciliation of the ledger count the others, and report nothing', async () => {
    const missed = await here.reconcile('gaps');
    expect(missed).toMatchObject({ 'stripe.complete': true, 'stripe.processed': 0 });
    expect(Number(missed['stripe.foreign'])).toBeGreaterThan(12);
    here.skip(BOOKS_LAG_MS);
    expect(await here.reconcile('ledger')).toMatchObject({
      'stripe.foreign': 2,
      'stripe.compared': 0,
      'stripe.mismatches': 0,
    });
    here.skip(-BOOKS_LAG_MS);
  });

  it('a payment that is here is ours, whatever its object names', async () => {
    const payment = (await here.call('createPayment', total)).body;
    await here.confirm(payment.clientSecret ?? '');
    const moved = here.with({ deployment: 'prod-restored' });
    const event = here.event('payment_intent.succeeded', intentObject(payment));
    expect(await moved.deliver(event)).toMatchObject({ outcome: 'processed' });
    expect((await here.call('getPayment', { id: payment.id })).body.status).toBe('succeeded');
  });

  it.each([
    ['names this deployment', { anineeplus_deployment: DEPLOYMENT }],
    ['is from before deployments were named', {}],
  ])('an object that %s, and whose payment stays missing, is parked after an hour', async (_name, mark) => {
    const metadata = { payment_id: createId('pay', Date.now()), ...mark };
    const event = here.event('payment_intent.succeeded', {
      ...intentObject((await here.call('createPayment', total)).body),
      metadata,
    });
    const { id } = JSON.parse(event) as { id: string };
    const parkedBefore = here.counts.get('payment.webhook.parked') ?? 0;
    for (let tries = 1; tries <= 11; tries += 1) {
      await expect(here.deliver(event)).rejects.toMatchObject({
        status: 503,
        code: 'payment-missing',
        headers: { 'Retry-After': '5' },
      });
      here.skip(5.1 * MINUTE_MS);
    }
    here.skip(5 * MINUTE_MS);
    expect(await here.deliver(event)).toMatchObject({ outcome: 'ignored' });
    expect(await here.deliver(event)).toMatchObject({ outcome: 'duplicate' });
    expect(await here.services.store.received('stripe', id)).toMatchObject({ state: 'PARKED', attempts: 12 });
    expect(here.counts.get('payment.webhook.parked')).toBe(parkedBefore + 1);
  });

  it('what Stripe says does not exist is not asked for until the endpoint is switched off', async () => {
    const event = here.event('charge.dispute.created', {
      id: `dp_${randomUUID().slice(0, 8)}`,
      object: 'dispute',
    });
    for (let tries = 1; tries <= 4; tries += 1)
      await expect(here.deliver(event)).rejects.toMatchObject({ status: 503 });
    expect(await here.deliver(event)).toMatchObject({ outcome: 'ignored' });
    const { id } = JSON.parse(event) as { id: string };
    expect(await here.services.store.received('stripe', id)).toMatchObject({ state: 'PARKED' });
  });

  it('what belongs to nobody of us is ignored, with nothing asked for', async () => {
    const intent = await stripe<{ id: string }>('/v1/payment_intents', { amount: '500', currency: 'usd' });
    await here.mark();
    expect(await here.deliver(here.event('payment_intent.created', intent))).toMatchObject({
      outcome: 'ignored',
    });
    expect(await here.requests()).toEqual([]);
    const theirs = here.event('refund.created', { id: 're_1', object: 'refund', payment_intent: intent.id });
    expect(await here.deliver(theirs)).toMatchObject({ outcome: 'ignored' });
  });
});

describe('two deployments that share an account of PayPal', () => {
  let here: PayPalBench;
  let there: ReturnType<PayPalBench['with']>;
  let paypal: Awaited<ReturnType<typeof caller>>;
  beforeAll(async () => {
    here = await startPayPalBench(NOBODY);
    await here.control('/webhooks', 'POST', { mode: 'drop' });
    there = here.with({ deployment: OTHER, table: await newTable(here.dynamo) });
    paypal = await caller(here.origin, credentials);
  });
  afterAll(() => here?.stop());
  const events = async () => {
    const { body } = await paypal('GET', '/v1/notifications/webhooks-events?page_size=300');
    return (body as unknown as { events: object[] }).events.toReversed();
  };

  it('each takes its own events, and leaves all others alone', async () => {
    const payment = (await there.call('createPayment', total)).body;
    await here.approve(payment);
    expect((await there.call('verifyPayment', { id: payment.id })).body.status).toBe('succeeded');
    const made = await there.call<RefundView>('createRefund', { id: payment.id, amount: 10 });
    expect(made.status).toBe(201);
    const { body: order } = await paypal('GET', `/v2/checkout/orders/${payment.providerRef}`);
    const { purchase_units: units } = order as unknown as {
      purchase_units: { custom_id: string; invoice_id: string; payments: { captures: { id: string }[] } }[];
    };
    const [unit] = units;
    expect(unit).toMatchObject({ custom_id: `${payment.id}.${OTHER}`, invoice_id: payment.id });
    const captureId = unit?.payments.captures[0]?.id ?? '';
    // On PayPal's site.
    await here.control(`/captures/${captureId}/refund`, 'POST', { amount: '10.00' });
    await here.control('/disputes', 'POST', { ref: captureId, amount: '5.00', stage: 'CHARGEBACK' });
    const customer = (await there.call<CustomerView>('createCustomer', {})).body;
    const asked = await there.call<MethodView>('attachPaymentMethod', {
      id: customer.id,
      returnUrl: 'https://a.example',
    });
    await here.control(`/setup-tokens/${asked.body.providerRef}/approve`, 'POST', {});
    await there.call('attachPaymentMethod', { id: customer.id, paymentMethodId: asked.body.id });
    const sdk = new SubscriptionsController(clientAt(here.origin, credentials));
    const planId = (await makePlan(paypal, sdk, { failureThreshold: 0 })).id;
    const subscribed = await there.call<SubscriptionView>('createSubscription', {
      planId,
      customerId: customer.id,
      returnUrl: 'https://a.example',
    });
    await here.control(`/subscriptions/${subscribed.body.providerRef}/approve`, 'POST', {});

    const all = await events();
    expect(all.length).toBeGreaterThan(8);
    const outcomes = await deliverAll(all, (body) => here.deliver(body));
    expect(new Set(outcomes)).toEqual(new Set(['ignored']));
    expect(here.counts.get('payment.webhook.foreign')).toBe(all.length);
    expect(here.counts.get('payment.webhook.missing')).toBeUndefined();

    const theirs = await deliverAll(all, (body) => there.deliver(body));
    expect(new Set(theirs)).toEqual(new Set(['processed']));
    const after = (await there.call('getPayment', { id: payment.id })).body;
    expect(after).toMatchObject({ refundedMinor: 2000, disputeStatus: 'open' });
    const seen = (await there.call<SubscriptionView>('getSubscription', { id: subscribed.body.id })).body;
    expect(seen.status).toBe('active');
  });

  it('the search for missed events and the reconciliation of the ledger count the others, and report nothing', async () => {
    const missed = await here.reconcile('gaps');
    expect(missed).toMatchObject({ 'paypal.complete': true, 'paypal.processed': 0 });
    expect(Number(missed['paypal.foreign'])).toBeGreaterThan(8);
    here.skip(BOOKS_LAG_MS);
    const ledger = await here.reconcile('ledger');
    expect(ledger).toMatchObject({ 'paypal.compared': 0, 'paypal.mismatches': 0 });
    expect(Number(ledger['paypal.foreign'])).toBeGreaterThan(0);
    here.skip(-BOOKS_LAG_MS);
  });

  it('an order that names this deployment, and whose payment stays missing, is parked after an hour', async () => {
    const payment = await here.create();
    const id = createId('pay', Date.now());
    const event = here.event('CHECKOUT.ORDER.APPROVED', { ...payment, id: `${id}.${DEPLOYMENT}` });
    await expect(here.deliver(event)).rejects.toMatchObject({ status: 503, code: 'payment-missing' });
    here.skip(61 * MINUTE_MS);
    expect(await here.deliver(event)).toMatchObject({ outcome: 'ignored' });
    here.skip(-61 * MINUTE_MS);
  });

  it('an order from before deployments were named is still read', async () => {
    const payment = await here.create();
    await here.approve(payment);
    expect(await here.deliver(here.event('CHECKOUT.ORDER.APPROVED', payment))).toMatchObject({
      outcome: 'processed',
    });
    expect((await here.stateOf(payment)).status).toBe('succeeded');
  });
});
