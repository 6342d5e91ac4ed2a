import { randomUUID } from 'node:crypto';
import { SubscriptionsController } from '@paypal/paypal-server-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CustomerView, MethodView } from '../../../../../plugins/payment/customers/customer-schema.ts';
import type { RefundView } from '../../../../../plugins/payment/refunds/refund-schema.ts';
import type { PaymentView } from '../../../../../plugins/payment/api/schemas.ts';
import type { SubscriptionView } from '../../../../../plugins/payment/subscriptions/subscription-schema.ts';
import { type Bench, startBench } from '../bench.ts';
import { differ, faultsOf } from '../crash-points.ts';
import { type GapFlow, type Teller, visitGaps } from '../gaps.ts';
import { credentials, type PayPalBench, startPayPalBench } from '../paypal-bench.ts';
import { makePlan } from '../sandbox/paypal/plans.ts';
import { caller, clientAt } from '../sandbox/paypal/support.ts';

const NOBODY = 'http://127.0.0.1:1';
const total = { amount: 100, currency: 'usd' };
const card = { confirm: true, paymentMethodId: 'pm_card_visa' };
const returnUrl = 'https://shop.example/back';
type Item = Readonly<Record<string, unknown>>;
const faultsIn = (items: readonly Item[], root: string) =>
  faultsOf(
    items.find(({ SK }) => SK === root),
    items,
  );

/** New bodies of a list that shows the newest first. */
function since(seen: Set<string>, events: readonly { readonly id: string }[]): readonly string[] {
  const fresh = events.filter(({ id }) => !seen.has(id)).toReversed();
  for (const { id } of fresh) seen.add(id);
  return fresh.map((event) => JSON.stringify(event));
}

