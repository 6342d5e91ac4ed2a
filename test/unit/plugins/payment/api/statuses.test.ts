import type { AuditList } from '../../../../../plugins/payment/audit/audit-view.ts';
import { randomUUID } from 'node:crypto';
import { SubscriptionsController } from '@paypal/paypal-server-sdk';
import { Stripe } from 'stripe';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createId } from '../../../../../plugins/payment/engine/model/ids.ts';
import { operations } from '../../../../../plugins/payment/operations.ts';
import type { PaymentProvider } from '../../../../../plugins/payment/providers/provider.ts';
import type { CustomerView, MethodView } from '../../../../../plugins/payment/customers/customer-schema.ts';
import type { RefundView } from '../../../../../plugins/payment/refunds/refund-schema.ts';
import type { PaymentView } from '../../../../../plugins/payment/api/schemas.ts';
import type { SubscriptionView } from '../../../../../plugins/payment/subscriptions/subscription-schema.ts';
import { type Bench, WEBHOOK_SECRET, intentObject, startBench } from '../bench.ts';
import { DEPLOYMENT } from '../plugin-under-test.ts';
import { type PayPalBench, credentials, startPayPalBench } from '../paypal-bench.ts';
import { makePlan } from '../sandbox/paypal/plans.ts';
import { caller, clientAt } from '../sandbox/paypal/support.ts';
import { type StripeHands, stripeHands } from '../stripe-hands.ts';
import { enumMembers } from './enum-members.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const usd = { amount: 100, currency: 'usd' };
const returnUrl = 'https://shop.example/back';

const members = enumMembers(operations);
let bench: Bench;
let hands: StripeHands;
let paypal: PayPalBench;
let sdk: SubscriptionsController;
let paypalApi: Awaited<ReturnType<typeof caller>>;
beforeAll(async () => {
  [bench, paypal] = await Promise.all([startBench(), startPayPalBench()]);
  members.record(bench);
  members.record(paypal);
  hands = stripeHands(bench);
  sdk = new SubscriptionsController(clientAt(paypal.origin, credentials));
  paypalApi = await caller(paypal.origin, credentials);
});
afterAll(async () => {
  await bench?.stop();
  await paypal?.stop();
});
afterEach(async () => {
  await bench.control('DELETE', '/faults');
  await paypal.control('/faults', 'DELETE');
});

/** What is sent there gets no answer, or the one that is given. */
const fault = (path: string, more: object = { reset: true }) =>
  bench.control('POST', '/faults', [{ method: 'POST', path, times: 20, ...more }]);
const refused = {
  status: 400,
  body: { error: { type: 'invalid_request_error', code: 'parameter_invalid', message: 'No.' } },
};
/** A bench whose provider takes the invocation down with it, before it is asked. */
const crashing = (change: (inner: PaymentProvider) => Partial<PaymentProvider>) =>
  bench.with({ provider: (inner) => ({ ...inner, ...change(inner) }) });
const crash = () => Promise.reject(new Error('the process is gone'));

const pay = async (more: object = {}): Promise<PaymentView> =>
  (await bench.call('createPayment', { ...usd, confirm: true, paymentMethodId: 'pm_card_visa', ...more }))
    .body;
const read = async (id: string) => (await bench.call('getPayment', { id })).body;
const give = async ({ id }: PaymentView, more: object = {}, on: Pick<Bench, 'call'> = bench) =>
  (await on.call<RefundView>('createRefund', { id, ...more })).body;
const refundsOf = async ({ id }: PaymentView, on: Pick<Bench, 'call'> = bench) =>
  (await on.call<{ refunds: RefundView[] }>('listRefunds', { id })).body.refunds;

/** The logs of all payments: what they went through, and why. */
async function readAll(on: Pick<Bench, 'call'>): Promise<void> {
  let cursor: string | null | undefined;
  do {
    const page = await on.call<{ payments: PaymentView[]; cursor: string | null }>('listPayments', {
      ...(cursor !== undefined && { cursor }),
    });
    for (const { id } of page.body.payments)
      for (const operation of ['listTransactions', 'listRefunds', 'listDisputes'])
        await on.call(operation, { id });
    ({ cursor } = page.body);
  } while (cursor !== null);
}
/** Delivers all that PayPal has to say, the oldest first. */
async function hearPayPal(): Promise<void> {
  const { body } = await paypalApi('GET', '/v1/notifications/webhooks-events?page_size=300');
  const { events } = body as unknown as { events: object[] };
  for (const event of events.toReversed()) await paypal.deliver(JSON.stringify(event));
}

