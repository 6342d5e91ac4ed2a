import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Services } from '../../../../../plugins/payment/services.ts';
import type { CustomerView, MethodView } from '../../../../../plugins/payment/customers/customer-schema.ts';
import { type AccountBook, accountBook } from '../account-book.ts';
import { type Bench, startBench } from '../bench.ts';

let outer: Bench;
let book: AccountBook;
let bench: Bench;

beforeAll(async () => {
  outer = await startBench();
});
afterAll(() => outer.stop());
beforeEach(() => {
  book = accountBook();
  bench = outer.with({ provider: book.provider });
});

let keys = 0;
const newKey = () => `key-${(keys += 1)}`;
const create = (input: object = {}, options: Parameters<Bench['call']>[2] = {}) =>
  bench.call<CustomerView>('createCustomer', input, options);
const attach = (id: string, input: object = { paymentMethodId: 'pm_card_visa' }, key?: string) =>
  bench.call<MethodView>('attachPaymentMethod', { id, ...input }, key === undefined ? {} : { key });
const detach = (id: string, paymentMethodId: string) =>
  bench.call<MethodView>('detachPaymentMethod', { id, paymentMethodId });

async function eventsOf(customerId: string) {
  const answer = await bench.dynamo.documents.send(
    new QueryCommand({
      TableName: bench.table,
      KeyConditionExpression: 'PK = :pk AND begins_with(SK, :sk)',
      ExpressionAttributeValues: { ':pk': `CUS#${customerId}`, ':sk': 'EVT#' },
    }),
  );
  const items = (answer.Items ?? []) as { events: { type: string; sequence: number; data: object }[] }[];
  return items.flatMap(({ events }) => events);
}

describe('creating a customer', () => {
  it('makes one at the provider and tells of it, without personal data', async () => {
    const { status, body, headers } = await create({ email: 'ada@example.org', name: 'Ada' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      status: 'active',
      providerRef: expect.stringMatching(/^cus_B1/),
      email: 'ada@example.org',
    });
    expect(headers['Location']).toBe(`/customers/${body.id}`);
    const events = await eventsOf(body.id);
    expect(events.map(({ type, sequence }) => [type, sequence])).toEqual([['customer.created.v1', 1]]);
    expect(JSON.stringify([events, bench.logs])).not.toContain('ada@example.org');
    expect((await bench.call('getCustomer', { id: body.id })).body).toEqual(body);
  });

  it('keeps no e-mail that was not given', async () => {
    const { body } = await create();
    expect(body).not.toHaveProperty('email');
  });

  it.each([
    [{ name: '4242 4242 4242 4242' }, 'card-data-refused'],
    [{ metadata: { customer_id: 'x' } }, 'invalid-request'],
  ])('refuses %o', async (input, code) => {
    expect((await create(input)).body).toMatchObject({ code });
    expect(book.calls).toEqual([]);
  });

  it('does not show it to other tenants', async () => {
    const { body } = await create();
    const other = await bench.call('getCustomer', { id: body.id }, { tenant: 'other' });
    expect(other.body).toMatchObject({ code: 'customer-not-found' });
    expect(other.status).toBe(404);
  });

  it('answers 20 parallel calls with one key alike, and makes one', async () => {
    const key = newKey();
    const ask = () => create({ name: 'Ada' }, { key });
    const answers = await Promise.all(Array.from({ length: 20 }, ask));
    const settled = await ask();
    expect(settled.status).toBe(201);
    for (const { status, body } of answers) {
      if (status === 409) expect(body).toMatchObject({ code: 'idempotency-in-progress' });
      else expect(body).toEqual(settled.body);
    }
    expect(book.customers.size).toBe(1);
  });

  it('replays its answer, and refuses the key for another request', async () => {
    const key = newKey();
    const first = await create({ name: 'Ada' }, { key });
    const again = await create({ name: 'Ada' }, { key });
    expect(again.body).toEqual(first.body);
    expect(again.headers['Idempotent-Replayed']).toBe('true');
    expect((await create({ name: 'Bob' }, { key })).body).toMatchObject({ code: 'idempotency-key-reused' });
    expect(book.count('customers.create')).toBe(1);
  });

  it('is in doubt when the answer is lost, and the same key finds what was made', async () => {
    const key = newKey();
    book.trouble({ when: 'after' });
    const lost = await create({ name: 'Ada' }, { key });
    expect(lost.status).toBe(202);
    expect(lost.body).toMatchObject({ status: 'initiating', operation: { status: 'in_doubt' } });
    const found = await create({ name: 'Ada' }, { key });
    expect(found.status).toBe(201);
    expect(found.body).toMatchObject({
      id: lost.body.id,
      status: 'active',
      providerRef: expect.stringMatching(/^cus_B1/),
    });
    expect(book.customers.size).toBe(1);
  });

  it.each(['auth', 'rate_limited'] as const)(
    'frees the key when the provider answers %s',
    async (refusal) => {
      const key = newKey();
      book.trouble({ when: 'before', error: { class: refusal, code: refusal } });
      expect((await create({}, { key })).status).toBe(503);
      expect((await create({}, { key })).status).toBe(201);
      expect(book.customers.size).toBe(1);
    },
  );

  it('gives nothing up when a repetition is not heard', async () => {
    const key = newKey();
    book.trouble({ when: 'after' }, { when: 'before', error: { class: 'rate_limited', code: '429' } });
    expect((await create({}, { key })).status).toBe(202);
    expect((await create({}, { key })).status).toBe(202);
    expect((await create({}, { key })).status).toBe(201);
    expect(book.customers.size).toBe(1);
  });

  it('keeps a refusal as the answer', async () => {
    const key = newKey();
    book.trouble({ when: 'before', error: { class: 'invalid', code: 'email_invalid' } });
    const refused = await create({}, { key });
    expect(refused.body).toMatchObject({ code: 'provider-rejected', providerCode: 'email_invalid' });
    expect((await create({}, { key })).headers['Idempotent-Replayed']).toBe('true');
    expect(book.count('customers.create')).toBe(1);
  });
});

