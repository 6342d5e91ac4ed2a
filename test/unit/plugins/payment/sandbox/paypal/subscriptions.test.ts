import { SubscriptionsController } from '@paypal/paypal-server-sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { receiver } from '../support.ts';
import type { PlanWishes } from './plans.ts';
import { makePlan } from './plans.ts';
import { caller, clientAt, failure, FULL, startSandbox } from './support.ts';

let endpoint: Awaited<ReturnType<typeof receiver>>;
let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let call: Awaited<ReturnType<typeof caller>>;
let sdk: SubscriptionsController;
beforeEach(async () => {
  endpoint = await receiver();
  sandbox = await startSandbox({ webhookUrl: endpoint.url });
  call = await caller(sandbox.origin);
  sdk = new SubscriptionsController(clientAt(sandbox.origin));
});
afterEach(async () => {
  await sandbox.close();
  await endpoint.close();
});

async function subscribe(wishes: PlanWishes = {}, quantity = '1', paypalRequestId = crypto.randomUUID()) {
  const plan = await makePlan(call, sdk, wishes);
  const request = {
    prefer: FULL,
    paypalRequestId,
    body: {
      planId: plan.id ?? '',
      quantity,
      customId: 'sub_1',
      applicationContext: { returnUrl: 'https://shop.example/r', cancelUrl: 'https://shop.example/c' },
    },
  };
  const { result } = await sdk.createSubscription(request);
  return { request, result, id: result.id ?? '' };
}
const approve = (id: string, fail?: number) =>
  sandbox.control('POST', `subscriptions/${id}/approve`, fail === undefined ? {} : { fail });
const advance = (time: string) => sandbox.control('POST', 'clock', { advance: time });
const get = async (id: string) => (await sdk.getSubscription({ id })).result;
const sales = async (id: string) => {
  const window = { startTime: '2020-01-01T00:00:00Z', endTime: '2100-01-01T00:00:00Z' };
  return (await sdk.listSubscriptionTransactions({ id, ...window })).result.transactions ?? [];
};
const announced = async (count: number) => {
  await vi.waitFor(() => expect(endpoint.received.length).toBeGreaterThanOrEqual(count), 10_000);
  return endpoint.received.map(({ body }) => (JSON.parse(body) as { event_type: string }).event_type);
};

describe('a plan', () => {
  it('is listed, taken off and needs one regular cycle', async () => {
    const plan = await makePlan(call, sdk, { trialDays: 7 });
    expect(plan).toMatchObject({ status: 'ACTIVE', quantitySupported: true });
    expect(plan.billingCycles).toMatchObject([
      { tenureType: 'TRIAL', sequence: 1 },
      { tenureType: 'REGULAR', sequence: 2, pricingScheme: { fixedPrice: { value: '19.00' } } },
    ]);
    const { result } = await sdk.listBillingPlans({ productId: plan.productId ?? '', totalRequired: true });
    expect(result).toMatchObject({ totalItems: 1, plans: [{ id: plan.id }] });
    await sdk.deactivateBillingPlan(plan.id ?? '');
    expect(await failure(sdk.createSubscription({ body: { planId: plan.id ?? '' } }))).toMatchObject({
      status: 422,
      issue: 'PLAN_STATUS_INVALID',
    });
    await sdk.activateBillingPlan(plan.id ?? '');
    expect((await sdk.getBillingPlan(plan.id ?? '')).result.status).toBe('ACTIVE');
    const wrong = await call('POST', '/v1/billing/plans', {
      product_id: plan.productId,
      name: 'No end of trials',
      billing_cycles: [
        { frequency: { interval_unit: 'DAY' }, tenure_type: 'TRIAL', sequence: 1, total_cycles: 1 },
      ],
      payment_preferences: {},
    });
    expect(wrong.body.details?.[0]?.issue).toBe('MISSING_REGULAR_BILLING_CYCLE');
  });
});

