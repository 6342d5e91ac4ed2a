import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PaymentProvider } from '../../../../../plugins/payment/providers/provider.ts';
import type { ProviderName } from '../../../../../plugins/payment/providers/provider-call.ts';
import { ProviderError } from '../../../../../plugins/payment/providers/provider-error.ts';
import type { SubscriptionView } from '../../../../../plugins/payment/subscriptions/subscription-schema.ts';
import type { PaymentView } from '../../../../../plugins/payment/api/schemas.ts';
import { type Bench, startBench } from '../bench.ts';
import { type PayPalBench, startPayPalBench } from '../paypal-bench.ts';

/** What a merchant does in the provider's dashboard, with the API's own calls. */
const elsewhere = () => ({ budgetMs: 20_000, idempotencyKey: randomUUID() });

interface Case {
  readonly name: ProviderName;
  readonly bench: () => Pick<Bench, 'call' | 'services'>;
  /** A payment of 60 that is authorized. */
  readonly authorized: () => Promise<PaymentView>;
}

let stripe: Bench;
let paypal: PayPalBench;
beforeAll(async () => {
  [stripe, paypal] = await Promise.all([startBench(), startPayPalBench()]);
});
afterAll(() => Promise.all([stripe?.stop(), paypal?.stop()]));

const cases: readonly Case[] = [
  {
    name: 'stripe',
    bench: () => stripe.with({ config: withParts() }),
    async authorized() {
      const card = { paymentMethodId: 'pm_card_visa', confirm: true, captureMethod: 'manual' };
      const bench = stripe.with({ config: withParts() });
      return (await bench.call('createPayment', { amount: 60, currency: 'usd', ...card })).body;
    },
  },
  {
    name: 'paypal',
    bench: () => paypal,
    async authorized() {
      const payment = await paypal.create({ amount: 60, captureMethod: 'manual' });
      await paypal.approve(payment);
      return (await paypal.call('verifyPayment', { id: payment.id })).body;
    },
  },
];

/** The bench's own configuration, with several captures allowed. */
function withParts() {
  return { stripe: { ...stripe.services.config.stripe, multicapture: true } };
}

