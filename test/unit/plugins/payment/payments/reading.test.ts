import { randomUUID } from 'node:crypto';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linkTo } from '#runtime/hash-chain.ts';
import { verifyChain, type Entry, type Head } from '#runtime/verify-chain.ts';
import type { PaymentView } from '../../../../../plugins/payment/api/schemas.ts';
import { type Bench, startBench } from '../bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench?.stop());

type List = { readonly payments: readonly PaymentView[]; readonly cursor: string | null };
interface Log {
  readonly transactions: readonly (Entry & Record<string, never>)[];
  readonly cursor: string | null;
  readonly head?: Head;
}

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
    // What the newest entry has to be is known once the log is read to its end.
    expect([page.head, rest.head]).toEqual([undefined, log.head]);
  });

  it('is a chain in which no entry is changed, removed or added unnoticed', async () => {
    const { id, clientSecret } = await create('chain');
    const faults = async () => {
      const { transactions, head } = (await bench.call<Log>('listTransactions', { id }, { tenant: 'chain' }))
        .body;
      const found = verifyChain({ entries: transactions, head, isGapless: false });
      return found.map(({ kind, version }) => `${kind} ${version}`);
    };
    await bench.confirm(String(clientSecret));
    await bench.call('verifyPayment', { id }, { tenant: 'chain' });
    await bench.call('createRefund', { id, amount: 1 }, { tenant: 'chain' });
    expect(await faults()).toEqual([]);
    const items = await bench.items(id, 'LOG#');
    expect(items.length).toBeGreaterThanOrEqual(3);
    const [first, second] = items;
    const newest = items.at(-1) as Record<string, never>;
    const { table: TableName } = bench;
    const put = (Item: object) => bench.dynamo.documents.send(new PutCommand({ TableName, Item }));
    const remove = ({ PK, SK }: Record<string, unknown>) =>
      bench.dynamo.documents.send(new DeleteCommand({ TableName, Key: { PK, SK } }));
    for (const changed of [{ actor: 'eve' }, { tenant: 'eve' }, { delta: { capturedMinor: 1 } }]) {
      await put({ ...second, ...changed });
      expect(await faults()).toEqual([`changed ${second?.['version']}`]);
    }
    await put(second as object);
    // The first entry stands in the item of the second.
    await put({ ...first, first: { ...(first as Record<string, object>)['first'], actor: 'eve' } });
    expect(await faults()).toEqual(['changed 1']);
    await put(first as object);
    await remove(newest);
    expect(await faults()).toMatchObject([expect.stringMatching(/^removed /)]);
    await put(newest);
    expect(await faults()).toEqual([]);
    const { PK: _PK, SK: _SK, hash, paymentId, ...entry } = newest as unknown as Record<string, string>;
    const version = Number(newest['version']) + 1;
    const forged = linkTo(hash, { ...entry, id: `${paymentId}:${version}`, version });
    const SK = `LOG#${String(version).padStart(10, '0')}`;
    await put({ ...newest, ...forged, id: undefined, SK });
    expect(await faults()).toEqual([`inserted ${version}`]);
  });

  it('is a chain from the first entry on, which is not written yet', async () => {
    const { id } = await create('first');
    const { transactions, head } = (await bench.call<Log>('listTransactions', { id }, { tenant: 'first' }))
      .body;
    expect(verifyChain({ entries: transactions, head, isGapless: false })).toEqual([]);
    expect(head?.hash).toBe(transactions.at(-1)?.hash);
  });
});

describe('listPaymentAudit', () => {
  interface Audit {
    readonly entries: readonly (Entry & { readonly action: string; readonly subject: string })[];
    readonly cursor: string | null;
    readonly head?: Head;
  }
  const tenant = 'audited';
  const read = async (input = {}) => (await bench.call<Audit>('listPaymentAudit', input, { tenant })).body;
  const faults = async () => {
    const { entries, head } = await read();
    return verifyChain({ entries, head, isGapless: true }).map(({ kind, version }) => `${kind} ${version}`);
  };

  it('has what people did beyond the log of a payment, each once, also when they act at once', async () => {
    const { id } = await create(tenant);
    const customer = await bench.call<{ readonly id: string }>('createCustomer', {}, { tenant });
    await Promise.all([
      ...Array.from({ length: 4 }, () => bench.call('verifyPayment', { id }, { tenant })),
      bench.call('deleteCustomer', { id: customer.body.id }, { tenant, subject: 'ada' }),
    ]);
    // Deleting it again changes nothing.
    await bench.call('deleteCustomer', { id: customer.body.id }, { tenant, subject: 'ada' });
    const { entries } = await read();
    expect(entries.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
    expect(entries.filter(({ action }) => action === 'payment_verify').map(({ subject }) => subject)).toEqual(
      Array.from({ length: 4 }, () => id),
    );
    expect(entries.find(({ action }) => action === 'customer_delete')).toMatchObject({
      subject: customer.body.id,
      actor: 'ada',
      tenant,
      requestId: expect.any(String),
    });
    expect(await faults()).toEqual([]);
    const page = await read({ limit: 3 });
    const rest = await read({ limit: 3, cursor: page.cursor });
    expect([...page.entries, ...rest.entries]).toEqual(entries);
    expect([page.head, rest.cursor, rest.head?.version]).toEqual([undefined, null, 5]);
    const others = await bench.call<Audit>('listPaymentAudit', {}, { tenant: 'another' });
    expect(others.body).toEqual({ entries: [], cursor: null });
  });

  it('is a chain in which nothing is changed or removed unnoticed', async () => {
    const items = await bench.itemsOf(`AUD#${tenant}`, 'LOG#');
    const second = items[1] as Record<string, never>;
    const { table: TableName } = bench;
    const { PK, SK } = second;
    await bench.dynamo.documents.send(new PutCommand({ TableName, Item: { ...second, subject: 'pay_x' } }));
    expect(await faults()).toEqual(['changed 2']);
    await bench.dynamo.documents.send(new DeleteCommand({ TableName, Key: { PK, SK } }));
    expect(await faults()).toEqual(['removed 3']);
    await bench.dynamo.documents.send(new PutCommand({ TableName, Item: second }));
    expect(await faults()).toEqual([]);
  });

  it('has a replay that was asked for, and none of an event that is unknown', async () => {
    const before = (await read()).entries.length;
    const unknown = { provider: 'stripe', eventId: 'evt_unknown' };
    expect((await bench.call('replayPaymentWebhook', unknown, { tenant })).status).toBe(404);
    await bench.deliver(bench.event('product.created', { id: 'prod_1', object: 'product' }, 'evt_audited'));
    await bench.call('replayPaymentWebhook', { ...unknown, eventId: 'evt_audited' }, { tenant });
    const { entries } = await read();
    expect(entries).toHaveLength(before + 1);
    expect(entries.at(-1)).toMatchObject({ action: 'webhook_replay', subject: 'stripe:evt_audited' });
  });
});