describe('a subscription', () => {
  it('waits for its payer and is one for one request id', async () => {
    const { id, request, result } = await subscribe();
    expect(result).toMatchObject({ status: 'APPROVAL_PENDING', customId: 'sub_1' });
    expect(result.links?.find(({ rel }) => rel === 'approve')?.href).toContain(id);
    const again = await sdk.createSubscription(request);
    expect([again.statusCode, again.result.id]).toEqual([200, id]);
    expect(await failure(sdk.cancelSubscription({ id, body: { reason: 'no' } }))).toMatchObject({
      status: 422,
      issue: 'SUBSCRIPTION_STATUS_INVALID',
    });
  });

  it('is charged at its approval and then every month', async () => {
    const { id } = await subscribe({}, '2');
    const { body } = await approve(id);
    expect(body).toMatchObject({ status: 'ACTIVE', redirect: expect.stringContaining(id) });
    expect((await approve(id)).status).toBe(400);
    expect(await sales(id)).toHaveLength(1);
    await advance('62d');
    const charged = await sales(id);
    expect(charged).toHaveLength(3);
    expect(charged[2]).toMatchObject({
      status: 'COMPLETED',
      amountWithBreakdown: { grossAmount: { currencyCode: 'EUR', value: '38.00' } },
    });
    const { billingInfo } = await get(id);
    expect(billingInfo).toMatchObject({
      failedPaymentsCount: 0,
      cycleExecutions: [{ tenureType: 'REGULAR', cyclesCompleted: 3 }],
    });
    const sale = await call('GET', `/v1/payments/sale/${charged[2]?.id}`);
    expect(sale.body).toMatchObject({
      state: 'completed',
      billing_agreement_id: id,
      amount: { total: '38.00', currency: 'EUR' },
    });
    const types = await announced(5);
    expect(types.filter((type) => type === 'PAYMENT.SALE.COMPLETED')).toHaveLength(3);
    expect(types).toEqual(
      expect.arrayContaining(['BILLING.SUBSCRIPTION.CREATED', 'BILLING.SUBSCRIPTION.ACTIVATED']),
    );
  });

  it('charges nothing while it is on trial', async () => {
    const { id } = await subscribe({ trialDays: 7 });
    await approve(id);
    expect(await sales(id)).toEqual([]);
    await advance('8d');
    expect(await sales(id)).toHaveLength(1);
  });

  it('ends after its last period', async () => {
    const { id } = await subscribe({ totalCycles: 2 });
    await approve(id);
    await advance('93d');
    expect((await get(id)).status).toBe('EXPIRED');
    expect(await sales(id)).toHaveLength(2);
  });

  it('is canceled when its setup fee cannot be charged', async () => {
    const { id } = await subscribe({ setupFee: '5.00' });
    expect((await approve(id, 1)).body).toMatchObject({ status: 'CANCELLED' });
    const paid = await subscribe({ setupFee: '5.00' });
    await approve(paid.id);
    expect(await sales(paid.id)).toHaveLength(2);
  });

  it('is canceled, once', async () => {
    const { id } = await subscribe();
    await approve(id);
    await sdk.cancelSubscription({ id, body: { reason: 'enough' } });
    expect(await get(id)).toMatchObject({ status: 'CANCELLED', statusChangeNote: 'enough' });
    const again = sdk.cancelSubscription({ id, body: { reason: 'enough' } });
    expect((await failure(again)).issue).toBe('SUBSCRIPTION_STATUS_INVALID');
    await advance('62d');
    expect(await sales(id)).toHaveLength(1);
  });
});

describe('the payer’s page of a subscription', () => {
  it('sends the browser on after each answer', async () => {
    const { id, result } = await subscribe();
    const href = result.links?.find(({ rel }) => rel === 'approve')?.href ?? '';
    expect((await (await fetch(href)).text()).match(/<button/g)).toHaveLength(2);
    const press = (answer: string) =>
      fetch(href, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ answer }) });
    const session = `subscription_id=${id}&ba_token=${id}&token=${id}`;
    expect((await press('cancel')).headers.get('location')).toBe(`https://shop.example/c?${session}`);
    expect((await get(id)).status).toBe('APPROVAL_PENDING');
    expect((await press('approve')).headers.get('location')).toBe(`https://shop.example/r?${session}`);
    expect((await get(id)).status).toBe('ACTIVE');
    expect((await press('approve')).status).toBe(400);
    expect(await (await fetch(href)).text()).toContain('the subscription is ACTIVE');
    const nowhere = `${sandbox.origin}/webapps/billing/subscriptions?ba_token=I-X`;
    expect((await fetch(nowhere)).status).toBe(404);
  });
});

