import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PaymentProvider } from '../../../../../plugins/payment/providers/provider.ts';
import { ProviderError } from '../../../../../plugins/payment/providers/provider-error.ts';
import { reconcilePayment } from '../../../../../plugins/payment/reconciliation/reconcile-payment.ts';
import type { CustomerView } from '../../../../../plugins/payment/customers/customer-schema.ts';
import type { DisputeView, RefundView } from '../../../../../plugins/payment/refunds/refund-schema.ts';
import type { PaymentView } from '../../../../../plugins/payment/api/schemas.ts';
import type { SubscriptionView } from '../../../../../plugins/payment/subscriptions/subscription-schema.ts';
import { type Bench, startBench } from '../bench.ts';
import type { Answer } from '../plugin-under-test.ts';
import { type CrashFlow, differ, faultsOf, visitCrashPoints } from '../crash-points.ts';
import { type PayPalBench, startPayPalBench } from '../paypal-bench.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const total = { amount: 100, currency: 'usd' };
const card = { confirm: true, paymentMethodId: 'pm_card_visa' };

let bench: Bench;
let paypal: PayPalBench;
let planId: string;
const counts: Record<string, number> = {};

beforeAll(async () => {
  [bench, paypal] = await Promise.all([startBench(), startPayPalBench()]);
  const product = await stripe<{ id: string }>('/v1/products', { name: 'Tea' });
  const price = { product: product.id, currency: 'usd', unit_amount: '1500', 'recurring[interval]': 'month' };
  planId = (await stripe<{ id: string }>('/v1/prices', price)).id;
});
afterAll(async () => {
  const points = Object.values(counts).reduce((sum, count) => sum + count, 0);
  console.log(`${points} crash points visited`, counts);
  await Promise.all([bench?.stop(), paypal?.stop()]);
});

