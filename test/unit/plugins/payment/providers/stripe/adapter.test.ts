import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CreateRequest } from '../../../../../../plugins/payment/providers/provider.ts';
import { stripeProvider } from '../../../../../../plugins/payment/providers/stripe/provider.ts';
import { SECRET_KEY, startSandbox, WEBHOOK_SECRET } from '../../sandbox/stripe/support.ts';

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly idempotencyKey?: string;
}

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let provider: ReturnType<typeof stripeProvider>;
let several: typeof provider;
beforeAll(async () => {
  sandbox = await startSandbox();
  const config = {
    secretKey: SECRET_KEY,
    publishableKey: 'pk_test_x',
    webhookSecret: WEBHOOK_SECRET,
    apiBase: sandbox.origin,
  };
  provider = stripeProvider({ ...config, multicapture: false });
  several = stripeProvider({ ...config, multicapture: true });
});
afterAll(() => sandbox?.close());

let marked = 0;
const all = async () => (await sandbox.control('GET', 'requests')).body.requests as readonly Sent[];
const sent = async () => (await all()).slice(marked).map(({ method, path }) => `${method} ${path}`);
const mark = async () => void (marked = (await all()).length);
beforeEach(mark);

const call = () => ({ budgetMs: 20_000, idempotencyKey: randomUUID() });
const pay = (more: Partial<CreateRequest> = {}, by = provider) =>
  by.create(
    {
      paymentId: 'pay_1',
      amountMinor: 1000,
      currency: 'usd',
      captureMethod: 'automatic',
      confirm: true,
      paymentMethodId: 'pm_card_visa',
      metadata: {},
      ...more,
    },
    call(),
  );
const refundOf = (ref: string, amountMinor: number) => ({
  refundId: 'rf_1',
  paymentId: 'pay_1',
  ref,
  amountMinor,
  currency: 'usd',
});

describe('an authorization', () => {
  it('tells until when it can be captured, without a call more', async () => {
    const held = await pay({ captureMethod: 'manual' });
    const deadline = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(held).toMatchObject({ status: 'authorized', captureBefore: deadline });
    expect((await provider.retrieve(held.ref, call())).captureBefore).toBe(held.captureBefore);
    const request = { ref: held.ref, amountMinor: 400, currency: 'usd' };
    expect((await provider.capture(request, call())).captureBefore).toBeUndefined();
    const path = `/v1/payment_intents/${held.ref}`;
    expect(await sent()).toEqual(['POST /v1/payment_intents', `GET ${path}`, `POST ${path}/capture`]);
  });

  it('is made for several captures only where they are configured', async () => {
    const asked = async (by: typeof provider, captureMethod: CreateRequest['captureMethod']) => {
      const { ref } = await pay({ captureMethod }, by);
      const intent = await sandbox.stripe.paymentIntents.retrieve(ref);
      return intent.payment_method_options?.card?.request_multicapture;
    };
    expect(await asked(several, 'manual')).toBe('if_available');
    expect(await asked(several, 'automatic')).toBeUndefined();
    expect(await asked(provider, 'manual')).toBeUndefined();
  });

  it('says again until when after a capture that is not the last', async () => {
    const held = await pay({ captureMethod: 'manual' }, several);
    const request = { ref: held.ref, amountMinor: 400, currency: 'usd', final: false };
    const part = await several.capture(request, call());
    expect(part).toMatchObject({ status: 'partially_captured', captureBefore: held.captureBefore });
  });
});