it('payments at Stripe: held, captured, canceled, declined, in doubt', async () => {
  const held = await pay({ captureMethod: 'manual' });
  expect(held.status).toBe('authorized');
  expect((await bench.call('capturePayment', { id: held.id })).body.status).toBe('succeeded');

  const released = await pay({ captureMethod: 'manual' });
  await bench.call('cancelPayment', { id: released.id });
  // The bank warns of a card although nothing was taken from it in the end.
  await bench.control('POST', '/early_fraud_warnings', { ref: released.providerRef });
  await hands.deliver();
  expect(await read(released.id)).toMatchObject({ status: 'canceled' });

  const { body: waiting } = await bench.call('createPayment', { ...usd, returnUrl });
  const confirmed = { id: waiting.id, paymentMethodId: 'pm_card_visa' };
  await expect(crashing(() => ({ confirm: crash })).call('confirmPayment', confirmed)).rejects.toThrow(
    'gone',
  );
  expect((await read(waiting.id)).operation).toMatchObject({ kind: 'confirm', status: 'requested' });

  const declined = { ...usd, confirm: true, paymentMethodId: 'pm_card_chargeDeclined' };
  const { body: refusal } = await bench.call<{ paymentId: string }>('createPayment', declined);
  const failed = await read(refusal.paymentId);
  expect(failed).toMatchObject({ status: 'failed', operation: { status: 'failed' } });
  // Its payer pays with another card after all, in a page that was still open.
  const { client_secret: secret } = await bench.stripe().paymentIntents.retrieve(failed.providerRef ?? '');
  await bench.confirm(secret ?? '');
  await hands.deliver();
  expect((await read(failed.id)).flags).toContain('late_success');

  await fault('/v1/payment_intents');
  const { body: doubtful } = await bench.call('createPayment', usd);
  expect(doubtful).toMatchObject({ status: 'initiating', operation: { status: 'in_doubt' } });
  await bench.control('DELETE', '/faults');
  bench.skip(5 * 60_000);
  await bench.reconcile('due');
  await readAll(bench);
});

it('refunds at Stripe: under way, asking the payer, arrived, failed, in doubt', async () => {
  const payment = await pay();
  await give(payment, { amount: 40 });
  expect((await read(payment.id)).refundStatus).toBe('partial');
  await bench.control('POST', '/refunds', { ref: payment.providerRef });
  await hands.deliver();
  expect((await read(payment.id)).refundStatus).toBe('full');
  expect((await refundsOf(payment)).map(({ origin }) => origin).toSorted()).toEqual(['api', 'provider']);

  const slow = await pay({ paymentMethodId: 'pm_card_pendingRefund' });
  const pending = await give(slow, { amount: 10 });
  const ref = pending.providerRefs[0] ?? '';
  expect(pending.status).toBe('pending');
  await bench.control('POST', `/refunds/${ref}/settle`, { result: 'requires_action' });
  await hands.deliver();
  expect(await refundsOf(slow)).toMatchObject([{ status: 'requires_action' }]);
  await hands.stripe('POST', `/refunds/${ref}/cancel`);
  await hands.deliver();
  expect(await refundsOf(slow)).toMatchObject([{ status: 'canceled' }]);
  await give(slow, { amount: 10 });
  const failing = (await give(slow, { amount: 20 })).providerRefs[0];
  await bench.control('POST', `/refunds/${failing}/settle`, { result: 'failed' });
  await hands.deliver();

  const other = await pay();
  await expect(
    give(
      other,
      {},
      crashing(({ refundsAndDisputes }) => ({
        refundsAndDisputes: { ...refundsAndDisputes, refund: crash },
      })),
    ),
  ).rejects.toThrow('gone');
  expect(await refundsOf(other)).toMatchObject([{ status: 'requested' }]);
  const lost = await pay();
  await fault('/v1/refunds');
  expect((await give(lost)).status).toBe('in_doubt');
  await readAll(bench);
});

