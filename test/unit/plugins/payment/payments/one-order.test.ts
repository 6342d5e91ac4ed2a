import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PaymentView } from '../../../../../plugins/payment/api/schemas.ts';
import { paypalWebhook } from '../../../../../plugins/payment/webhooks/paypal.ts';
import { type Bench, intentObject, startBench } from '../bench.ts';
import { type PayPalBench, credentials, startPayPalBench } from '../paypal-bench.ts';

const MINUTE = 60_000;
const APPROVED = 'CHECKOUT.ORDER.APPROVED';
const PAID = 'payment_intent.succeeded';

let plain: Bench;
let paypal: PayPalBench;
/** One deployment that uses both providers. */
let shop: Bench;
beforeAll(async () => {
  [plain, paypal] = await Promise.all([startBench(), startPayPalBench()]);
  shop = plain.with({ config: both() });
});
afterAll(() => Promise.all([plain?.stop(), paypal?.stop()]));

function both(more: object = {}) {
  const { stripe } = plain.services.config;
  return { stripe, paypal: { ...credentials, apiBase: paypal.origin }, ...more };
}

type Provider = 'stripe' | 'paypal';
const begin = (provider: Provider, orderReference: string, more: object = {}, on: Bench = shop) =>
  on.call('createPayment', { amount: 100, currency: 'usd', provider, orderReference, ...more });
const get = async (id: string): Promise<PaymentView> => (await shop.call('getPayment', { id })).body;
const cancel = (id: string) => shop.call('cancelPayment', { id, reason: 'duplicate' });
const deliverPayPal = (type: string, payment: PaymentView, on: Bench = shop) => {
  const body = paypal.event(type, payment);
  const request = {
    rawBody: Buffer.from(body),
    headers: paypal.headersOf(body),
    receivedAtMs: Date.now(),
  };
  return paypalWebhook.handle({ ...on.flow('webhook'), request });
};
const deliverStripe = (payment: PaymentView, on: Bench = shop) =>
  on.deliver(on.event(PAID, intentObject(payment)));
/** The payer pays at the provider; nobody has told us. */
const pay = (payment: PaymentView): Promise<unknown> =>
  payment.provider === 'stripe' ? plain.confirm(payment.clientSecret ?? '') : paypal.approve(payment);
const told = (payment: PaymentView, on: Bench = shop): Promise<unknown> =>
  payment.provider === 'stripe' ? deliverStripe(payment, on) : deliverPayPal(APPROVED, payment, on);
/** What the providers have taken for the order, less what they gave back. */
async function keptMinor(...payments: readonly PaymentView[]): Promise<number> {
  let kept = 0;
  for (const { provider: name, providerRef: ref } of payments) {
    const provider = await shop.services.provider(name);
    const { capturedMinor } = await provider.retrieve(ref ?? '', { budgetMs: 5_000 });
    const refunds = await provider.refundsAndDisputes.listRefunds(ref ?? '', { budgetMs: 5_000 });
    kept += capturedMinor - refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  }
  return kept;
}
async function reconcile(on: Bench = shop): Promise<void> {
  for (let i = 0; i < 3; i += 1) {
    shop.skip(2 * MINUTE);
    await on.reconcile('due');
  }
}