describe('refunds', () => {
  it('carry what leads back to them, and are listed to the last page', async () => {
    const { ref } = await pay();
    for (let count = 0; count < 101; count += 1)
      await provider.refundsAndDisputes.refund(refundOf(ref, 1), call());
    await mark();
    const listed = await provider.refundsAndDisputes.listRefunds(ref, call());
    expect(new Set(listed.map((one) => one.ref)).size).toBe(101);
    expect(await sent()).toHaveLength(2);
    const made = await sandbox.stripe.refunds.retrieve(listed[0]?.ref ?? '');
    expect(made.metadata).toEqual({ payment_id: 'pay_1', refund_id: 'rf_1' });
  });

  it.each([
    [
      'all went back',
      async (ref: string) => provider.refundsAndDisputes.refund(refundOf(ref, 1000), call()),
      1,
    ],
    ['there is less left', async () => undefined, 1001],
    ['it is disputed', async (ref: string) => sandbox.control('POST', 'disputes', { ref }), 1],
  ])('are refused by a code when %s', async (reason, before, amountMinor) => {
    const { ref } = await pay();
    await before(ref);
    const details = {
      'all went back': { class: 'already_done', code: 'charge_already_refunded' },
      'there is less left': { class: 'invalid', param: 'amount' },
      'it is disputed': { class: 'invalid', code: 'charge_disputed' },
    }[reason];
    const refusal = provider.refundsAndDisputes.refund(refundOf(ref, amountMinor), call());
    await expect(refusal).rejects.toMatchObject({ details });
  });
});

describe('a subscription', () => {
  const subscribed = async () => {
    const { customers, subscriptions } = provider;
    const { id: price } = await sandbox.stripe.prices.create({
      currency: 'usd',
      unit_amount: 1900,
      recurring: { interval: 'month' },
      product_data: { name: 'Pro' },
    });
    const { ref: customerRef } = await customers.create({ customerId: 'cus_1', metadata: {} }, call());
    const request = { subscriptionId: 'sub_1', planId: price, quantity: 1, customerRef, metadata: {} };
    const { ref } = await subscriptions.create(request, call());
    return { ref, customerRef };
  };

  it('is canceled once although the answer was lost, and no key is sent, which Stripe has none for', async () => {
    const { ref } = await subscribed();
    await mark();
    await sandbox.control('POST', 'faults', { method: 'DELETE', path: ref, after: true });
    const ended = await provider.subscriptions.cancel({ ref, atPeriodEnd: false }, call());
    expect(['canceled', 'expired']).toContain(ended.status);
    const deletes = (await all()).slice(marked).filter(({ method }) => method === 'DELETE');
    expect(deletes).toHaveLength(2);
    expect(deletes.map(({ idempotencyKey }) => idempotencyKey ?? null)).toEqual([null, null]);
  });

  it('is found by our id among those of its customer, with the secret to pay it', async () => {
    const { ref, customerRef } = await subscribed();
    const createdAt = new Date().toISOString();
    const find = (subscriptionId: string, of: string | undefined) =>
      provider.subscriptions.find({ subscriptionId, customerRef: of, createdAt }, call());
    expect(await find('sub_1', customerRef)).toMatchObject({ ref, clientSecret: expect.any(String) });
    expect(await find('sub_2', customerRef)).toBeUndefined();
    expect(await find('sub_1', undefined)).toBeUndefined();
  });

  it('needs a customer', async () => {
    const request = { subscriptionId: 'sub_1', planId: 'x', quantity: 1, metadata: {} };
    const refusal = provider.subscriptions.create({ ...request, customerRef: undefined }, call());
    await expect(refusal).rejects.toMatchObject({ details: { class: 'invalid', param: 'customer' } });
    expect(await sent()).toEqual([]);
  });
});

describe('a saved method', () => {
  it('stays with its customer when it is attached again, and is not taken from another', async () => {
    const { customers } = provider;
    const [first, second] = await Promise.all(
      ['cus_1', 'cus_2'].map((customerId) => customers.create({ customerId, metadata: {} }, call())),
    );
    const attach = (token: string, customerRef: string | undefined) =>
      customers.attach({ customerId: 'cus_1', customerRef, token }, call());
    const { ref } = await attach('pm_card_visa', first?.ref);
    expect(await attach(ref, first?.ref)).toMatchObject({ ref, status: 'active', customerRef: first?.ref });
    await expect(attach(ref, second?.ref)).rejects.toMatchObject({ details: { class: 'invalid' } });
    expect((await customers.retrieveMethod(ref, call())).customerRef).toBe(first?.ref);
    await customers.detach(ref, call());
    await customers.detach(ref, call());
    await customers.detach('pm_none', call());
    expect(await customers.listMethods(first?.ref ?? '', call())).toEqual([]);
  });
});
