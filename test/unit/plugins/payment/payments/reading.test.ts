import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PaymentView } from '../../../../../plugins/payment/api/schemas.ts';
import { type Bench, startBench } from '../bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench?.stop());

type List = { readonly payments: readonly PaymentView[]; readonly cursor: string | null };
type Log = { readonly transactions: readonly Record<string, never>[]; readonly cursor: string | null };

const create = async (tenant: string) =>
  (await bench.call('createPayment', { amount: 5, currency: 'eur' }, { tenant })).body;

describe('getPayment', () => {
  it('is one strong read, without the secret', async () => {
    const { id } = await create('reader');
    await bench.mark();
    const { body } = await bench.call('getPayment', { id }, { tenant: 'reader' });
    expect(body).not.toHaveProperty('clientSecret');
    expect(bench.databaseCalls()).toBe(1);
    expect(await bench.requests()).toEqual([]);
  });
});

describe('listPayments', () => {
  it('pages newest first, within the tenant, and filters by status', async () => {
    const tenant = `t#${randomUUID()}`;
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) ids.unshift((await create(tenant)).id);
    await bench.call('cancelPayment', { id: ids[1] }, { tenant });
    const seen: string[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await bench.call<List>(
        'listPayments',
        { limit: 2, ...(cursor && { cursor }) },
        { tenant },
      );
      seen.push(...page.body.payments.map(({ id }) => id));
      cursor = page.body.cursor;
    } while (cursor !== null);
    expect(seen).toEqual(ids);
    const canceled = await bench.call<List>('listPayments', { status: ['canceled'] }, { tenant });
    expect(canceled.body.payments.map(({ id }) => id)).toEqual([ids[1]]);
    const none = await bench.call<List>('listPayments', {}, { tenant: 'nobody' });
    expect(none.body).toEqual({ payments: [], cursor: null });
  });

  it.each(['cus_x', 'x', '€'.repeat(1000)])(
    'finds nothing of a customer that cannot be: %.8s',
    async (id) => {
      await bench.mark();
      const { status, body } = await bench.call('listPayments', { customerId: id });
      expect([status, body]).toEqual([200, { payments: [], cursor: null }]);
      expect(bench.databaseCalls()).toBe(0);
    },
  );

  it('looks no further than there can be payments, however far away its bounds are', async () => {
    const tenant = randomUUID();
    const { id } = await create(tenant);
    for (const bounds of [{ to: '9999-12-31T00:00:00Z' }, { from: '0000-01-01T00:00:00+23:59' }]) {
      await bench.mark();
      const page = await bench.call<List>('listPayments', bounds, { tenant });
      expect(page.body).toMatchObject({ payments: [{ id }], cursor: null });
      expect(bench.databaseCalls()).toBe(1);
    }
    for (const bounds of [{ to: '2020-01-01T00:00:00Z' }, { from: '9999-01-01T00:00:00Z' }]) {
      const page = await bench.call<List>('listPayments', bounds, { tenant });
      expect(page).toMatchObject({ status: 200, body: { payments: [], cursor: null } });
    }
    const reversed = { from: '2026-11-02T00:00:00Z', to: '2026-11-01T00:00:00Z' };
    expect(await bench.call('listPayments', reversed, { tenant })).toMatchObject({ status: 400 });
  });

  it.each([false, true])('filters by several statuses, page by page; of one customer: %s', async (ofOne) => {
    const tenant = randomUUID();
    const customer = ofOne ? (await bench.call('createCustomer', {}, { tenant })).body.id : undefined;
    const given = { amount: 5, currency: 'eur', ...(customer !== undefined && { customerId: customer }) };
    const ids: string[] = [];
    for (let i = 0; i < 7; i += 1)
      ids.unshift((await bench.call('createPayment', given, { tenant })).body.id);
    for (const at of [1, 4]) await bench.call('cancelPayment', { id: ids[at] }, { tenant });
    const paid = { amount: 5, currency: 'eur', confirm: true, paymentMethodId: 'pm_card_visa' };
    const { id: succeeded } = (await bench.call('createPayment', paid, { tenant })).body;
    const list = async (status: readonly string[], limit: number) => {
      const seen: string[] = [];
      let cursor: string | null | undefined;
      do {
        const input = { status, limit, ...(cursor && { cursor }), ...(ofOne && { customerId: customer }) };
        const { body } = await bench.call<List>('listPayments', input, { tenant });
        expect(body.payments.length).toBeLessThanOrEqual(limit);
        seen.push(...body.payments.map(({ id }) => id));
        // The same statuses in another order are the same list.
        status = status.toReversed();
        cursor = body.cursor;
      } while (cursor !== null);
      return seen;
    };
    const canceled = [ids[1], ids[4]];
    expect(await list(['canceled'], 1)).toEqual(canceled);
    expect(await list(['canceled', 'failed', 'canceled'], 2)).toEqual(canceled);
    expect(await list(['canceled', 'requires_action'], 2)).toEqual(ids);
    expect(await list(['canceled', 'succeeded'], 1)).toEqual(ofOne ? canceled : [succeeded, ...canceled]);
    expect(await list(['failed', 'processing'], 3)).toEqual([]);
  });

  it.each([[[]], [['unknown']], [['canceled', 'unknown']]])('refuses the statuses %j', async (status) => {
    const answer = await bench.call('listPayments', { status });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  });

  it('walks back through the months, and keeps to its bounds', async () => {
    const tenant = randomUUID();
    const monthMs = 31 * 86_400_000;
    const first = await create(tenant);
    bench.skip(2 * monthMs);
    const second = await create(tenant);
    const all = await bench.call<List>('listPayments', {}, { tenant });
    expect(all.body.payments.map(({ id }) => id)).toEqual([second.id, first.id]);
    const recent = await bench.call<List>('listPayments', { from: second.createdAt }, { tenant });
    expect(recent.body.payments.map(({ id }) => id)).toEqual([second.id]);
    const old = await bench.call<List>('listPayments', { to: first.createdAt }, { tenant });
    expect(old.body.payments.map(({ id }) => id)).toEqual([first.id]);
    bench.skip(-2 * monthMs);
    const inverted = { from: second.createdAt, to: first.createdAt };
    expect((await bench.call('listPayments', inverted, { tenant })).status).toBe(400);
  });

  it('is one query when the page is full', async () => {
    const tenant = randomUUID();
    await create(tenant);
    await create(tenant);
    await bench.mark();
    await bench.call<List>('listPayments', { limit: 1 }, { tenant });
    expect(bench.databaseCalls()).toBe(1);
  });

  it('refuses cursors that are not ours, of another tenant or another list', async () => {
    const tenant = randomUUID();
    await create(tenant);
    await create(tenant);
    const { cursor } = (await bench.call<List>('listPayments', { limit: 1 }, { tenant })).body;
    const refused: [object, string][] = [
      [{ cursor: `x${cursor}` }, tenant],
      [{ cursor: `${cursor}A` }, tenant],
      [{ cursor: 'abc' }, tenant],
      [{ cursor: '' }, tenant],
      [{ cursor }, 'other'],
      [{ cursor, status: ['failed'] }, tenant],
      [{ cursor, status: ['failed', 'requires_action'] }, tenant],
    ];
    for (const [input, owner] of refused) {
      const answer = await bench.call('listPayments', input, { tenant: owner });
      expect(answer).toMatchObject({ status: 400, body: { code: 'cursor-invalid' } });
    }
  });
});

