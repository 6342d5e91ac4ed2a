import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fuzzed } from '#test/support/fuzz.ts';
import type { Json } from '#testing/client.ts';
import { type Bench, startBench } from './bench.ts';

let bench: Bench;
let planId: string;
beforeAll(async () => {
  // So little a day that a tenant reaches it, and only that one.
  bench = (await startBench()).with({ config: { limits: { dailyLimit: 100 } } });
  const { id: product } = await bench.stripe().products.create({ name: 'Tea' });
  const recurring = { interval: 'month' } as const;
  planId = (await bench.stripe().prices.create({ product, currency: 'usd', unit_amount: 500, recurring })).id;
});
afterAll(() => bench?.stop());

/** One call, the same for both tenants; a number stands for the tenant's own object, counted from its first. */
interface Step {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly on?: { readonly kind: Kind; readonly nth: number };
  readonly key?: string | undefined;
  /** Which tenant goes first; both at once when undefined. */
  readonly first: 0 | 1 | undefined;
}
type Kind = 'payments' | 'customers' | 'subscriptions';

const amount = fc.integer({ min: 1, max: 60 });
const keys = fc.option(fc.constantFrom('key-1', 'key-2'), { nil: undefined });
const card = fc.constantFrom({}, { paymentMethodId: 'pm_card_visa', confirm: true });
const order = fc.constantFrom({}, {}, { orderReference: 'order-1' });
const captureMethod = fc.constantFrom('automatic', 'manual');
const call = (
  operation: string,
  input: fc.Arbitrary<object>,
  kind?: Kind,
): fc.Arbitrary<Omit<Step, 'first' | 'key'>> =>
  fc.tuple(input, fc.nat({ max: 1 })).map(([given, nth]) => ({
    operation,
    input: given as Step['input'],
    ...(kind && { on: { kind, nth } }),
  }));

const create = fc.tuple(amount, captureMethod, card, order).map(([value, method, paid, reference]) => ({
  amount: value,
  currency: 'usd',
  captureMethod: method,
  ...paid,
  ...reference,
}));
const none = fc.constant({});
const step: fc.Arbitrary<Step> = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: call('createPayment', create) },
      call('createCustomer', fc.constant({ email: 'ada@shop.example' })),
      call(
        'attachPaymentMethod',
        fc.constant({ paymentMethodId: 'pm_card_visa', default: true }),
        'customers',
      ),
      call('createSubscription', none, 'customers'),
      call(
        'createRefund',
        fc.option(amount, { nil: undefined }).map((value) => ({ amount: value })),
        'payments',
      ),
      call('capturePayment', none, 'payments'),
      call('cancelPayment', none, 'payments'),
      call('deleteCustomer', none, 'customers'),
      call('cancelSubscription', none, 'subscriptions'),
    ),
    keys,
    fc.constantFrom(0, 1, undefined),
  )
  .map(([made, key, first]) => ({ ...made, key, first }));

/** What each run begins with, so that there is something to act on. */
const BEGIN: readonly Step[] = [
  { operation: 'createCustomer', input: { email: 'ada@shop.example' }, first: undefined },
  {
    operation: 'attachPaymentMethod',
    input: { paymentMethodId: 'pm_card_visa', default: true },
    on: { kind: 'customers', nth: 0 },
    first: undefined,
  },
  {
    operation: 'createPayment',
    input: { amount: 20, currency: 'usd', paymentMethodId: 'pm_card_visa', confirm: true },
    key: 'key-0',
    first: undefined,
  },
];

/** A tenant with the ids of what it has made. */
interface Tenant {
  readonly name: string;
  readonly made: Readonly<Record<Kind, string[]>>;
}
const newTenant = (name: string): Tenant => ({
  name,
  made: { payments: [], customers: [], subscriptions: [] },
});
const NO_ID: Readonly<Record<Kind, string>> = {
  payments: 'pay_00000000000000000000000000',
  customers: 'cus_00000000000000000000000000',
  subscriptions: 'sub_00000000000000000000000000',
};
const MAKES: Readonly<Record<string, Kind>> = {
  createPayment: 'payments',
  createCustomer: 'customers',
  createSubscription: 'subscriptions',
};

/** An answer without what differs between any two: ids, times, and the versions that races leave behind. */
const shown = (body: unknown): string =>
  JSON.stringify(body, (name, value: unknown) => {
    if (name === 'version') return undefined;
    return typeof value === 'string' && /^\w+_\w{8,}|^\d{4}-\d\d-\d\dT/.test(value) ? '*' : value;
  });

