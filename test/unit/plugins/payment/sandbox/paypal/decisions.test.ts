import {
  CheckoutPaymentIntent,
  SubscriptionsController,
  VaultController,
  VaultTokenRequestType,
} from '@paypal/paypal-server-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decideEach, offered } from '../decisions.ts';
import { makePlan } from './plans.ts';
import { caller, clientAt, startSandbox } from './support.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let vault: VaultController;
let subscriptions: SubscriptionsController;
let planId: string;
beforeAll(async () => {
  sandbox = await startSandbox();
  const client = clientAt(sandbox.origin);
  vault = new VaultController(client);
  subscriptions = new SubscriptionsController(client);
  planId = (await makePlan(await caller(sandbox.origin), subscriptions)).id ?? '';
});
afterAll(() => sandbox.close());

const key = () => crypto.randomUUID();
const decide = (kind: string, make: () => Promise<string>) => decideEach(sandbox.control, kind, make);
async function captured(outcome?: string): Promise<string> {
  const amount = { currencyCode: 'EUR', value: '50.00' };
  const { result } = await sandbox.orders.createOrder({
    body: { intent: CheckoutPaymentIntent.Capture, purchaseUnits: [{ amount }] },
  });
  const id = result.id ?? '';
  await sandbox.control('POST', `orders/${id}/approve`, outcome === undefined ? {} : { outcome });
  const paid = await sandbox.orders.captureOrder({ id, paypalRequestId: key() });
  return paid.result.purchaseUnits?.[0]?.payments?.captures?.[0]?.id ?? '';
}
async function setUp(): Promise<string> {
  const urls = { returnUrl: 'https://shop.example/r', cancelUrl: 'https://shop.example/c' };
  const paymentSource = { paypal: { experienceContext: urls } };
  return (await vault.createSetupToken({ paypalRequestId: key(), body: { paymentSource } })).result.id ?? '';
}
async function subscribe(): Promise<string> {
  return (
    (await subscriptions.createSubscription({ paypalRequestId: key(), body: { planId } })).result.id ?? ''
  );
}

describe('what can be decided at PayPal', () => {
  it('are captures and refunds that are pending', async () => {
    expect(await decide('capture', () => captured('review'))).toEqual({
      'The money arrives': 'none',
      'Deny it': 'none',
    });
    const refund = async () => {
      const made = await sandbox.payments.refundCapturedPayment({
        captureId: await captured(),
        paypalRequestId: key(),
        body: { amount: { currencyCode: 'EUR', value: '20.05' } },
      });
      return made.result.id ?? '';
    };
    expect(await decide('refund', refund)).toEqual({
      'It arrives': 'none',
      'It fails': 'none',
      Cancel: 'none',
    });
  });

  it('are disputes, and inquiries, which can become one', async () => {
    const dispute = (stage: string) => async () => {
      const { body } = await sandbox.control('POST', 'disputes', { ref: await captured(), stage });
      return String(body['dispute_id']);
    };
    const ends = { 'The shop wins': 'none', 'The buyer wins': 'none', 'The buyer gives up': 'none' };
    expect(await decide('dispute', dispute('CHARGEBACK'))).toEqual(ends);
    expect(await decide('inquiry', dispute('INQUIRY'))).toEqual({ Escalate: 'none', ...ends });
  });

  it('are accounts that wait to be saved, or are saved', async () => {
    expect(await decide('set-up', setUp)).toEqual({ Approve: 'none' });
    const saved = async () => {
      const id = await setUp();
      await sandbox.control('POST', `setup-tokens/${id}/approve`);
      const paymentSource = { token: { id, type: VaultTokenRequestType.SetupToken } };
      return (
        (await vault.createPaymentToken({ paypalRequestId: key(), body: { paymentSource } })).result.id ?? ''
      );
    };
    expect(await decide('saved account', saved)).toEqual({ Remove: 'none' });
  });

  it('are subscriptions, which are approved, renew, fail, pause and end', async () => {
    expect(await decide('subscription', subscribe)).toEqual({
      Approve: 'ACTIVE',
      'Approve, the first charge fails': 'ACTIVE',
    });
    const active = async () => {
      const id = await subscribe();
      await sandbox.control('POST', `subscriptions/${id}/approve`);
      return id;
    };
    expect(await decide('subscription', active)).toEqual({
      'Next renewal': 'ACTIVE',
      'Let the next charge fail': 'ACTIVE',
      Pause: 'SUSPENDED',
      Cancel: 'none',
    });
    const paused = async () => {
      const id = await active();
      await sandbox.control('POST', `subscriptions/${id}/pause`);
      return id;
    };
    expect(await decide('subscription', paused)).toEqual({ Resume: 'ACTIVE', Cancel: 'none' });
  });

  it('is whether the next charge fails', async () => {
    const id = await subscribe();
    await sandbox.control('POST', `subscriptions/${id}/approve`);
    const act = async (label: string) => {
      const decision = (await offered(sandbox.control, 'subscription')).find((one) => one.id === id);
      const choice = decision?.choices.find((one) => one.label === label);
      expect((await sandbox.control('POST', choice?.control ?? '', choice?.body)).status).toBe(200);
    };
    const failures = async () =>
      (await subscriptions.getSubscription({ id })).result.billingInfo?.failedPaymentsCount;
    await act('Let the next charge fail');
    await act('Let charges succeed');
    await act('Next renewal');
    expect(await failures()).toBe(0);
    await act('Let the next charge fail');
    await act('Next renewal');
    expect(await failures()).toBe(1);
  });
});