/** Asks Stripe's API for something, or, with a body, to make it. */
async function stripe<T>(path: string, body?: Record<string, string>): Promise<T> {
  const response = await fetch(`${bench.sandbox.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: 'Bearer sk_test_bench',
      ...(body && { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    ...(body && { body: new URLSearchParams(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(JSON.stringify(answer));
  return answer as T;
}
interface Listed {
  readonly id: string;
  readonly metadata: Readonly<Record<string, string>>;
}
const listed = async (path: string) => (await stripe<{ data: Listed[] }>(path)).data;

async function pass(ms: number): Promise<void> {
  bench.skip(ms);
  await bench.control('POST', '/clock', { advance: `${ms / 1000}s` });
}
async function faultsIn(partition: string, root: string): Promise<readonly string[]> {
  const items = (await bench.itemsOf(partition, '')) as readonly Record<string, unknown>[];
  return faultsOf(
    items.find(({ SK }) => SK === root),
    items,
  );
}
const paymentFaults = (id: string) => faultsIn(`PAY#${id}`, 'PAY');
const get = async (id: string) => (await bench.call('getPayment', { id })).body;
const made = async (more: object = {}, key = randomUUID()) =>
  (await bench.call('createPayment', { ...total, ...more }, { key })).body;

/** A call with a key, and the last answer to it. */
interface Keyed<V> {
  readonly key: string;
  answer?: Answer<V>;
}
/** An event of the provider about something. */
async function eventOf(type: string, isOurs: (object: Record<string, never>) => boolean): Promise<string> {
  const { data } = await stripe<{ data: { data: { object: Record<string, never> } }[] }>(
    `/v1/events?type=${type}&limit=100`,
  );
  const event = data.find(({ data: { object } }) => isOurs(object));
  if (event === undefined) throw new Error(`Stripe has no ${type}`);
  return JSON.stringify(event);
}

async function customer(): Promise<CustomerView> {
  const { body } = await bench.call<CustomerView>('createCustomer', {
    email: `${randomUUID()}@shop.example`,
  });
  await bench.call('attachPaymentMethod', { id: body.id, paymentMethodId: 'pm_card_visa', default: true });
  return body;
}
const subscribe = (on: Bench, customerId: string, key: string) =>
  on.call<SubscriptionView>('createSubscription', { planId, customerId }, { key });

const customerCreate: CrashFlow<Bench, Keyed<CustomerView> & { email: string }> = {
  name: 'customer create',
  prepare: async () => ({ key: randomUUID(), email: `${randomUUID()}@shop.example` }),
  act: (on, { key, email }) => on.call('createCustomer', { email }, { key }),
  async again(one) {
    one.answer = await bench.call<CustomerView>('createCustomer', { email: one.email }, { key: one.key });
  },
  async problemsOf({ answer, email, key }) {
    const { status, body } = answer ?? (await bench.call<CustomerView>('createCustomer', { email }, { key }));
    const theirs = await listed(`/v1/customers?email=${email}`);
    return [
      ...differ('the answer', [status, body.status], [201, 'active']),
      ...differ(
        'at Stripe',
        theirs.map(({ id }) => id),
        [body.providerRef],
      ),
      ...(await faultsIn(`CUS#${body.id}`, 'CUS')),
    ];
  },
};

interface Subscriber extends Keyed<SubscriptionView> {
  readonly customer: CustomerView;
}
async function subscriptionProblems({ answer, customer: { id, providerRef }, key }: Subscriber) {
  const { status, body } = answer ?? (await subscribe(bench, id, key));
  const theirs = await listed(`/v1/subscriptions?customer=${providerRef}`);
  const { payments } = (await bench.call<{ payments: PaymentView[] }>('listPayments', { customerId: id }))
    .body;
  const faults = await Promise.all(payments.map((payment) => paymentFaults(payment.id)));
  const problems = [
    ...differ('the answer', status, 201),
    ...differ(
      'at Stripe',
      theirs.map((one) => one.metadata['subscription_id']),
      [body.id],
    ),
    ...(await faultsIn(`SUB#${body.id}`, 'SUB')),
    ...faults.flat(),
  ];
  return { problems, payments, ref: body.providerRef };
}
const subscriptionCreate: CrashFlow<Bench, Subscriber> = {
  name: 'subscription create',
  prepare: async () => ({ key: randomUUID(), customer: await customer() }),
  act: (on, one) => subscribe(on, one.customer.id, one.key),
  async again(one) {
    one.answer = await subscribe(bench, one.customer.id, one.key);
  },
  problemsOf: async (one) => (await subscriptionProblems(one)).problems,
};

const customerUpdate: CrashFlow<Bench, CustomerView> = {
  name: 'customer update',
  prepare: customer,
  act: (on, { id }) => on.call('updateCustomer', { id, name: 'Ada L.' }),
  again: ({ id }) => bench.call('updateCustomer', { id, name: 'Ada L.' }),
  async problemsOf({ id, providerRef }) {
    const { body } = await bench.call<CustomerView>('getCustomer', { id });
    const theirs = await stripe<{ name: string }>(`/v1/customers/${providerRef}`);
    return [
      ...differ('its names', [body.name, theirs.name], ['Ada L.', 'Ada L.']),
      ...(await faultsIn(`CUS#${id}`, 'CUS')),
    ];
  },
};

/** A customer with a method and a subscription that waits for its payer. */
const customerDeletion: CrashFlow<Bench, CustomerView> = {
  name: 'customer deletion',
  isSlow: true,
  async prepare() {
    const owner = await customer();
    await subscribe(bench, owner.id, randomUUID());
    return owner;
  },
  act: (on, { id }) => on.call('deleteCustomer', { id }),
  again: ({ id }) => bench.call('deleteCustomer', { id }),
  async problemsOf({ id, providerRef }) {
    const { body } = await bench.call<CustomerView>('getCustomer', { id });
    const theirs = await stripe<{ deleted?: boolean }>(`/v1/customers/${providerRef}`);
    const items = (await bench.itemsOf(`CUS#${id}`, 'EVT#')) as unknown as { events: { type: string }[] }[];
    const told = items.flatMap(({ events }) => events.map(({ type }) => type));
    const subscriptions = await bench.services.subscriptions.ofCustomer(id);
    return [
      ...differ('it', [body.status, theirs.deleted], ['deleted', true]),
      ...differ('told', told.filter((type) => type === 'customer.deleted.v1').length, 1),
      ...differ(
        'its subscriptions',
        subscriptions.map(({ status }) => status),
        ['expired'],
      ),
      ...(await faultsIn(`CUS#${id}`, 'CUS')),
    ];
  },
};

const subscriptionResume: CrashFlow<Bench, Subscriber & { readonly id: string }> = {
  name: 'subscription resume',
  isSlow: true,
  async prepare() {
    const key = randomUUID();
    const subscriber = await customer();
    const { body } = await subscribe(bench, subscriber.id, randomUUID());
    if (body.clientSecret) await bench.confirm(body.clientSecret);
    await bench.deliver(await paidInvoice({ ref: body.providerRef ?? '' }));
    await bench.call('cancelSubscription', { id: body.id, atPeriodEnd: true });
    return { key, customer: subscriber, id: body.id };
  },
  act: (on, { id, key }) => on.call('resumeSubscription', { id }, { key }),
  async again(one) {
    one.answer = await bench.call<SubscriptionView>('resumeSubscription', { id: one.id }, { key: one.key });
  },
  async problemsOf({ id, key }) {
    const { status } = await bench.call<SubscriptionView>('resumeSubscription', { id }, { key });
    const { body } = await bench.call<SubscriptionView>('getSubscription', { id });
    const theirs = await stripe<{ cancel_at_period_end: boolean }>(`/v1/subscriptions/${body.providerRef}`);
    const items = (await bench.itemsOf(`SUB#${id}`, 'EVT#')) as unknown as { events: { type: string }[] }[];
    const told = items.flatMap(({ events }) => events.map(({ type }) => type));
    return [
      ...differ('the answer', status, 200),
      ...differ('it', [body.status, theirs.cancel_at_period_end], ['active', false]),
      ...differ('told', told.filter((type) => type === 'subscription.resumed.v1').length, 1),
      ...(await faultsIn(`SUB#${id}`, 'SUB')),
    ];
  },
};

/** An active subscription whose period has ended since; nobody has told us of the charge. */
const renewal: CrashFlow<Bench, Subscriber & { readonly ref: string }> = {
  name: 'subscription renewal',
  isSlow: true,
  async prepare() {
    const key = randomUUID();
    const subscriber = await customer();
    const answer = await subscribe(bench, subscriber.id, key);
    if (answer.body.clientSecret) await bench.confirm(answer.body.clientSecret);
    const one = { key, customer: subscriber, answer, ref: answer.body.providerRef ?? '' };
    await bench.deliver(await paidInvoice(one));
    return one;
  },
  ripen: () => pass(32 * DAY),
  act: async (on, one) => on.deliver(await paidInvoice(one)),
  again: async (one) => bench.deliver(await paidInvoice(one)),
  async problemsOf(one) {
    const { problems, payments } = await subscriptionProblems(one);
    const invoices = await listed(`/v1/invoices?subscription=${one.ref}`);
    const [root] = (await bench.itemsOf(`SUB#${one.answer?.body.id}`, 'SUB')) as unknown as {
      charges: number;
    }[];
    return [
      ...problems,
      ...differ('payments', payments.length, invoices.length),
      ...differ(
        'their intents',
        new Set(payments.map(({ providerRef }) => providerRef)).size,
        invoices.length,
      ),
      ...differ('their states', [...new Set(payments.map(({ status }) => status))], ['succeeded']),
      ...differ('charges', root?.charges, invoices.length),
    ];
  },
};
/** The event of its newest charge, which is the same each time. */
async function paidInvoice({ ref }: { readonly ref: string }): Promise<string> {
  const [newest] = await listed(`/v1/invoices?subscription=${ref}`);
  if (newest === undefined) throw new Error('Stripe has charged nothing');
  return bench.event('invoice.paid', { ...newest }, `evt_${newest.id}`);
}

const dispute: CrashFlow<Bench, { readonly payment: PaymentView; readonly event: string }> = {
  name: 'dispute',
  async prepare() {
    const payment = await made(card);
    await bench.control('POST', '/disputes', {
      ref: payment.providerRef,
      reason: 'fraudulent',
      amount: 4000,
    });
    const isOurs = ({ payment_intent: ref }: Record<string, never>) => ref === payment.providerRef;
    return { payment, event: await eventOf('charge.dispute.created', isOurs) };
  },
  act: (on, { event }) => on.deliver(event),
  again: ({ event }) => bench.deliver(event),
  async problemsOf({ payment: { id } }) {
    const { disputes } = (await bench.call<{ disputes: DisputeView[] }>('listDisputes', { id })).body;
    const items = (await bench.items(id, 'EVT#')) as unknown as { events: { type: string }[] }[];
    const told = items.flatMap(({ events }) => events).filter(({ type }) => type === 'dispute.opened.v1');
    return [
      ...differ(
        'the disputes',
        disputes.map(({ status }) => status),
        ['open'],
      ),
      ...differ('what was told', told.length, 1),
      ...differ('the payment', (await get(id)).disputeStatus, 'open'),
      ...(await paymentFaults(id)),
    ];
  },
};

const fits = (payment: PaymentView, end: Partial<PaymentView>): boolean =>
  Object.entries(end).every(([field, wanted]) => payment[field as keyof PaymentView] === wanted);

/** The reconciler looks at a payment for the first time after something was left open. */
function looking(
  name: string,
  waitMs: number,
  way: Pick<CrashFlow<Bench, PaymentView>, 'prepare' | 'again' | 'isSlow'> & {
    /** As it may end. */
    readonly ends: readonly Partial<PaymentView>[];
  },
): CrashFlow<Bench, PaymentView> {
  return {
    name: `reconcile of ${name}`,
    prepare: way.prepare,
    again: way.again,
    isSlow: way.isSlow ?? false,
    ripen: () => pass(waitMs),
    act: (on, { id }) => reconcilePayment(on.flow('reconciler'), id),
    async problemsOf({ id }) {
      const payment = await get(id);
      const provider = await bench.services.provider('stripe');
      const call = { budgetMs: 5_000 };
      const refunds = await provider.refundsAndDisputes.listRefunds(payment.providerRef ?? '', call);
      const snapshot = await provider.retrieve(payment.providerRef ?? '', call);
      return [
        ...(way.ends.some((end) => fits(payment, end)) ? [] : [`it ends ${JSON.stringify(payment)}`]),
        ...differ('captured', payment.capturedMinor, snapshot.capturedMinor),
        ...differ(
          'refunds',
          refunds.map(({ amountMinor }) => amountMinor),
          payment.refundedMinor > 0 ? [payment.refundedMinor] : [],
        ),
        ...(await paymentFaults(id)),
      ];
    },
  };
}
const lost = () => new ProviderError({ class: 'unknown', code: 'connection_lost' });
/** The provider carries a call out or not, and its answer is lost. */
const deaf = (acts: boolean) =>
  bench.with({
    provider: (inner): PaymentProvider => ({
      ...inner,
      async capture(...args) {
        if (acts) await inner.capture(...args);
        throw lost();
      },
      refundsAndDisputes: {
        ...inner.refundsAndDisputes,
        async refund(...args) {
          if (acts) await inner.refundsAndDisputes.refund(...args);
          throw lost();
        },
      },
    }),
  });
const keyOf = new Map<string, string>();
const inDoubt = (operation: 'capturePayment' | 'createRefund', acts: boolean, create: object) => ({
  async prepare() {
    const payment = await made(create);
    const key = randomUUID();
    keyOf.set(payment.id, key);
    const { status } = await deaf(acts).call(operation, { id: payment.id, amount: 40 }, { key });
    expect(status).toBe(202);
    return payment;
  },
  again: ({ id }: PaymentView) => bench.call(operation, { id, amount: 40 }, { key: keyOf.get(id) ?? '' }),
});
const whether = [true, false] as const;
const abandoned = looking('an abandoned payment', DAY + MINUTE, {
  prepare: () => made(),
  again: ({ id }) => bench.call('verifyPayment', { id }),
  ends: [{ status: 'canceled', capturedMinor: 0 }],
});
const looks: readonly CrashFlow<Bench, PaymentView>[] = [
  looking('a payment that was paid unheard', 2 * MINUTE, {
    async prepare() {
      const payment = await made();
      await bench.confirm(payment.clientSecret ?? '');
      return payment;
    },
    again: async ({ providerRef }) =>
      bench.deliver(await eventOf('payment_intent.succeeded', ({ id }) => id === providerRef)),
    ends: [{ status: 'succeeded', capturedMinor: 10_000 }],
  }),
  ...whether.map((acts) =>
    looking(`a capture in doubt (Stripe acted: ${acts})`, 5 * MINUTE, {
      ...inDoubt('capturePayment', acts, { ...card, captureMethod: 'manual' }),
      // What Stripe never heard of is given up, unless the caller comes back before.
      ends: [
        { status: 'succeeded', capturedMinor: 4_000 },
        ...(acts ? [] : [{ status: 'authorized', capturedMinor: 0 } as const]),
      ],
    }),
  ),
  ...whether.map((acts) =>
    looking(`a refund in doubt (Stripe acted: ${acts})`, 5 * MINUTE, {
      isSlow: !acts,
      ...inDoubt('createRefund', acts, card),
      ends: [{ status: 'succeeded', refundedMinor: 4_000, refundPendingMinor: 0 }],
    }),
  ),
];

/** Another method is tried from the server: paid once, or declined and still to be paid. */
const confirmation = (
  method: string,
  expected: readonly [status: number, payment: string, capturedMinor: number],
): CrashFlow<Bench, Keyed<PaymentView> & { id: string }> => {
  const confirm = (on: Bench, { id, key }: { readonly id: string; readonly key: string }) =>
    on.call(
      'confirmPayment',
      { id, paymentMethodId: method, returnUrl: 'https://shop.example/back' },
      { key },
    );
  return {
    name: `confirm with ${method}`,
    prepare: async () => ({ id: (await made()).id, key: randomUUID() }),
    act: confirm,
    async again(one) {
      one.answer = await confirm(bench, one);
      // What never reached Stripe is given up by the reconciler, and its key is free for another try.
      if (one.answer.status === 503) one.answer = await confirm(bench, one);
    },
    async problemsOf(one) {
      const { status } = one.answer ?? (await confirm(bench, one));
      const payment = await get(one.id);
      const charges = await listed(`/v1/charges?payment_intent=${payment.providerRef}`);
      return [
        ...differ('the end', [status, payment.status, payment.capturedMinor], expected),
        ...differ('charges at Stripe', charges.length, 1),
        ...(await paymentFaults(one.id)),
      ];
    },
  };
};
const confirmations = [
  confirmation('pm_card_visa', [200, 'succeeded', 10_000]),
  confirmation('pm_card_chargeDeclined', [402, 'requires_action', 0]),
];

interface TwoCaptures extends Keyed<RefundView> {
  readonly payment: PaymentView;
}
const refundOf = (on: Pick<PayPalBench, 'call'>, { payment: { id }, key }: TwoCaptures) =>
  on.call<RefundView>('createRefund', { id, amount: 80 }, { key });
const paypalRefund: CrashFlow<Pick<PayPalBench, 'call'>, TwoCaptures> = {
  name: 'refund of two captures at PayPal',
  async prepare() {
    const payment = await paypal.create({ captureMethod: 'manual' });
    await paypal.approve(payment);
    await paypal.call('verifyPayment', { id: payment.id });
    await paypal.call('capturePayment', { id: payment.id, amount: 50, final: false });
    await paypal.call('capturePayment', { id: payment.id, amount: 50 });
    return { payment, key: randomUUID() };
  },
  act: refundOf,
  async again(one) {
    one.answer = await refundOf(paypal, one);
  },
  async problemsOf(one) {
    const { status, body } = one.answer ?? (await refundOf(paypal, one));
    const { id, providerRef } = await paypal.stateOf(one.payment);
    const provider = await paypal.services.provider('paypal');
    const theirs = await provider.refundsAndDisputes.listRefunds(providerRef ?? '', { budgetMs: 5_000 });
    const items = (await paypal.items(id, '')) as readonly Record<string, unknown>[];
    const root = items.find(({ SK }) => SK === 'PAY');
    return [
      ...differ('the answer', [status, body.status], [201, 'succeeded']),
      ...differ(
        'at PayPal',
        theirs.map(({ amountMinor }) => amountMinor).toSorted((a, b) => a - b),
        [3_000, 5_000],
      ),
      ...differ('given back', root?.['refundedMinor'], 8_000),
      ...faultsOf(root, items),
    ];
  },
};

describe('a crash at any call', () => {
  const visit = async (flow: CrashFlow<Bench, never>) => {
    const { calls, points, problems } = await visitCrashPoints(bench, pass, flow);
    counts[flow.name] = points;
    expect(problems).toEqual([]);
    expect(calls).toBeGreaterThanOrEqual(3);
  };
  // Those first in which days pass: everything that exists by then is looked at again.
  const atStripe = [
    abandoned,
    renewal,
    subscriptionCreate,
    subscriptionResume,
    customerCreate,
    customerUpdate,
    customerDeletion,
    dispute,
    ...looks,
    ...confirmations,
  ];

  it.each(atStripe.map((flow) => [flow.name, flow] as const))('of %s heals', (_name, flow) =>
    visit(flow as unknown as CrashFlow<Bench, never>),
  );

  it(`of ${paypalRefund.name} heals`, async () => {
    const wait = async (ms: number) => {
      paypal.skip(ms);
      await paypal.control('/clock', 'POST', { advance: `${ms / 1000}s` });
    };
    const { points, problems } = await visitCrashPoints(paypal, wait, paypalRefund);
    counts[paypalRefund.name] = points;
    expect(problems).toEqual([]);
    expect(points).toBeGreaterThanOrEqual(20);
  });
});