describe.each(cases)('what was done elsewhere at $name', ({ name, bench, authorized }) => {
  const provider = (): Promise<PaymentProvider> => bench().services.provider(name);
  const capture = async (payment: PaymentView, amountMinor: number, final = true): Promise<void> => {
    const request = { ref: payment.providerRef ?? '', amountMinor, currency: 'usd', final };
    await (await provider()).capture(request, elsewhere());
  };
  const cancel = async (payment: PaymentView): Promise<void> => {
    await (await provider()).cancel({ ref: payment.providerRef ?? '' }, elsewhere());
  };
  /** Asks with the webhook of what happened lost, and again for another payment after it was delivered. */
  const bothWays = async (
    happen: (payment: PaymentView) => Promise<void>,
    operation: string,
    input: object,
  ): Promise<
    readonly { readonly status: number; readonly body: object; readonly payment: PaymentView }[]
  > => {
    const answers = [];
    for (const told of [false, true]) {
      const payment = await authorized();
      expect(payment).toMatchObject({ status: 'authorized', capturableMinor: 6_000 });
      await happen(payment);
      const { id } = payment;
      if (told) await bench().call('verifyPayment', { id });
      const key = randomUUID();
      const { status, body, problem } = await bench().call<object>(operation, { id, ...input }, { key });
      const again = await bench().call<object>(operation, { id, ...input }, { key });
      expect(again).toMatchObject({ status, body });
      const said = { ...body, paymentId: undefined, detail: problem?.detail };
      answers.push({ status, body: said, payment: (await bench().call('getPayment', { id })).body });
    }
    return answers;
  };

  it('a capture of another amount is 409, and says what was captured, told or not', async () => {
    const [lost, told] = await bothWays((payment) => capture(payment, 4_000), 'capturePayment', {
      amount: '30.00',
    });
    expect(lost).toMatchObject({
      status: 409,
      body: {
        code: 'invalid-state',
        paymentStatus: 'succeeded',
        capturedMinor: 4_000,
        capturableMinor: 0,
        detail: expect.stringContaining('40.00 usd captured'),
      },
      payment: { status: 'succeeded', capturedMinor: 4_000, operation: { status: 'failed' } },
    });
    expect(told).toMatchObject({ status: 409, body: lost?.body });
  });

  it('a capture that leaves less than is asked for is 422 with what is left, told or not', async () => {
    const [lost, told] = await bothWays((payment) => capture(payment, 4_000, false), 'capturePayment', {
      amount: '30.00',
    });
    const left = { code: 'capture-exceeds-authorized', capturedMinor: 4_000, capturableMinor: 2_000 };
    for (const answer of [lost, told])
      expect(answer).toMatchObject({
        status: 422,
        body: left,
        payment: { status: 'partially_captured', capturedMinor: 4_000, capturableMinor: 2_000 },
      });
  });

  it('a capture of the amount that is asked for has done it', async () => {
    const payment = await authorized();
    await capture(payment, 4_000);
    expect(await bench().call('capturePayment', { id: payment.id, amount: 40 })).toMatchObject({
      status: 200,
      body: { status: 'succeeded', capturedMinor: 4_000, operation: { status: 'succeeded' } },
    });
  });

  it('a final capture does not do for one that is to keep the rest', async () => {
    const [lost, told] = await bothWays((payment) => capture(payment, 4_000), 'capturePayment', {
      amount: '40.00',
      final: false,
    });
    for (const answer of [lost, told])
      expect(answer).toMatchObject({
        status: 409,
        body: { code: 'invalid-state', capturedMinor: 4_000, capturableMinor: 0 },
      });
    expect(told?.body).toEqual(lost?.body);
  });

  it('a cancel finds what was captured, and says so', async () => {
    const [lost, told] = await bothWays((payment) => capture(payment, 4_000), 'cancelPayment', {});
    expect(lost).toMatchObject({ status: 409, body: { code: 'invalid-state', capturedMinor: 4_000 } });
    expect(told).toMatchObject({ status: 409, body: lost?.body });
  });

  it('a cancel of the rest does not pass for done when the rest was captured', async () => {
    const payment = await authorized();
    await bench().call('capturePayment', { id: payment.id, amount: 10, final: false });
    await capture(payment, 5_000);
    expect(await bench().call('cancelPayment', { id: payment.id })).toMatchObject({
      status: 409,
      body: { code: 'invalid-state', capturedMinor: 6_000 },
    });
  });

  it('a cancel of what is canceled has done it; a capture of it is 409', async () => {
    const payment = await authorized();
    await cancel(payment);
    expect(await bench().call('cancelPayment', { id: payment.id })).toMatchObject({
      status: 200,
      body: { status: 'canceled', operation: { status: 'succeeded' } },
    });
    const [lost, told] = await bothWays(cancel, 'capturePayment', {});
    expect(lost).toMatchObject({
      status: 409,
      body: { code: 'invalid-state', paymentStatus: 'canceled', capturedMinor: 0 },
    });
    expect(told).toMatchObject({ status: 409, body: lost?.body });
  });

  it('a refund of what was given back elsewhere is refused, told or not, and learnt from', async () => {
    for (const told of [false, true]) {
      const { id } = await authorized();
      const { body: payment } = await bench().call('capturePayment', { id });
      const { refundsAndDisputes } = await provider();
      const { captures } = await (await provider()).retrieve(payment.providerRef ?? '', elsewhere());
      const { providerRef: ref } = payment;
      await refundsAndDisputes.refund(
        {
          refundId: `rf_${randomUUID()}`,
          paymentId: id,
          ref: ref ?? '',
          captureRef: captures?.[0]?.ref,
          amountMinor: 6_000,
          currency: 'usd',
        },
        elsewhere(),
      );
      if (told) await bench().call('verifyPayment', { id });
      expect(await bench().call('createRefund', { id, amount: 20 })).toMatchObject({
        status: 422,
        body: { code: 'refund-exceeds-remaining' },
      });
      expect((await bench().call('getPayment', { id })).body).toMatchObject({
        refundedMinor: 6_000,
        refundableMinor: 0,
      });
    }
  });
});

