import type { CustomerView } from '../../../../plugins/payment/customers/customer-schema.ts';
import type { SubscriptionView } from '../../../../plugins/payment/subscriptions/subscription-schema.ts';
import type { Bench } from './bench.ts';

type Form = Readonly<Record<string, string>>;

interface Told {
  readonly type: string;
  readonly sequence: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What somebody does in Stripe's dashboard, and what of it arrives. */
export function stripeHands(bench: Bench) {
  async function stripe<T = { id: string }>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    form?: Form,
  ): Promise<T> {
    const response = await fetch(`${bench.sandbox.url}/v1${path}`, {
      method,
      headers: {
        authorization: 'Bearer sk_test_bench',
        ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(form && { body: new URLSearchParams(form) }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(JSON.stringify(answer));
    return answer as T;
  }
  let seen = new Set<string>();
  const hands = {
    stripe,
    async plan(unitAmount = '1500'): Promise<string> {
      const product = await stripe('POST', '/products', { name: 'Tea' });
      const recurring = { 'recurring[interval]': 'month', currency: 'usd', unit_amount: unitAmount };
      return (await stripe('POST', '/prices', { product: product.id, ...recurring })).id;
    },
    /** Delivers Stripe's events that were neither delivered nor lost before, oldest first. */
    async deliver(): Promise<void> {
      const { data } = await stripe<{ data: { id: string }[] }>('GET', '/events?limit=100');
      const fresh = data.toReversed().filter(({ id }) => !seen.has(id));
      seen = new Set([...seen, ...fresh.map(({ id }) => id)]);
      for (const event of fresh) await bench.deliver(JSON.stringify(event));
    },
    /** Loses the events until now: they are never delivered. */
    async lose(): Promise<void> {
      const { data } = await stripe<{ data: { id: string }[] }>('GET', '/events?limit=100');
      seen = new Set([...seen, ...data.map(({ id }) => id)]);
    },
    async pass(ms: number): Promise<void> {
      bench.skip(ms);
      await bench.control('POST', '/clock', { advance: `${ms / 1000}s` });
    },
    async customer(input: object = { email: 'ada@shop.example' }): Promise<CustomerView> {
      const { body } = await bench.call<CustomerView>('createCustomer', input);
      const method = { id: body.id, paymentMethodId: 'pm_card_visa', default: true };
      await bench.call('attachPaymentMethod', method);
      return (await bench.call<CustomerView>('getCustomer', { id: body.id })).body;
    },
    /** A subscription whose payer has paid. */
    async subscribed(customerId: string, planId: string): Promise<SubscriptionView> {
      const { body } = await bench.call<SubscriptionView>('createSubscription', { customerId, planId });
      if (body.clientSecret) await bench.confirm(body.clientSecret);
      await hands.deliver();
      return hands.subscription(body.id);
    },
    subscription: async (id: string) => (await bench.call<SubscriptionView>('getSubscription', { id })).body,
    async told(partition: string): Promise<readonly Told[]> {
      const items = (await bench.itemsOf(partition, 'EVT#')) as unknown as { events: Told[] }[];
      return items.flatMap(({ events }) => events);
    },
    toldTypes: async (partition: string) =>
      (await hands.told(partition)).map(({ type }) => type.replace(/\.v1$/, '')),
  };
  return hands;
}

export type StripeHands = ReturnType<typeof stripeHands>;