it('disputes at Stripe: from the question to the end', async () => {
  const dispute = async (inquiry: boolean) => {
    const payment = await pay();
    const opened = { ref: payment.providerRef, reason: 'fraudulent', inquiry };
    const { id } = (await bench.control('POST', '/disputes', opened)) as { id: string };
    await hands.deliver();
    return { id, payment };
  };
  const isAt = async ({ payment }: { payment: PaymentView }, status: string) => {
    await hands.deliver();
    const { body } = await bench.call('listDisputes', { id: payment.id });
    expect(body).toMatchObject({ disputes: [{ status }] });
    return read(payment.id);
  };
  const asked = await dispute(true);
  expect((await isAt(asked, 'inquiry')).disputeStatus).toBe('inquiry');
  await bench.control('POST', `/disputes/${asked.id}/close`, { outcome: 'warning_closed' });
  expect((await isAt(asked, 'closed')).disputeStatus).toBe('none');
  for (const outcome of ['won', 'lost']) {
    const one = await dispute(false);
    expect((await isAt(one, 'open')).disputeStatus).toBe('open');
    const evidence = { 'evidence[uncategorized_text]': 'They did buy it.', submit: 'true' };
    await hands.stripe('POST', `/disputes/${one.id}`, evidence);
    expect((await isAt(one, 'under_review')).disputeStatus).toBe('under_review');
    await bench.control('POST', `/disputes/${one.id}/close`, { outcome });
    expect((await isAt(one, outcome)).disputeStatus).toBe(outcome);
  }
  await readAll(bench);
});

it('customers and methods at Stripe: made, changed, in doubt, refused, taken away', async () => {
  await fault('/v1/customers');
  expect((await bench.call<CustomerView>('createCustomer', {})).body.status).toBe('initiating');
  await bench.control('DELETE', '/faults');
  await fault('/v1/customers', refused);
  const { body: refusal } = await bench.call<{ customerId: string }>('createCustomer', {});
  await bench.control('DELETE', '/faults');
  const { body: failed } = await bench.call<CustomerView>('getCustomer', { id: refusal.customerId });
  expect(failed).toMatchObject({ status: 'failed', operation: { status: 'failed' } });

  const { id } = await hands.customer();
  const attach = (more: object = {}) =>
    bench.call<MethodView & { paymentMethodId: string }>('attachPaymentMethod', {
      id,
      paymentMethodId: 'pm_card_visa',
      ...more,
    });
  await fault('/attach');
  const { body: doubtful } = await attach();
  expect(doubtful).toMatchObject({ status: 'initiating', operation: { status: 'in_doubt' } });
  await bench.control('DELETE', '/faults');
  const { body: declined } = await attach({ paymentMethodId: 'pm_card_chargeDeclined' });
  const { paymentMethodId } = declined;
  const gone = await bench.call<MethodView>('detachPaymentMethod', { id, paymentMethodId });
  expect(gone.body.status).toBe('failed');
  const { body: method } = await attach();
  const detached = await bench.call<MethodView>('detachPaymentMethod', { id, paymentMethodId: method.id });
  expect(detached.body.status).toBe('detached');

  await bench.call('updateCustomer', { id, name: 'Ada' });
  const dies = crashing(({ customers }) => ({ customers: { ...customers, update: crash } }));
  await expect(dies.call('updateCustomer', { id, name: 'Ada L.' })).rejects.toThrow('gone');
  expect((await bench.call<CustomerView>('getCustomer', { id })).body.operation.status).toBe('requested');
  const { id: leaving } = await hands.customer();
  expect((await bench.call<CustomerView>('deleteCustomer', { id: leaving })).body.status).toBe('deleted');
});

