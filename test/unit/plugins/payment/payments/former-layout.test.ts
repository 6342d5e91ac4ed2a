import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PaymentView } from '../../../../../plugins/payment/api/schemas.ts';
import { type Bench, intentObject, startBench } from '../bench.ts';

type Item = Record<string, unknown>;
interface Log {
  readonly transactions: readonly {
    readonly id: string;
    readonly from: string | null;
    readonly to: string;
  }[];
}

const total = { amount: 100, currency: 'usd' };
let bench: Bench;

beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench?.stop());

const itemsOf = async (id: string, prefix: string) => (await bench.items(id, prefix)) as readonly Item[];
const store = (item: Item) =>
  bench.dynamo.documents.send(new PutCommand({ TableName: bench.table, Item: item }));
const statusesOf = async (id: string) =>
  (await bench.call<Log>('listTransactions', { id })).body.transactions.map(({ to }) => to);

/** A payment whose create has crashed before its call, as earlier releases stored it: see `OP#` and `LOG#`. */
async function formerPayment(key: string): Promise<string> {
  const crashing = bench.with({
    provider: (inner) => ({ ...inner, create: () => Promise.reject(new Error('crash')) }),
  });
  await expect(crashing.call('createPayment', total, { key })).rejects.toThrow('crash');
  const { payments } = (await bench.call<{ payments: PaymentView[] }>('listPayments', { limit: 1 })).body;
  const id = payments[0]?.id ?? '';
  const [root = {}] = await itemsOf(id, 'PAY');
  const { createdBy, operation, activeOp, ...payment } = root as {
    createdBy: Item;
    operation: Item;
    activeOp: Item;
  };
  const { id: operationId, kind, status, ...call } = operation;
  await store({
    ...payment,
    operation: { id: operationId, kind, status },
    activeOp: { ...activeOp, id: operationId, kind },
  });
  const { PK } = root;
  await store({ PK, SK: `OP#${String(operationId)}`, paymentId: id, id: operationId, kind, status, ...call });
  const { tenant, amountMinor, currency, createdAt } = payment as Item;
  await store({
    PK,
    SK: 'LOG#0000000001',
    paymentId: id,
    tenant,
    version: 1,
    from: null,
    to: 'initiating',
    operation: { kind, status },
    delta: { amountMinor, currency },
    requestId: (createdBy['cause'] as Item)['id'],
    ...createdBy,
    at: createdAt,
  });
  return id;
}

describe('a payment that an earlier release has begun', () => {
  it('is resumed by its key, with the call that is recorded apart', async () => {
    const id = await formerPayment('former-1');
    bench.skip(60_000);
    const answer = await bench.call('createPayment', total, { key: 'former-1' });
    expect(answer).toMatchObject({ status: 201, body: { id, status: 'requires_action' } });
    expect(await itemsOf(id, 'OP#')).toMatchObject([{ kind: 'create', status: 'succeeded' }]);
    expect(await statusesOf(id)).toEqual(['initiating', 'requires_action']);
    const replay = await bench.call('createPayment', total, { key: 'former-1' });
    expect(replay).toMatchObject({ status: 201, body: { id }, headers: { 'Idempotent-Replayed': 'true' } });
  });

  it('goes on with operations that are recorded with it', async () => {
    const id = await formerPayment('former-2');
    bench.skip(60_000);
    await bench.call('createPayment', total, { key: 'former-2' });
    expect(await bench.call('cancelPayment', { id })).toMatchObject({
      status: 200,
      body: { status: 'canceled' },
    });
    expect(await itemsOf(id, 'OP#')).toMatchObject([{ kind: 'create', status: 'succeeded' }]);
    expect(await itemsOf(id, 'PAY')).toMatchObject([{ operation: { kind: 'cancel', status: 'succeeded' } }]);
    expect(await statusesOf(id)).toEqual(['initiating', 'requires_action', 'requires_action', 'canceled']);
  });
});

describe('the first log entry', () => {
  const begin = async () => {
    const crashing = bench.with({
      provider: (inner) => ({ ...inner, create: () => Promise.reject(new Error('crash')) }),
    });
    await expect(crashing.call('createPayment', total)).rejects.toThrow('crash');
    const { payments } = (await bench.call<{ payments: PaymentView[] }>('listPayments', { limit: 1 })).body;
    return payments[0]?.id ?? '';
  };

  it('is read from the payment until the second is written, and is the same afterwards', async () => {
    const id = await begin();
    expect(await itemsOf(id, 'LOG#')).toEqual([]);
    const before = (await bench.call<Log>('listTransactions', { id })).body;
    expect(before).toMatchObject({
      transactions: [{ id: `${id}:1`, from: null, to: 'initiating' }],
      cursor: null,
    });
    bench.skip(60_000);
    await bench.call('verifyPayment', { id });
    expect(await itemsOf(id, 'LOG#')).toHaveLength(1);
    const after = (await bench.call<Log>('listTransactions', { id })).body;
    expect(after.transactions[0]).toEqual(before.transactions[0]);
    expect(after.transactions).toHaveLength(2);
  });

  it('is not missed by a reader between whose reads it is written', async () => {
    const id = await begin();
    const [root = {}] = await itemsOf(id, 'PAY');
    // The payment says that its log goes on, and the log does not show it yet.
    const { createdBy, ...torn } = root;
    await store(torn);
    let queries = 0;
    bench.around.push(async ({ name, next }) => {
      const answer = await next();
      queries += name === 'query' ? 1 : 0;
      if (queries === 1 && name === 'query') await store({ ...torn, createdBy });
      return answer;
    });
    try {
      expect(await statusesOf(id)).toEqual(['initiating']);
      expect(queries).toBe(2);
    } finally {
      bench.around.pop();
    }
  });

  it('comes in pages with the entry that it is stored with', async () => {
    const { body } = await bench.call('createPayment', total);
    await bench.confirm(body.clientSecret ?? '');
    await bench.deliver(bench.event('payment_intent.succeeded', intentObject(body)));
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { body: Log & { cursor: string | null } } = await bench.call<
        Log & { cursor: string | null }
      >('listTransactions', {
        id: body.id,
        limit: 1,
        ...(cursor !== null && { cursor }),
      });
      seen.push(...page.body.transactions.map(({ to }) => to));
      ({ cursor } = page.body);
    } while (cursor !== null);
    expect(seen).toEqual(['initiating', 'requires_action', 'succeeded']);
  });
});

it('finds the outcome of an operation that another one has followed', async () => {
  const card = { paymentMethodId: 'pm_card_visa', confirm: true, captureMethod: 'manual' };
  // The invocation dies after the outcome is known to Stripe, and a webhook records it: the key has no answer.
  const crashing = bench.with({
    provider: (inner) => ({
      ...inner,
      create: async (...given) => {
        await inner.create(...given);
        throw new Error('crash');
      },
    }),
  });
  const input = { ...total, ...card };
  await expect(crashing.call('createPayment', input, { key: 'followed' })).rejects.toThrow('crash');
  const { payments } = (await bench.call<{ payments: PaymentView[] }>('listPayments', { limit: 1 })).body;
  const id = payments[0]?.id ?? '';
  bench.skip(60_000);
  await bench.call('verifyPayment', { id });
  expect((await bench.call('capturePayment', { id })).body.status).toBe('succeeded');
  expect(await itemsOf(id, 'OP#')).toMatchObject([{ kind: 'create', status: 'succeeded', paymentId: id }]);
  expect(await bench.call('createPayment', input, { key: 'followed' })).toMatchObject({
    status: 201,
    body: { id },
  });
});