describe('a capture of ours that several others stand beside', () => {
  it('is not given up, although its answer was lost and more was captured than it asked for', async () => {
    const payment = await cases[0]?.authorized();
    if (payment === undefined) throw new Error('no payment');
    const { id } = payment;
    const bench = stripe.with({
      config: withParts(),
      provider: (inner) => ({
        ...inner,
        async capture(request, call) {
          await inner.capture({ ...request, amountMinor: 1_000 }, elsewhere());
          await inner.capture(request, call);
          throw new ProviderError({ class: 'unknown', code: 'timed_out' });
        },
      }),
    });
    const { status } = await bench.call('capturePayment', { id, amount: 30, final: false });
    expect(status).toBe(202);
    expect((await stripe.call('verifyPayment', { id })).body).toMatchObject({
      status: 'partially_captured',
      capturedMinor: 4_000,
      operation: { kind: 'capture', status: 'succeeded' },
    });
  });
});

describe('a subscription that was canceled elsewhere', () => {
  const api = async <T>(method: string, path: string, body?: Record<string, string>): Promise<T> => {
    const response = await fetch(`${stripe.sandbox.url}${path}`, {
      method,
      headers: {
        authorization: 'Bearer sk_test_bench',
        ...(body && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(body && { body: new URLSearchParams(body) }),
    });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as T;
  };
  const subscribed = async (): Promise<SubscriptionView> => {
    const { id: product } = await api<{ id: string }>('POST', '/v1/products', { name: 'Tea' });
    const price = { product, currency: 'usd', unit_amount: '1500', 'recurring[interval]': 'month' };
    const { id: planId } = await api<{ id: string }>('POST', '/v1/prices', price);
    const { body: customer } = await stripe.call('createCustomer', { email: 'ada@shop.example' });
    const { id: customerId } = customer;
    await stripe.call('attachPaymentMethod', {
      id: customerId,
      paymentMethodId: 'pm_card_visa',
      default: true,
    });
    const { body } = await stripe.call<SubscriptionView>('createSubscription', { planId, customerId });
    if (body.clientSecret) await stripe.confirm(body.clientSecret);
    return body;
  };
  const refOf = async ({ id }: SubscriptionView) => (await stripe.services.subscriptions.get(id))?.ref ?? '';

  it('at once is 409 for who wants it to end with its period, told or not', async () => {
    for (const told of [false, true]) {
      const subscription = await subscribed();
      const { id } = subscription;
      const ref = await refOf(subscription);
      await api('DELETE', `/v1/subscriptions/${ref}`);
      if (told) {
        const object = { id: ref, object: 'subscription', metadata: { subscription_id: id } };
        await stripe.deliver(stripe.event('customer.subscription.deleted', object));
      }
      expect(await stripe.call('cancelSubscription', { id, atPeriodEnd: true })).toMatchObject({
        status: 409,
        body: { code: 'invalid-state', subscriptionId: id, subscriptionStatus: 'canceled' },
      });
      expect((await stripe.call('getSubscription', { id })).body).toMatchObject({ status: 'canceled' });
      expect(await stripe.call('cancelSubscription', { id })).toMatchObject({ status: 200 });
    }
  });

  it('has done what was asked for, when it was canceled the same way', async () => {
    const atOnce = await subscribed();
    await api('DELETE', `/v1/subscriptions/${await refOf(atOnce)}`);
    expect(await stripe.call('cancelSubscription', { id: atOnce.id })).toMatchObject({
      status: 200,
      body: { status: 'canceled' },
    });
    const later = await subscribed();
    await api('POST', `/v1/subscriptions/${await refOf(later)}`, { cancel_at_period_end: 'true' });
    for (let i = 0; i < 2; i += 1)
      expect(await stripe.call('cancelSubscription', { id: later.id, atPeriodEnd: true })).toMatchObject({
        status: 200,
        body: { cancelAtPeriodEnd: true },
      });
  });
});

describe('a method that was detached elsewhere', () => {
  it('is detached here as asked', async () => {
    const { body: customer } = await stripe.call('createCustomer', { email: 'ada@shop.example' });
    const { body: method } = await stripe.call('attachPaymentMethod', {
      id: customer.id,
      paymentMethodId: 'pm_card_visa',
    });
    const ref = (await stripe.services.customers.load(customer.id, method.id)).part?.ref ?? '';
    const { customers } = await stripe.services.provider('stripe');
    await customers.detach(ref, elsewhere());
    expect(
      await stripe.call('detachPaymentMethod', { id: customer.id, paymentMethodId: method.id }),
    ).toMatchObject({ status: 200, body: { status: 'detached' } });
  });
});