describe('a function that dies while it makes a customer', () => {
  const died = new Error('the function died');

  it('leaves one that the same key finishes once its lock is over', async () => {
    const key = newKey();
    book.trouble({ when: 'after', error: died });
    await expect(create({ name: 'Ada' }, { key })).rejects.toThrow(died);
    expect((await create({ name: 'Ada' }, { key })).body).toMatchObject({ code: 'idempotency-in-progress' });
    bench.skip(60_000);
    const done = await create({ name: 'Ada' }, { key });
    expect(done.status).toBe(201);
    expect(book.customers.size).toBe(1);
    expect((await create({ name: 'Ada' }, { key })).body).toEqual(done.body);
  });

  it('dies before each write of the database, and the same key finishes it each time', async () => {
    for (let alive = 0; alive < 2; alive += 1) {
      const key = newKey();
      let writes = 0;
      const { customers } = bench.services;
      const mortal = {
        ...customers,
        write: async (...args: Parameters<typeof customers.write>) => {
          writes += 1;
          if (writes > alive) throw died;
          return customers.write(...args);
        },
      };
      const before = book.customers.size;
      const services = (inner: Services): Services => ({ ...inner, customers: mortal });
      await expect(
        outer.with({ provider: book.provider, services }).call('createCustomer', {}, { key }),
      ).rejects.toThrow(died);
      bench.skip(60_000);
      expect((await create({}, { key })).status).toBe(201);
      expect(book.customers.size).toBe(before + 1);
    }
  });
});