it('subscriptions at Stripe: begun, paused, ending, failing, ended', async () => {
  const planId = await hands.plan();
  const { id: customerId, providerRef } = await hands.customer();
  const begin = (more: object = {}) =>
    bench.call<SubscriptionView & { subscriptionId: string }>('createSubscription', {
      customerId,
      planId,
      ...more,
    });
  const isAt = async (id: string, status: SubscriptionView['status']) => {
    await hands.deliver();
    expect((await hands.subscription(id)).status).toBe(status);
  };
  await fault('/v1/subscriptions');
  expect((await begin()).body.status).toBe('initiating');
  await bench.control('DELETE', '/faults');
  const { body: refusal } = await begin({ planId: 'price_none' });
  await isAt(refusal.subscriptionId, 'failed');

  const { body: never } = await begin();
  await isAt(never.id, 'incomplete');
  const going = await hands.subscribed(customerId, planId);
  await isAt(going.id, 'active');
  await bench.control('POST', `/subscriptions/${going.providerRef}/pause`);
  await isAt(going.id, 'paused');
  await bench.call('resumeSubscription', { id: going.id });
  await bench.call('cancelSubscription', { id: going.id, atPeriodEnd: true });
  await isAt(going.id, 'canceling');

  const failing = await hands.subscribed(customerId, planId);
  const bad = await hands.stripe('POST', '/payment_methods/pm_card_chargeCustomerFail/attach', {
    customer: providerRef ?? '',
  });
  await hands.stripe('POST', `/subscriptions/${failing.providerRef}`, { default_payment_method: bad.id });
  await hands.pass(DAY_MS);
  await isAt(never.id, 'expired');
  await hands.pass(31 * DAY_MS);
  await isAt(going.id, 'canceled');
  await isAt(failing.id, 'past_due');
  await bench.control('POST', '/subscriptions', { afterRetries: 'unpaid' });
  await hands.pass(16 * DAY_MS);
  await isAt(failing.id, 'unpaid');
  await readAll(bench);
});

it('payments at PayPal: approved, held, captured in parts, under way, declined, taken back', async () => {
  const approved = async (more: object = {}, outcome = 'succeeds') => {
    const payment = await paypal.create({ returnUrl, ...more });
    await paypal.approve(payment, outcome);
    return payment;
  };
  const settle = async ({ id }: PaymentView) => (await paypal.call('verifyPayment', { id })).body;
  const waits = await approved();
  await paypal.control('/faults', 'POST', [{ method: 'POST', path: '/capture', times: 20, reset: true }]);
  await settle(waits);
  expect((await paypal.stateOf(waits)).status).toBe('approved');
  await paypal.control('/faults', 'DELETE');
  expect((await settle(waits)).status).toBe('succeeded');
  const held = await settle(await approved({ captureMethod: 'manual' }));
  expect(held).toMatchObject({ status: 'authorized', operation: { kind: 'authorize' } });
  const part = await paypal.call('capturePayment', { id: held.id, amount: 40, final: false });
  expect(part.body.status).toBe('partially_captured');
  expect((await paypal.call('capturePayment', { id: held.id })).body.status).toBe('succeeded');
  const slow = await settle(await approved({}, 'echeck'));
  expect(slow.status).toBe('processing');
  await paypal.control('/clock', 'POST', { advance: '3s' });
  expect((await settle(slow)).status).toBe('succeeded');
  expect((await settle(await approved({}, 'capture-declined'))).status).toBe('failed');

  const [item] = (await paypal.items(waits.id, 'PAY')) as unknown as { captures: { ref: string }[] }[];
  await paypal.control(`/captures/${item?.captures[0]?.ref}/reverse`, 'POST', { amount: '40.00' });
  await hearPayPal();
  expect((await paypal.call('listDisputes', { id: waits.id })).body).toMatchObject({
    disputes: [{ kind: 'reversal' }],
  });
  await readAll(paypal);
});

it('customers, methods and subscriptions at PayPal', async () => {
  const { body: customer } = await paypal.call<CustomerView>('createCustomer', {});
  const { id } = customer;
  const { body: asked } = await paypal.call<MethodView>('attachPaymentMethod', { id, returnUrl });
  expect(asked.status).toBe('requires_action');
  const planId = (await makePlan(paypalApi, sdk, { trialDays: 7 })).id;
  const wanted = { planId, customerId: id, returnUrl };
  const { body } = await paypal.call<SubscriptionView>('createSubscription', wanted);
  await paypal.control(`/subscriptions/${body.providerRef}/approve`, 'POST', {});
  await hearPayPal();
  const trying = await paypal.call<SubscriptionView>('getSubscription', { id: body.id });
  expect(trying.body.status).toBe('trialing');
});