describe('listTransactions', () => {
  it('tells every step, oldest first, in pages', async () => {
    const card = { paymentMethodId: 'pm_card_visa', confirm: true, captureMethod: 'manual' };
    const { body } = await bench.call('createPayment', { amount: 5, currency: 'eur', ...card });
    await bench.call('capturePayment', { id: body.id, amount: 2 });
    await bench.mark();
    const log = (await bench.call<Log>('listTransactions', { id: body.id })).body;
    expect(bench.databaseCalls()).toBe(1);
    expect(log.transactions).toMatchObject([
      { version: 1, from: null, to: 'initiating', operation: { kind: 'create', status: 'requested' } },
      { version: 2, from: 'initiating', to: 'authorized', delta: { capturableMinor: 500 } },
      {
        version: 3,
        from: 'authorized',
        to: 'authorized',
        operation: { kind: 'capture', status: 'requested' },
      },
      { version: 4, from: 'authorized', to: 'succeeded', delta: { capturedMinor: 200 }, actor: 'tester' },
    ]);
    expect(log.transactions[0]).toMatchObject({
      id: `${body.id}:1`,
      cause: { kind: 'api', id: expect.any(String) },
    });
    const page = (await bench.call<Log>('listTransactions', { id: body.id, limit: 3 })).body;
    const rest = (await bench.call<Log>('listTransactions', { id: body.id, limit: 3, cursor: page.cursor }))
      .body;
    expect([...page.transactions, ...rest.transactions]).toEqual(log.transactions);
    expect(rest.cursor).toBeNull();
  });
});