describe.each([
  ['stripe', 'paypal'],
  ['paypal', 'stripe'],
] as const)('two payments of one order, at %s and then at %s', (first, second) => {
  it('the second begins only when the first is canceled, which then cannot be paid any more', async () => {
    const order = randomUUID();
    const { body: one } = await begin(first, order);
    expect(await begin(second, order)).toMatchObject({
      status: 409,
      body: { code: 'order-reference-in-use', paymentId: one.id },
    });
    expect((await cancel(one.id)).body).toMatchObject({ status: 'canceled' });
    const { body: two, status } = await begin(second, order);
    expect(status).toBe(201);
    // The payer has both pages open, and uses both.
    await pay(two);
    await pay(one);
    await told(two);
    expect(await get(two.id)).toMatchObject({ status: 'succeeded', capturedMinor: 10_000 });
    expect(await get(one.id)).toMatchObject({ status: 'canceled', capturedMinor: 0 });
    expect(await keptMinor(one, two)).toBe(10_000);
  });

  it.each([
    ['the loser first', false],
    ['the winner first', true],
  ])('webhooks of both, %s, take money once', async (_which, winnerFirst) => {
    const order = randomUUID();
    const { body: one } = await begin(first, order);
    await cancel(one.id);
    const { body: two } = await begin(second, order);
    await pay(one);
    await pay(two);
    for (const each of winnerFirst ? [two, one] : [one, two]) await told(each);
    await reconcile();
    expect(await get(two.id)).toMatchObject({ status: 'succeeded', capturedMinor: 10_000 });
    expect(await get(one.id)).toMatchObject({ status: 'canceled', capturedMinor: 0 });
    expect(await keptMinor(one, two)).toBe(10_000);
  });

  it('a cancel that comes too late is refused, and the order stays with the payment that was paid', async () => {
    const order = randomUUID();
    const { body: one } = await begin(first, order);
    await pay(one);
    if (first === 'paypal') await told(one);
    expect(await cancel(one.id)).toMatchObject({
      status: 409,
      body: { code: 'invalid-state', paymentStatus: 'succeeded', capturedMinor: 10_000 },
    });
    expect(await begin(second, order)).toMatchObject({
      status: 409,
      body: { code: 'order-reference-in-use', paymentId: one.id },
    });
    await told(one);
    expect(await get(one.id)).toMatchObject({ status: 'succeeded' });
  });

  it.each([
    ['refunded', {}, 10_000],
    ['flagged and kept', { lateSuccess: 'keep' }, 20_000],
  ])('money that comes in for the canceled one all the same is %s', async (_what, more, kept) => {
    const on = plain.with({ config: both(more) });
    const order = randomUUID();
    const { body: one } = await begin(first, order, {}, on);
    // Its cancel never reaches the provider, as when another system has it in hand.
    const deaf = plain.with({
      config: both(more),
      provider: (inner) => ({
        ...inner,
        cancel: async ({ ref, reason }, call) => {
          const snapshot = await inner.retrieve(ref, call);
          return { ...snapshot, status: 'canceled', reason, nextAction: undefined };
        },
      }),
    });
    expect((await deaf.call('cancelPayment', { id: one.id })).body.status).toBe('canceled');
    const { body: two } = await begin(second, order, {}, on);
    await pay(two);
    await told(two, on);
    await pay(one);
    if (first === 'paypal') {
      const provider = await shop.services.provider('paypal');
      const request = { ref: one.providerRef ?? '', captureMethod: 'automatic' } as const;
      await provider.complete?.(request, { budgetMs: 5_000, idempotencyKey: randomUUID() });
    }
    await told(one, on);
    const late = (await on.call('getPayment', { id: one.id })).body;
    expect(late).toMatchObject({ status: 'succeeded', capturedMinor: 10_000 });
    const items = (await on.items(one.id, 'EVT#')) as unknown as {
      events: { type: string; data: { action?: string } }[];
    }[];
    const events = items.flatMap((item) => item.events);
    expect(events.find(({ type }) => type === 'payment.late_success.v1')?.data.action).toBe(
      kept === 10_000 ? 'void_or_refund' : 'none',
    );
    await reconcile(on);
    expect(await keptMinor(one, two)).toBe(kept);
    expect(await get(two.id)).toMatchObject({ status: 'succeeded', refundedMinor: 0 });
  });
});

describe('a payment that failed, whose order was paid at the other provider', () => {
  it('is refunded when its payer pays it all the same', async () => {
    const order = randomUUID();
    const card = { confirm: true, paymentMethodId: 'pm_card_chargeDeclined' };
    const declined = await begin('stripe', order, card);
    const { paymentId } = declined.body as unknown as { paymentId: string };
    const { body: two, status } = await begin('paypal', order);
    expect({ declined: declined.status, status }).toEqual({ declined: 402, status: 201 });
    await pay(two);
    await told(two);
    const one = await get(paymentId);
    const provider = await shop.services.provider('stripe');
    const { clientSecret = '' } = await provider.retrieve(one.providerRef ?? '', { budgetMs: 5_000 });
    await plain.confirm(clientSecret);
    await deliverStripe(one);
    await reconcile();
    expect(await get(paymentId)).toMatchObject({ refundStatus: 'full', flags: ['late_success'] });
    expect(await keptMinor(one, two)).toBe(10_000);
  });
});