it("the providers' events: processed, duplicate, ignored, failed, parked, replayed", async () => {
  const take = async (payload: string) => {
    const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: WEBHOOK_SECRET });
    const { body } = await bench.call('handlePaymentWebhook', { provider: 'stripe', payload, signature });
    return body as unknown as { outcome: string };
  };
  const about = (eventId: string) => ({ provider: 'stripe', eventId });
  const replay = (eventId: string, on: Bench = bench) => on.call('replayPaymentWebhook', about(eventId));
  const show = (eventId: string) => bench.call('getPaymentWebhook', about(eventId));

  const { body: payment } = await bench.call('createPayment', usd);
  await bench.confirm(payment.clientSecret ?? '');
  const paid = `evt_${randomUUID()}`;
  const event = bench.event('payment_intent.succeeded', intentObject(payment), paid);
  expect(await take(event)).toMatchObject({ outcome: 'processed' });
  expect(await take(event)).toMatchObject({ outcome: 'duplicate' });
  expect(await take(bench.event('product.created', { id: 'prod_1' }))).toMatchObject({ outcome: 'ignored' });
  expect((await show(paid)).body).toMatchObject({ state: 'processed' });
  expect((await replay(paid)).body).toMatchObject({ outcome: 'processed' });
  // Another delivery comes between.
  const overtaken = members.record(
    bench.with({
      services: (inner) => ({
        ...inner,
        store: {
          ...inner.store,
          async reopen(provider, eventId) {
            const known = await inner.store.reopen(provider, eventId);
            await bench.deliver(event);
            return known;
          },
        },
      }),
    }),
  );
  expect((await replay(paid, overtaken)).body).toMatchObject({ outcome: 'duplicate' });

  // Its payment is not there, as after a restore of the table.
  const missing = `evt_${randomUUID()}`;
  const metadata = { payment_id: createId('pay', Date.now()), anineeplus_deployment: DEPLOYMENT };
  await take(bench.event('payment_intent.succeeded', { ...intentObject(payment), metadata }, missing));
  expect((await show(missing)).body).toMatchObject({ state: 'failed' });
  const elsewhere = members.record(bench.with({ deployment: 'elsewhere' }));
  expect((await replay(missing, elsewhere)).body).toMatchObject({ outcome: 'ignored', state: 'failed' });
  bench.skip(2 * HOUR_MS);
  expect((await replay(missing)).body).toMatchObject({ outcome: 'ignored', state: 'parked' });
  expect((await show(missing)).body).toMatchObject({ state: 'parked' });

  const captured = await paypal.create({ returnUrl });
  await paypal.approve(captured);
  const told = paypal.event('CHECKOUT.ORDER.APPROVED', captured);
  await paypal.deliver(told);
  const { id: eventId } = JSON.parse(told) as { id: string };
  for (const operation of ['getPaymentWebhook', 'replayPaymentWebhook'])
    expect((await paypal.call(operation, { provider: 'paypal', eventId })).status).toBe(200);
});

it('what people did beyond the log of a payment', async () => {
  const { id } = (await bench.call('createPayment', usd)).body;
  await bench.call('verifyPayment', { id });
  const customer = await bench.call('createCustomer', {});
  await bench.call('deleteCustomer', { id: customer.body.id });
  const { body } = await bench.call<AuditList>('listPaymentAudit', {});
  expect(new Set(body.entries.map(({ action }) => action))).toEqual(
    new Set(['payment_verify', 'customer_delete', 'webhook_replay']),
  );
});

it('every value that an answer may have was answered', () => {
  for (const known of ['Customer.status=deleted', 'Transaction.from=failed', 'ProviderCall.kind=resume'])
    expect(members.allowed).toContain(known);
  expect(members.missing()).toEqual([]);
});