describe('payment methods', () => {
  it('are saved, shown and told of, with what may be shown only', async () => {
    const { body: customer } = await create();
    const { status, body } = await attach(customer.id, { paymentMethodId: 'pm_card_visa', default: true });
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: 'active', brand: 'visa', last4: '4242', default: true });
    const list = await bench.call<{ paymentMethods: MethodView[] }>('listPaymentMethods', {
      id: customer.id,
    });
    expect(list.body.paymentMethods).toEqual([body]);
    const events = await eventsOf(customer.id);
    expect(events.map(({ type, sequence }) => [type, sequence])).toEqual([
      ['customer.created.v1', 1],
      ['payment_method.attached.v1', 2],
      ['customer.updated.v1', 2],
    ]);
  });

  it('are detached once; a second time changes nothing, and the customer has no default', async () => {
    const { body: customer } = await create();
    const { body: method } = await attach(customer.id, { paymentMethodId: 'pm_card_visa', default: true });
    const first = await detach(customer.id, method.id);
    const second = await detach(customer.id, method.id);
    expect(first.body).toMatchObject({ status: 'detached', default: false });
    expect(second.body).toEqual(first.body);
    expect(book.count('customers.detach')).toBe(1);
    const { body } = await bench.call<CustomerView>('getCustomer', { id: customer.id });
    expect(body.defaultMethodId).toBeNull();
    const events = await eventsOf(customer.id);
    expect(events.slice(3).map(({ type, sequence }) => [type, sequence])).toEqual([
      ['payment_method.detached.v1', 3],
      ['customer.updated.v1', 3],
    ]);
  });

  it('are attached once when the answer is lost', async () => {
    const { body: customer } = await create();
    const key = newKey();
    book.trouble({ when: 'after' });
    const lost = await attach(customer.id, undefined, key);
    expect(lost.status).toBe(202);
    const found = await attach(customer.id, undefined, key);
    expect(found.status).toBe(201);
    expect(found.body).toMatchObject({ id: lost.body.id, status: 'active' });
    expect(book.methods.size).toBe(1);
    expect((await attach(customer.id, undefined, key)).body).toEqual(found.body);
  });

  it('are known again by their token', async () => {
    const { body: customer } = await create();
    const first = await attach(customer.id, { paymentMethodId: `pm_known${process.pid}` });
    const again = await attach(customer.id, { paymentMethodId: `pm_known${process.pid}` });
    expect(again.status).toBe(200);
    expect(again.body).toEqual(first.body);
    expect(book.count('customers.attach')).toBe(1);
  });

  it('keep a decline as the answer', async () => {
    const { body: customer } = await create();
    const key = newKey();
    const error = { class: 'declined', code: 'card_declined', declineCode: 'lost_card' } as const;
    book.trouble({ when: 'before', error });
    const declined = await attach(customer.id, undefined, key);
    expect(declined.status).toBe(402);
    expect(declined.body).toMatchObject({ code: 'payment-declined', declineCode: 'lost_card' });
    expect((await attach(customer.id, undefined, key)).headers['Idempotent-Replayed']).toBe('true');
  });

  it('of another tenant are 404, whatever is asked', async () => {
    const { body: customer } = await create();
    const { body: method } = await attach(customer.id);
    const as = { tenant: 'other' };
    const input = { id: customer.id };
    for (const [operation, more] of [
      ['attachPaymentMethod', { paymentMethodId: 'pm_x' }],
      ['listPaymentMethods', {}],
      ['detachPaymentMethod', { paymentMethodId: method.id }],
    ] as const) {
      expect((await bench.call(operation, { ...input, ...more }, as)).status).toBe(404);
    }
  });

  it('are shown once when one is saved twice at once', async () => {
    const { body: customer } = await create();
    let arrived = 0;
    const both = Promise.withResolvers<void>();
    const meeting = bench.with({
      services: (inner) => ({
        ...inner,
        customers: {
          ...inner.customers,
          // Each has its answer, and found nobody else, before the other writes it down.
          async findByRef(...asked) {
            const found = await inner.customers.findByRef(...asked);
            if (asked[1] !== 'pm_twice' || book.count('customers.attach') === 0) return found;
            arrived += 1;
            if (arrived === 2) both.resolve();
            await both.promise;
            return found;
          },
        },
      }),
    });
    const save = () =>
      meeting.call<MethodView>('attachPaymentMethod', { id: customer.id, paymentMethodId: 'pm_twice' });
    await Promise.all([save(), save()]);
    const { body } = await bench.call<{ paymentMethods: MethodView[] }>('listPaymentMethods', {
      id: customer.id,
    });
    expect(body.paymentMethods).toMatchObject([{ status: 'active', providerRef: 'pm_twice' }]);
  });

  it('are all listed, also when they are more than one answer of the database holds', async () => {
    const { body: customer } = await create();
    const { body: method } = await attach(customer.id);
    const [stored] = await bench.itemsOf(`CUS#${customer.id}`, `PM#${method.id}`);
    for (let more = 0; more < 5; more += 1) {
      const id = `${method.id.slice(0, -1)}${more}`;
      const Item = { ...stored, SK: `PM#${id}`, id, returnUrl: 'x'.repeat(300_000) };
      await bench.dynamo.documents.send(new PutCommand({ TableName: bench.table, Item }));
    }
    const written = await bench.services.customers.parts(customer.id);
    expect(written.length).toBeGreaterThanOrEqual(5);
    expect(new Set(written.map(({ id }) => id)).has(`${method.id.slice(0, -1)}4`)).toBe(true);
  });

  it('all arrive when many are attached at once', async () => {
    const { body: customer } = await create();
    const tokens = Array.from({ length: 12 }, (_, i) => ({ paymentMethodId: `pm_many${i}` }));
    const answers = await Promise.all(tokens.map((token) => attach(customer.id, token)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 201));
    const sequences = (await eventsOf(customer.id)).map(({ sequence }) => sequence);
    expect(sequences).toEqual(Array.from({ length: 13 }, (_, i) => i + 1));
  });
});