describe('a charge that fails', () => {
  it('is tried again, and the payer may pay then', async () => {
    const { id } = await subscribe({ failureThreshold: 3 });
    await approve(id);
    await sandbox.control('POST', `subscriptions/${id}/payments`, { fail: 1 });
    await advance('32d');
    expect((await get(id)).billingInfo).toMatchObject({
      failedPaymentsCount: 1,
      lastFailedPayment: { reasonCode: 'PAYMENT_DENIED' },
    });
    await advance('5d');
    expect((await get(id)).billingInfo?.failedPaymentsCount).toBe(0);
    expect(await sales(id)).toHaveLength(2);
  });

  it('suspends at the threshold; activated again, it goes on with the next period', async () => {
    const { id } = await subscribe({ failureThreshold: 1 });
    await approve(id);
    await sandbox.control('POST', `subscriptions/${id}/payments`, { fail: 1 });
    await advance('32d');
    expect((await get(id)).status).toBe('SUSPENDED');
    const types = await announced(5);
    expect(types).toContain('BILLING.SUBSCRIPTION.PAYMENT.FAILED');
    expect(types).toContain('BILLING.SUBSCRIPTION.SUSPENDED');
    await advance('62d');
    expect(await sales(id)).toHaveLength(1);
    await sdk.activateSubscription({ id, body: { reason: 'paid up' } });
    expect(await get(id)).toMatchObject({ status: 'ACTIVE', billingInfo: { failedPaymentsCount: 0 } });
    await advance('32d');
    expect(await sales(id)).toHaveLength(2);
  });

  it('does not happen while the merchant suspends it', async () => {
    const { id } = await subscribe();
    await approve(id);
    await sdk.suspendSubscription({ id, body: { reason: 'holidays' } });
    await advance('93d');
    expect(await sales(id)).toHaveLength(1);
    expect(await failure(sdk.suspendSubscription({ id, body: { reason: 'x' } }))).toMatchObject({
      status: 422,
    });
  });
});

describe('a sale', () => {
  it('is refunded like a capture and says so like a sale', async () => {
    const { id } = await subscribe();
    await approve(id);
    const [sale] = await sales(id);
    const captureId = sale?.id ?? '';
    const part = { amount: { currencyCode: 'EUR', value: '4.00' }, customId: 'rf_1' };
    const { result } = await sandbox.payments.refundCapturedPayment({ captureId, body: part, prefer: FULL });
    expect(result).toMatchObject({ status: 'COMPLETED', customId: 'rf_1' });
    expect((await call('GET', `/v1/payments/sale/${captureId}`)).body).toMatchObject({
      state: 'partially_refunded',
    });
    expect((await call('GET', `/v1/payments/refund/${result.id}`)).body).toMatchObject({
      sale_id: captureId,
      amount: { total: '-4.00', currency: 'EUR' },
    });
    const over = { captureId, body: { amount: { currencyCode: 'EUR', value: '16.00' } } };
    expect(await failure(sandbox.payments.refundCapturedPayment(over))).toMatchObject({ status: 422 });
    await sandbox.control('POST', `captures/${captureId}/reverse`, {});
    expect((await sales(id))[0]?.status).toBe('REFUNDED');
    const types = await announced(5);
    expect(types).toContain('PAYMENT.SALE.REFUNDED');
    expect(types).toContain('PAYMENT.SALE.REVERSED');
    const captured = await sandbox.payments.getCapturedPayment({ captureId });
    expect(captured.result).toMatchObject({ id: captureId, status: 'REFUNDED', customId: 'sub_1' });
    expect((await call('GET', '/v1/payments/sale/0000000000000000X')).status).toBe(404);
  });
});
