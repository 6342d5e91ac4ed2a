import { SubscriptionsController } from '@paypal/paypal-server-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Oracle } from '../oracle.ts';
import { faulty, loadOracle, present, title } from '../oracle.ts';
import { makePlan } from './plans.ts';
import { caller, clientAt, failure, FULL, startSandbox } from './support.ts';

describe.skipIf(!present)(title, () => {
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  let oracle: Oracle;
  let call: Awaited<ReturnType<typeof caller>>;
  let sdk: SubscriptionsController;
  beforeAll(async () => {
    sandbox = await startSandbox();
    oracle = await loadOracle('paypal', sandbox.origin);
    const origin = `http://127.0.0.1:${await oracle.listen(0)}`;
    call = await caller(origin);
    sdk = new SubscriptionsController(clientAt(origin));
  }, 240_000);
  afterAll(async () => {
    await oracle?.close();
    await sandbox?.close();
  });

  async function subscribe(planId: string, prefer?: string) {
    const request = {
      ...(prefer === undefined ? {} : { prefer }),
      paypalRequestId: crypto.randomUUID(),
      body: { planId, quantity: '2', customId: 'sub_1', subscriber: { emailAddress: 'b@example.com' } },
    };
    await sdk.createSubscription(request);
    const { result } = await sdk.createSubscription(request);
    const id = result.id ?? '';
    await sdk.getSubscription({ id });
    return id;
  }
  async function look(id: string) {
    await sdk.getSubscription({ id });
    const window = { startTime: '2020-01-01T00:00:00Z', endTime: '2100-01-01T00:00:00Z' };
    return (await sdk.listSubscriptionTransactions({ id, ...window })).result.transactions ?? [];
  }
  const advance = (time: string) => sandbox.control('POST', 'clock', { advance: time });

  it('finds no error in any request or answer about plans and subscriptions', async () => {
    const wishes = { trialDays: 7, totalCycles: 4, setupFee: '5.00', failureThreshold: 2 };
    const { id: planId = '', productId = '' } = await makePlan(call, sdk, wishes);
    expect((await call('GET', `/v1/catalogs/products/${productId}`)).status).toBe(200);
    expect((await call('GET', '/v1/catalogs/products?total_required=true')).status).toBe(200);
    await sdk.getBillingPlan(planId);
    await sdk.listBillingPlans({ productId, totalRequired: true });
    await sdk.listBillingPlans({ productId, prefer: FULL });
    await sdk.deactivateBillingPlan(planId);
    await sdk.activateBillingPlan(planId);

    for (const prefer of [undefined, FULL]) {
      const id = await subscribe(planId, prefer);
      await sandbox.control('POST', `subscriptions/${id}/approve`);
      await look(id);
      await sandbox.control('POST', `subscriptions/${id}/payments`, { fail: 2 });
      await advance('8d');
      await look(id);
      await advance('6d');
      await look(id);
      expect((await sdk.getSubscription({ id })).result.status).toBe('SUSPENDED');
      await sdk.activateSubscription({ id, body: { reason: 'paid up' } });
      await advance('31d');
      const [, sale] = await look(id);
      const refund = {
        captureId: sale?.id ?? '',
        paypalRequestId: crypto.randomUUID(),
        body: { amount: { currencyCode: 'EUR', value: '1.00' } },
      };
      const { result } = await sandbox.payments.refundCapturedPayment(refund);
      expect(result.status).toBe('COMPLETED');
      await look(id);
      await sdk.suspendSubscription({ id, body: { reason: 'holidays' } });
      await look(id);
      await sdk.cancelSubscription({ id, body: { reason: 'enough' } });
      await look(id);
      await failure(sdk.cancelSubscription({ id, body: { reason: 'enough' } }));
    }
    const ending = await subscribe(planId);
    await sandbox.control('POST', `subscriptions/${ending}/approve`);
    await advance('200d');
    expect((await look(ending)).length).toBeGreaterThan(3);
    expect((await sdk.getSubscription({ id: ending })).result.status).toBe('EXPIRED');

    expect(faulty(oracle)).toEqual([]);
    expect(new Set(oracle.verdicts.map(({ op }) => op)).size).toBe(15);
  }, 60_000);
});
