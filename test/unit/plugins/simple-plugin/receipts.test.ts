import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quietTelemetry } from '#test/unit/functions/runtime/support.ts';
import { startDynamo, type TestDynamo } from '#test/support/dynamodb.ts';
import { replyFrom } from '#runtime/adapters/output.ts';
import { createInbox, type Inbox } from '#runtime/inbox/inbox.ts';
import { validate } from '#runtime/schema/validate.ts';
import { listReceipts } from '../../../../plugins/examples/simple-plugin/operations/list-receipts.ts';
import {
  createReceiptStore,
  type Receipt,
  type ReceiptStore,
} from '../../../../plugins/examples/simple-plugin/store/receipts.ts';
import { onPaymentSucceeded } from '../../../../plugins/examples/simple-plugin/subscriptions/on-payment-succeeded.ts';

let dynamo: TestDynamo;
let services: { readonly receipts: ReceiptStore; readonly inbox: Inbox };
beforeAll(async () => {
  dynamo = await startDynamo();
  await dynamo.createTable('receipts');
  const store = { client: dynamo.documents, table: 'receipts', now: () => new Date() };
  services = { receipts: createReceiptStore(store), inbox: createInbox({ ...store, consumer: 'receipts' }) };
});
afterAll(() => dynamo.stop());

const context = () => ({
  services,
  requestId: 'r',
  traceparent: undefined,
  span: { set() {}, link() {} },
  config: {},
  remainingMs: () => 1000,
  log: quietTelemetry().log,
});

const deliver = (tenant: string, n: number) =>
  onPaymentSucceeded.handle({
    ...context(),
    event: {
      id: `pay_${n}:2:1`,
      type: 'payment.succeeded.v1',
      occurredAt: `2026-11-23T10:00:0${n}.000Z`,
      tenant,
      aggregate: { type: 'payment', id: `pay_${n}` },
      sequence: 2,
      cause: { kind: 'webhook', id: 'evt_1' },
      data: {
        provider: 'stripe',
        providerRef: 'pi_1',
        previousStatus: 'processing',
        status: 'succeeded',
        captured: { amountMinor: 100 * n, currency: 'usd' },
        final: true,
      },
    },
  });

async function list(tenant: string, query: unknown = {}) {
  const input = validate(listReceipts.input, query);
  if (!input.ok) throw new Error('does not fit');
  const caller = { subject: 's', tenant, scopes: [] };
  const returned = await listReceipts.run({
    ...context(),
    input: input.value,
    caller,
    idempotency: undefined,
  });
  const { body } = replyFrom({ name: 'listReceipts', operation: listReceipts, returned, strict: true });
  return (body as { readonly receipts: readonly Receipt[] }).receipts;
}

describe('receipts', () => {
  it('are kept once per event, newest first, whatever the order and number of deliveries', async () => {
    for (const n of [2, 1, 3, 2, 1]) await deliver('a', n);
    await Promise.all([deliver('a', 3), deliver('a', 3)]);
    expect((await list('a')).map(({ paymentId, amountMinor }) => [paymentId, amountMinor])).toEqual([
      ['pay_3', 300],
      ['pay_2', 200],
      ['pay_1', 100],
    ]);
    expect(await list('a', { limit: 1 })).toEqual([
      {
        eventId: 'pay_3:2:1',
        paymentId: 'pay_3',
        amountMinor: 300,
        currency: 'usd',
        occurredAt: '2026-11-23T10:00:03.000Z',
      },
    ]);
  });

  it('are shown to their own tenant only', async () => {
    await deliver('b', 4);
    expect((await list('b')).map(({ paymentId }) => paymentId)).toEqual(['pay_4']);
    expect(await list('c')).toEqual([]);
  });

  it.each([0, 101, 1.5])('cannot be asked for by %s', async (limit) => {
    await expect(list('a', { limit })).rejects.toThrow('does not fit');
  });
});