async function take({ operation, input, on, key }: Step, { name, made }: Tenant) {
  const id = on && (made[on.kind][on.nth] ?? NO_ID[on.kind]);
  const given =
    operation === 'createSubscription' ? { customerId: id, planId } : { ...input, ...(id && { id }) };
  const answer = await bench.call<Json>(operation, given, { tenant: name, ...(key && { key }) });
  const kind = MAKES[operation];
  const { id: madeId } = (answer.body ?? {}) as { readonly id?: string };
  if (kind && answer.status < 300 && madeId && !made[kind].includes(madeId)) made[kind].push(madeId);
  return [answer.status, shown(answer.body)];
}

/** Every id in a list of payments, page by page, and each cursor refused to the other tenant. */
async function listed({ name }: Tenant, other: Tenant, filter: object = {}): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let cursor: string | undefined; ;) {
    const input = { ...filter, limit: 2, ...(cursor && { cursor }) };
    const { body } = await bench.call<Json>('listPayments', input, { tenant: name });
    ids.push(...body.payments.map((payment: Json) => payment.id));
    if (body.cursor === null) return ids;
    cursor = body.cursor as string;
    const stolen = await bench.call<Json>(
      'listPayments',
      { ...filter, limit: 2, cursor },
      { tenant: other.name },
    );
    expect([stolen.status, stolen.body.code]).toEqual([400, 'cursor-invalid']);
  }
}

/** Ways to name a payment, a customer or a subscription in a call. */
const NAMED: Readonly<Record<Kind, (id: string) => readonly (readonly [string, object])[]>> = {
  payments: (id) => [
    ['getPayment', { id }],
    ['listTransactions', { id }],
    ['listRefunds', { id }],
    ['listDisputes', { id }],
    ['verifyPayment', { id }],
    ['createRefund', { id }],
    ['cancelPayment', { id }],
  ],
  customers: (id) => [
    ['getCustomer', { id }],
    ['listPaymentMethods', { id }],
    ['updateCustomer', { id, name: 'Eve' }],
    ['deleteCustomer', { id }],
    ['attachPaymentMethod', { id, paymentMethodId: 'pm_card_visa' }],
    ['createPayment', { amount: 1, currency: 'eur', customerId: id }],
    ['createSubscription', { customerId: id, planId }],
  ],
  subscriptions: (id) => [
    ['getSubscription', { id }],
    ['cancelSubscription', { id }],
    ['resumeSubscription', { id }],
  ],
};

describe('two tenants that do the same', () => {
  it('get the same answers, whatever the other has done before, and see their own objects alone', async () => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async (steps) => {
      const run = randomUUID();
      // Names that would meet if a key did not keep its parts apart.
      const [a, b] = [newTenant(`t#${run}`), newTenant(`t#${run}#`)];
      for (const one of [...BEGIN, ...steps]) {
        const answers =
          one.first === undefined
            ? await Promise.all([take(one, a), take(one, b)])
            : [await take(one, one.first === 0 ? a : b), await take(one, one.first === 0 ? b : a)];
        expect(answers[0], JSON.stringify(steps)).toEqual(answers[1]);
      }
      for (const [own, other] of [
        [a, b],
        [b, a],
      ] as const) {
        expect((await listed(own, other)).toSorted()).toEqual(own.made.payments.toSorted());
        for (const id of own.made.customers) expect(await listed(other, own, { customerId: id })).toEqual([]);
        for (const kind of ['payments', 'customers', 'subscriptions'] as const)
          await expectHidden(kind, own.made[kind], other);
        await expectTenantOfEvents(own);
      }
    });
    await fc.assert(property, fuzzed(4));
  });
});

async function expectHidden(kind: Kind, ids: readonly string[], from: Tenant): Promise<void> {
  for (const id of ids) {
    for (const [operation, input] of NAMED[kind](id)) {
      const { status, body } = await bench.call<Json>(operation, input, { tenant: from.name });
      expect([operation, status]).toEqual([operation, 404]);
      expect(body.code).toMatch(/-not-found$/);
    }
  }
}

async function expectTenantOfEvents({ name, made }: Tenant): Promise<void> {
  const partitions = [
    ...made.payments.map((id) => `PAY#${id}`),
    ...made.customers.map((id) => `CUS#${id}`),
    ...made.subscriptions.map((id) => `SUB#${id}`),
  ];
  for (const partition of partitions) {
    const items = (await bench.itemsOf(partition, 'EVT#')) as Json[];
    const tenants = items.flatMap(({ events }) => events.map((event: Json) => event.tenant));
    expect(tenants.length).toBeGreaterThan(0);
    expect([...new Set(tenants)]).toEqual([name]);
  }
}
