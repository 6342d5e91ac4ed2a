import { SubscriptionsController } from '@paypal/paypal-server-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CustomerView, MethodView } from '../../../../../plugins/payment/customers/customer-schema.ts';
import type { SubscriptionView } from '../../../../../plugins/payment/subscriptions/subscription-schema.ts';
import { credentials, type PayPalBench, startPayPalBench } from '../paypal-bench.ts';
import { makePlan } from '../sandbox/paypal/plans.ts';
import { caller, clientAt } from '../sandbox/paypal/support.ts';

const RETURN_URL = 'https://shop.example/return';
const unsupported = { status: 422, body: { code: 'capability-unsupported', provider: 'paypal' } };

let bench: PayPalBench;
let planId: string;
beforeAll(async () => {
  bench = await startPayPalBench();
  const sdk = new SubscriptionsController(clientAt(bench.origin, credentials));
  planId = (await makePlan(await caller(bench.origin, credentials), sdk)).id ?? '';
});
afterAll(() => bench?.stop());

async function customer() {
  const { body } = await bench.call<CustomerView>('createCustomer', { email: 'ada@shop.example' });
  const asked = { id: body.id, returnUrl: RETURN_URL };
  const { body: waiting } = await bench.call<MethodView>('attachPaymentMethod', asked);
  await bench.control(`/setup-tokens/${waiting.providerRef}/approve`, 'POST', {});
  const approved = { ...asked, paymentMethodId: waiting.id };
  const { body: method } = await bench.call<MethodView>('attachPaymentMethod', approved);
  expect(method).toMatchObject({ id: waiting.id, status: 'active' });
  return { customerId: body.id, paymentMethodId: method.id };
}

describe('what PayPal cannot do', () => {
  it('is refused for payments with saved methods', async () => {
    const payment = { amount: 10, currency: 'eur', ...(await customer()) };
    expect(await bench.call('createPayment', payment)).toMatchObject(unsupported);
    expect(await bench.call('createPayment', { ...payment, confirm: true })).toMatchObject(unsupported);
  });

  it('is refused for subscriptions, before anything is written or sent', async () => {
    const payer = await customer();
    await bench.mark();
    expect(await bench.call('createSubscription', { planId, ...payer })).toMatchObject(unsupported);
    expect(await bench.requests()).toEqual([]);

    const { customerId } = payer;
    const begun = await bench.call<SubscriptionView>('createSubscription', {
      planId,
      customerId,
      returnUrl: RETURN_URL,
    });
    expect(begun).toMatchObject({ status: 201, body: { status: 'incomplete' } });
    const { id, providerRef } = begun.body;
    await bench.control(`/subscriptions/${providerRef}/approve`, 'POST', {});
    const canceled = await bench.call<SubscriptionView>('cancelSubscription', { id, atPeriodEnd: true });
    expect(canceled).toMatchObject(unsupported);
    expect(await bench.call('cancelSubscription', { id })).toMatchObject({
      status: 200,
      body: { status: 'canceled' },
    });
  });
});
