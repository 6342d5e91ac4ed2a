import { SubscriptionsController } from '@paypal/paypal-server-sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CustomerView } from '../../../../../plugins/payment/customers/customer-schema.ts';
import type { PaymentView } from '../../../../../plugins/payment/api/schemas.ts';
import type { SubscriptionView } from '../../../../../plugins/payment/subscriptions/subscription-schema.ts';
import { credentials, type PayPalBench, startPayPalBench } from '../paypal-bench.ts';
import { makePlan } from '../sandbox/paypal/plans.ts';
import { caller, clientAt } from '../sandbox/paypal/support.ts';

const DAY_MS = 86_400_000;

let bench: PayPalBench;
let sdk: SubscriptionsController;
let paypal: Awaited<ReturnType<typeof caller>>;
beforeAll(async () => {
  bench = await startPayPalBench();
  sdk = new SubscriptionsController(clientAt(bench.origin, credentials));
  paypal = await caller(bench.origin, credentials);
});
afterAll(() => bench?.stop());

/** Delivers all that PayPal has to say, the oldest first. */
async function deliver(): Promise<void> {
  const { body } = await paypal('GET', '/v1/notifications/webhooks-events?page_size=300');
  const { events } = body as unknown as { events: object[] };
  for (const event of events.toReversed()) await bench.deliver(JSON.stringify(event));
}
async function pass(days: number): Promise<void> {
  bench.skip(days * DAY_MS);
  await bench.control('/clock', 'POST', { advance: `${days}d` });
  await deliver();
}
async function begin(failureThreshold = 0) {
  const { body: customer } = await bench.call<CustomerView>('createCustomer', {});
  const planId = (await makePlan(paypal, sdk, { failureThreshold })).id;
  const { body } = await bench.call<SubscriptionView>('createSubscription', {
    planId,
    customerId: customer.id,
    returnUrl: 'https://shop.example/return',
  });
  const nextAction = { type: 'redirect', url: expect.stringMatching(/^http/) };
  expect(body).toMatchObject({ status: 'incomplete', nextAction });
  expect(await get(body.id)).toMatchObject({ nextAction: body.nextAction });
  await bench.control(`/subscriptions/${body.providerRef}/approve`, 'POST', {});
  await deliver();
  return { id: body.id, providerRef: body.providerRef, customerId: customer.id };
}
const get = async (id: string) => (await bench.call<SubscriptionView>('getSubscription', { id })).body;
const paymentsOf = async (customerId: string) =>
  (await bench.call<{ payments: PaymentView[] }>('listPayments', { customerId })).body.payments;

it('is approved, charged by the month, and its charges are payments that can be refunded', async () => {
  const { customerId, id } = await begin();
  expect((await get(id)).status).toBe('active');
  const [payment, ...others] = await paymentsOf(customerId);
  expect(others).toEqual([]);
  expect(payment).toMatchObject({ status: 'succeeded', amountMinor: 1900, subscriptionId: id });
  const refund = await bench.call('createRefund', { id: payment?.id, amountMinor: 400 });
  expect(refund).toMatchObject({ status: 201, body: { status: 'succeeded', amountMinor: 400 } });
  await deliver();
  const [refunded] = await paymentsOf(customerId);
  expect(refunded).toMatchObject({ refundedMinor: 400, refundableMinor: 1500, refundStatus: 'partial' });
  expect(refunded?.flags ?? []).toEqual([]);

  await pass(32);
  const all = await paymentsOf(customerId);
  expect(all.map(({ status, amountMinor }) => [status, amountMinor])).toEqual([
    ['succeeded', 1900],
    ['succeeded', 1900],
  ]);
});

it('is unpaid when PayPal gives up charging, and says what comes of it', async () => {
  const { customerId, id, providerRef } = await begin(1);
  await bench.control(`/subscriptions/${providerRef}/payments`, 'POST', { fail: 1 });
  await pass(32);
  expect((await get(id)).status).toBe('unpaid');
  expect(await paymentsOf(customerId)).toHaveLength(1);
  await sdk.activateSubscription({ id: providerRef ?? '', body: { reason: 'paid up' } });
  await deliver();
  expect((await get(id)).status).toBe('active');
});

it('learns of disputes about its charges', async () => {
  const { customerId } = await begin();
  const [payment] = await paymentsOf(customerId);
  const saleId = payment?.providerRef?.replace('sale:', '') ?? '';
  await bench.control('/disputes', 'POST', { ref: saleId, stage: 'CHARGEBACK' });
  await deliver();
  const [disputed] = await paymentsOf(customerId);
  expect(disputed?.disputeStatus).toBe('open');
  expect(await bench.call('createRefund', { id: payment?.id, amountMinor: 400 })).toMatchObject({
    status: 409,
    body: { code: 'refund-blocked-by-dispute' },
  });
});

it('takes in what PayPal takes back of a charge', async () => {
  const { customerId } = await begin();
  const [payment] = await paymentsOf(customerId);
  const saleId = payment?.providerRef?.replace('sale:', '') ?? '';
  await bench.control(`/captures/${saleId}/reverse`, 'POST', {});
  await deliver();
  const [reversed] = await paymentsOf(customerId);
  expect(reversed).toMatchObject({ refundableMinor: 0, refundedMinor: 0 });
});