describe('what Stripe says before its answer is written down', () => {
  let bench: Bench;
  let teller: Teller<Bench>;
  let planId: string;
  beforeAll(async () => {
    bench = await startBench(NOBODY);
    await bench.control('POST', '/webhooks', { mode: 'drop' });
    const { id: product } = await stripe<{ id: string }>('products', { name: 'Tea' });
    const price = { product, currency: 'usd', unit_amount: '1500', 'recurring[interval]': 'month' };
    planId = (await stripe<{ id: string }>('prices', price)).id;
    const seen = new Set<string>();
    teller = {
      bench,
      fresh: async () => since(seen, (await stripe<{ data: { id: string }[] }>('events?limit=100')).data),
      async pass(ms) {
        bench.skip(ms);
        await bench.control('POST', '/clock', { advance: `${ms / 1000}s` });
      },
    };
  });
  afterAll(() => bench?.stop());

  async function stripe<T>(path: string, body?: Record<string, string>): Promise<T> {
    const response = await fetch(`${bench.sandbox.url}/v1/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: 'Bearer sk_test_bench' },
      ...(body && { body: new URLSearchParams(body) }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(JSON.stringify(answer));
    return answer as T;
  }
  const listed = async <T>(path: string) => (await stripe<{ data: T[] }>(path)).data;
  const get = async (id: string) => (await bench.call('getPayment', { id })).body;
  const paid = async (more: object = {}) =>
    (await bench.call('createPayment', { ...total, ...card, ...more })).body;
  const paymentFaults = async (id: string) => faultsIn(await bench.itemsOf(`PAY#${id}`, ''), 'PAY');
  const customer = async () => (await bench.call<CustomerView>('createCustomer', {})).body;

  const intentsOf = async (orderReference: string) =>
    (
      await listed<{ id: string; metadata: Record<string, string>; status: string }>(
        'payment_intents?limit=100',
      )
    ).filter(({ metadata }) => metadata['order_reference'] === orderReference);
  const creation: GapFlow<Bench, { orderReference: string }> = {
    name: 'a payment that is confirmed on the server',
    prepare: async () => ({ orderReference: randomUUID() }),
    act: (on, { orderReference }) => on.call('createPayment', { ...total, ...card, orderReference }),
    async problemsOf({ orderReference }) {
      const theirs = await intentsOf(orderReference);
      const id = theirs[0]?.metadata['payment_id'];
      // Nothing was asked of Stripe: nobody's card is charged, and the caller was told so by the crash.
      if (id === undefined) return differ('intents', theirs.length, 0);
      const ours = await get(id);
      return [
        ...differ(
          'intents',
          theirs.map(({ status }) => status),
          ['succeeded'],
        ),
        ...differ('the payment', [ours.status, ours.capturedMinor], ['succeeded', 10_000]),
        ...(await paymentFaults(id)),
      ];
    },
  };
  const refundedElsewhere: GapFlow<Bench, { orderReference: string }> = {
    name: 'a payment that is refunded and disputed at once, by others',
    prepare: async () => ({ orderReference: randomUUID() }),
    async act(on, { orderReference }) {
      try {
        await on.call('createPayment', { ...total, ...card, orderReference });
      } finally {
        for (const { id } of await intentsOf(orderReference)) {
          await bench.control('POST', '/refunds', { ref: id, amount: 1000 });
          await bench.control('POST', '/disputes', { ref: id, amount: 500 });
        }
      }
    },
    async problemsOf({ orderReference }) {
      const [theirs] = await intentsOf(orderReference);
      if (theirs === undefined) return [];
      const { payment_id: id = '' } = theirs.metadata;
      const ours = await get(id);
      // Cut before Stripe was asked, it is made by the reconciler, and the others never saw it.
      const refunded = (await listed(`refunds?payment_intent=${theirs.id}`)).length === 1;
      const seen = [ours.status, ours.refundedMinor, ours.disputeStatus];
      return [
        ...differ('the payment', seen, ['succeeded', ...(refunded ? [1000, 'open'] : [0, 'none'])]),
        ...(await paymentFaults(id)),
      ];
    },
  };
  const capture: GapFlow<Bench, PaymentView> = {
    name: 'a capture',
    prepare: () => paid({ captureMethod: 'manual' }),
    act: (on, { id }) => on.call('capturePayment', { id, amount: 40 }),
    async problemsOf({ id, providerRef }) {
      const theirs = await stripe<{ amount_received: number; status: string }>(
        `payment_intents/${providerRef}`,
      );
      const ours = await get(id);
      const status = theirs.amount_received > 0 ? 'succeeded' : 'authorized';
      return [
        ...differ('the payment', [ours.status, ours.capturedMinor], [status, theirs.amount_received]),
        ...(await paymentFaults(id)),
      ];
    },
  };
  const refund: GapFlow<Bench, PaymentView> = {
    name: 'a refund',
    prepare: () => paid(),
    act: (on, { id }) => on.call<RefundView>('createRefund', { id, amount: 40 }),
    async problemsOf({ id, providerRef }) {
      const theirs = await listed<{ amount: number }>(`refunds?payment_intent=${providerRef}`);
      const returned = theirs.reduce((sum, { amount }) => sum + amount, 0);
      const ours = await get(id);
      return [
        ...differ('refunds at Stripe', theirs.length <= 1, true),
        ...differ('given back', ours.refundedMinor, returned),
        ...(await paymentFaults(id)),
      ];
    },
  };
  const cancel: GapFlow<Bench, PaymentView> = {
    name: 'a cancellation',
    prepare: () => paid({ captureMethod: 'manual' }),
    act: (on, { id }) => on.call('cancelPayment', { id }),
    async problemsOf({ id, providerRef }) {
      const theirs = await stripe<{ status: string }>(`payment_intents/${providerRef}`);
      const status = theirs.status === 'canceled' ? 'canceled' : 'authorized';
      return [...differ('the payment', (await get(id)).status, status), ...(await paymentFaults(id))];
    },
  };
  const subscription: GapFlow<Bench, CustomerView> = {
    name: 'a subscription',
    async prepare() {
      const made = await customer();
      const method = { id: made.id, paymentMethodId: 'pm_card_visa', default: true };
      await bench.call('attachPaymentMethod', method);
      return made;
    },
    act: (on, { id }) => on.call<SubscriptionView>('createSubscription', { planId, customerId: id }),
    async problemsOf({ providerRef }) {
      const theirs = await listed<{ id: string; status: string; metadata: Record<string, string> }>(
        `subscriptions?customer=${providerRef}`,
      );
      const [only] = theirs;
      const id = only?.metadata['subscription_id'];
      if (only === undefined || id === undefined) return differ('subscriptions', theirs.length, 0);
      const { body } = await bench.call<SubscriptionView>('getSubscription', { id });
      return [
        ...differ('subscriptions', theirs.length, 1),
        ...differ('the subscription', [body.providerRef, body.status], [only.id, only.status]),
        ...faultsIn(await bench.itemsOf(`SUB#${id}`, ''), 'SUB'),
      ];
    },
  };
  const attachment: GapFlow<Bench, CustomerView> = {
    name: 'a saved method',
    prepare: customer,
    act: (on, { id }) => on.call<MethodView>('attachPaymentMethod', { id, paymentMethodId: 'pm_card_visa' }),
    async problemsOf({ id, providerRef }) {
      const theirs = await listed<{ id: string }>(`customers/${providerRef}/payment_methods`);
      const { body } = await bench.call<{ paymentMethods: MethodView[] }>('listPaymentMethods', { id });
      const active = body.paymentMethods.filter(({ status }) => status === 'active');
      return differ(
        'the methods',
        active.map((method) => method.providerRef),
        theirs.map((method) => method.id),
      );
    },
  };
  const making: GapFlow<Bench, { email: string }> = {
    name: 'a customer, and a method that somebody saved for it in the dashboard',
    prepare: async () => ({ email: `${randomUUID()}@shop.example` }),
    async act(on, { email }) {
      try {
        await on.call<CustomerView>('createCustomer', { email });
      } finally {
        for (const { id } of await listed<{ id: string }>(`customers?email=${email}`))
          await stripe('payment_methods/pm_card_visa/attach', { customer: id });
      }
    },
    async problemsOf({ email }) {
      const [theirs] = await listed<{ id: string; metadata: Record<string, string> }>(
        `customers?email=${email}`,
      );
      if (theirs === undefined) return [];
      const { customer_id: id = '' } = theirs.metadata;
      const ours = (await bench.call<CustomerView>('getCustomer', { id })).body;
      const saved = await listed<{ id: string }>(`customers/${theirs.id}/payment_methods`);
      const { body } = await bench.call<{ paymentMethods: MethodView[] }>('listPaymentMethods', { id });
      return [
        ...differ('the customer', [ours.status, ours.providerRef], ['active', theirs.id]),
        ...differ(
          'its methods',
          body.paymentMethods.map(({ providerRef }) => providerRef),
          saved.map((method) => method.id),
        ),
        ...faultsIn(await bench.itemsOf(`CUS#${id}`, ''), 'CUS'),
      ];
    },
  };

  it.each(
    [creation, refundedElsewhere, capture, refund, cancel, subscription, attachment, making].map(
      (flow) => [flow.name, flow] as const,
    ),
  )('of %s is not lost', async (_name, flow) => {
    const visited = await visitGaps(teller, flow as unknown as GapFlow<Bench, never>);
    expect(visited.problems).toEqual([]);
    expect(visited.delivered).toBeGreaterThan(0);
  });
});

describe('what PayPal says before its answer is written down', () => {
  let bench: PayPalBench;
  let teller: Teller<Pick<PayPalBench, 'call' | 'deliver'>>;
  let paypal: Awaited<ReturnType<typeof caller>>;
  let planId: string;
  beforeAll(async () => {
    bench = await startPayPalBench(NOBODY);
    await bench.control('/webhooks', 'POST', { mode: 'drop' });
    paypal = await caller(bench.origin, credentials);
    const sdk = new SubscriptionsController(clientAt(bench.origin, credentials));
    planId = (await makePlan(paypal, sdk, { failureThreshold: 0 })).id ?? '';
    const seen = new Set<string>();
    teller = {
      bench,
      async fresh() {
        const { body } = await paypal('GET', '/v1/notifications/webhooks-events?page_size=300');
        return since(seen, (body as unknown as { events: { id: string }[] }).events);
      },
      async pass(ms) {
        bench.skip(ms);
        await bench.control('/clock', 'POST', { advance: `${ms / 1000}s` });
      },
    };
  });
  afterAll(() => bench?.stop());

  type On = Pick<PayPalBench, 'call' | 'deliver'>;
  interface Order {
    readonly purchase_units: readonly {
      readonly payments?: {
        readonly captures?: readonly { amount: { value: string }; status: string }[];
        readonly refunds?: readonly { amount: { value: string } }[];
        readonly authorizations?: readonly { status: string }[];
      };
    }[];
  }
  const paymentsOf = async ({ providerRef }: PaymentView) => {
    const { body } = await paypal('GET', `/v2/checkout/orders/${providerRef}`);
    return (body as unknown as Order).purchase_units[0]?.payments ?? {};
  };
  const sum = (all: readonly { amount: { value: string } }[] = []) =>
    all.reduce((minor, { amount }) => minor + Math.round(Number(amount.value) * 100), 0);
  const approved = async (captureMethod = 'automatic') => {
    const payment = await bench.create({ captureMethod });
    await bench.approve(payment);
    return payment;
  };
  const settled = async (captureMethod?: string) => {
    const { id } = await approved(captureMethod);
    return (await bench.call('verifyPayment', { id })).body;
  };
  const faults = async ({ id }: PaymentView) => faultsIn(await bench.items(id, ''), 'PAY');

  const approval: GapFlow<On, PaymentView> = {
    name: 'the money of an approved order',
    prepare: () => bench.create(),
    async act(on, payment) {
      await bench.approve(payment);
      await on.deliver(bench.event('CHECKOUT.ORDER.APPROVED', payment));
    },
    async problemsOf(payment) {
      const { captures } = await paymentsOf(payment);
      const ours = await bench.stateOf(payment);
      return [
        ...differ('captures', captures?.length, 1),
        ...differ('the payment', [ours.status, ours.capturedMinor], ['succeeded', sum(captures)]),
        ...(await faults(payment)),
      ];
    },
  };
  const capture: GapFlow<On, PaymentView> = {
    name: 'a capture',
    prepare: () => settled('manual'),
    act: (on, { id }) => on.call('capturePayment', { id, amount: 40 }),
    async problemsOf(payment) {
      const { captures = [] } = await paymentsOf(payment);
      const ours = await bench.stateOf(payment);
      const status = captures.length > 0 ? 'succeeded' : 'authorized';
      return [
        ...differ('the payment', [ours.status, ours.capturedMinor], [status, sum(captures)]),
        ...(await faults(payment)),
      ];
    },
  };
  const refund: GapFlow<On, PaymentView> = {
    name: 'a refund',
    prepare: () => settled(),
    act: (on, { id }) => on.call<RefundView>('createRefund', { id, amount: 40 }),
    async problemsOf(payment) {
      const { refunds = [] } = await paymentsOf(payment);
      return [
        ...differ('refunds at PayPal', refunds.length <= 1, true),
        ...differ('given back', (await bench.stateOf(payment)).refundedMinor, sum(refunds)),
        ...(await faults(payment)),
      ];
    },
  };
  const subscription: GapFlow<On, { key: string; customerId: string }> = {
    name: 'a subscription',
    prepare: async () => ({
      key: randomUUID(),
      customerId: (await bench.call<CustomerView>('createCustomer', {})).body.id,
    }),
    act: (on, { key, customerId }) =>
      on.call<SubscriptionView>('createSubscription', { planId, customerId, returnUrl }, { key }),
    async problemsOf({ key, customerId }) {
      // The answer to the caller's repetition: it was made once, and is known by now.
      const again = await bench.call<SubscriptionView>(
        'createSubscription',
        { planId, customerId, returnUrl },
        { key },
      );
      const { body } = await bench.call<SubscriptionView>('getSubscription', { id: again.body.id });
      const shown = await paypal('GET', `/v1/billing/subscriptions/${body.providerRef}`);
      const { custom_id: mark = '' } = shown.body as unknown as { custom_id?: string };
      return [
        ...differ('the subscription', [again.status, body.status], [201, 'incomplete']),
        ...differ('at PayPal', mark.split('.')[0], body.id),
      ];
    },
  };
  const attachment: GapFlow<On, { customer: CustomerView; asked: MethodView }> = {
    name: 'a saved account',
    async prepare() {
      const customer = (await bench.call<CustomerView>('createCustomer', {})).body;
      const asked = (await bench.call<MethodView>('attachPaymentMethod', { id: customer.id, returnUrl }))
        .body;
      await bench.control(`/setup-tokens/${asked.providerRef}/approve`, 'POST', {});
      return { customer, asked };
    },
    act: (on, { customer, asked }) =>
      on.call<MethodView>('attachPaymentMethod', { id: customer.id, paymentMethodId: asked.id }),
    async problemsOf({ customer: { id }, asked }) {
      const { body } = await bench.call<{ paymentMethods: MethodView[] }>('listPaymentMethods', { id });
      const known = (await bench.call<CustomerView>('getCustomer', { id })).body;
      const theirs =
        known.providerRef === null
          ? undefined
          : await paypal('GET', `/v3/vault/payment-tokens?customer_id=${known.providerRef}`);
      const tokens =
        (theirs?.body as unknown as { payment_tokens?: { id: string }[] } | undefined)?.payment_tokens ?? [];
      const active = body.paymentMethods.filter(({ status }) => status === 'active');
      return [
        ...differ(
          'the methods',
          active.map(({ providerRef }) => providerRef),
          tokens.map((token) => token.id),
        ),
        ...differ('at most one', tokens.length <= 1, true),
        ...differ(
          'the one that waited',
          body.paymentMethods.some((method) => method.id === asked.id),
          true,
        ),
      ];
    },
  };

  it.each([approval, capture, refund, subscription, attachment].map((flow) => [flow.name, flow] as const))(
    'of %s is not lost',
    async (_name, flow) => {
      const visited = await visitGaps(teller, flow as unknown as GapFlow<On, never>);
      expect(visited.problems).toEqual([]);
      expect(visited.delivered).toBeGreaterThan(0);
    },
  );
});
