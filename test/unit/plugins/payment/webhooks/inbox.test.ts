import { randomUUID } from 'node:crypto';
import { QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { problem } from '../../../../../plugins/payment/errors.ts';
import type { WebhookView } from '../../../../../plugins/payment/webhooks/webhook-view.ts';
import { type Bench, WEBHOOK_SECRET, intentObject, startBench } from '../bench.ts';

const DAY_SECONDS = 86_400;

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench?.stop());
afterEach(() => bench.control('DELETE', '/faults'));

const paid = async () => {
  const { body } = await bench.call('createPayment', { amount: 100, currency: 'usd' });
  await bench.confirm(body.clientSecret ?? '');
  return body;
};
const succeeded = async (id = `evt_${randomUUID()}`) => {
  const payment = await paid();
  return { id, payment, event: bench.event('payment_intent.succeeded', intentObject(payment), id) };
};
const itemsOf = async (partition: string) => {
  const answer = await bench.dynamo.documents.send(
    new QueryCommand({
      TableName: bench.table,
      KeyConditionExpression: 'PK = :pk',
      ExpressionAttributeValues: { ':pk': partition },
    }),
  );
  return (answer.Items ?? []) as Record<string, unknown>[];
};
const show = async (eventId: string) =>
  bench.call<WebhookView>('getPaymentWebhook', { provider: 'stripe', eventId });
const replay = (eventId: string, on: Bench = bench) =>
  on.call<{ outcome: string; state: string; attempts: number }>('replayPaymentWebhook', {
    provider: 'stripe',
    eventId,
  });
/** A bench on which our own code cannot deal with an event. */
const broken = () =>
  bench.with({
    services: (inner) => ({
      ...inner,
      store: {
        ...inner.store,
        write: () => Promise.reject(new TypeError('a bug of ours')),
      },
    }),
  });

describe('the inbox', () => {
  it('remembers an event with what it changed, and tells it once, in that same item', async () => {
    const { id, event, payment } = await succeeded();
    await bench.deliver(event);
    await bench.deliver(event);
    const [item, ...more] = await itemsOf(`WH#stripe#${id}`);
    expect(more).toEqual([]);
    expect(item).toMatchObject({
      SK: 'EVT#0000000001',
      state: 'PROCESSED',
      event: expect.stringContaining(
        `"type":"payment_intent.succeeded","kind":"payment","ref":"${payment.providerRef}"`,
      ),
      attempts: 1,
      events: [
        {
          id: `stripe:${id}:1:1`,
          type: 'payment.webhook.v1',
          sequence: 1,
          aggregate: { type: 'webhook', id: `stripe:${id}` },
          data: {
            provider: 'stripe',
            type: 'payment_intent.succeeded',
            objectId: payment.providerRef,
          },
        },
      ],
    });
    const ageSeconds = Number(item?.['ttl']) - Date.now() / 1000;
    expect(Math.abs(ageSeconds - 31 * DAY_SECONDS)).toBeLessThan(60);
  });

  it('remembers what is about nothing of ours in one write, and knows it again', async () => {
    const event = bench.event('product.created', { id: 'prod_1' });
    const foreign = bench.event('payment_intent.succeeded', { id: 'pi_foreign', metadata: {} });
    await bench.mark();
    expect(await bench.deliver(event)).toMatchObject({ outcome: 'ignored' });
    expect(bench.databaseCalls()).toBe(1);
    expect(await bench.deliver(event)).toMatchObject({ outcome: 'duplicate' });
    await bench.mark();
    expect(await bench.deliver(foreign)).toMatchObject({ outcome: 'ignored' });
    expect(bench.databaseCalls()).toBe(2);
    const { id } = JSON.parse(event) as { id: string };
    expect((await itemsOf(`WH#stripe#${id}`))[0]).toMatchObject({
      events: [{ data: { type: 'product.created', objectId: 'prod_1' } }],
    });
  });

  it('names no object where the event names none', async () => {
    const id = `evt_${randomUUID()}`;
    await bench.deliver(bench.event('balance.available', { object: 'balance' }, id));
    expect((await itemsOf(`WH#stripe#${id}`))[0]).toMatchObject({ events: [{ data: { objectId: null } }] });
  });

  it('takes one of many deliveries at once, and tells of it once', async () => {
    const { id, event } = await succeeded();
    const ignored = `evt_${randomUUID()}`;
    const other = bench.event('product.created', { id: 'prod_1' }, ignored);
    const outcomes = async (body: string) =>
      (await Promise.all(Array.from({ length: 8 }, () => bench.deliver(body)))).map(({ outcome }) => outcome);
    expect((await outcomes(event)).filter((outcome) => outcome === 'processed')).toHaveLength(1);
    expect((await outcomes(other)).filter((outcome) => outcome === 'ignored')).toHaveLength(1);
    for (const one of [id, ignored]) {
      const items = await itemsOf(`WH#stripe#${one}`);
      expect(items).toHaveLength(1);
      expect(items[0]).toMatchObject({ attempts: 1, events: [{ id: `stripe:${one}:1:1` }] });
    }
  });

  it('knows nothing of an event whose invocation died before its effect was written', async () => {
    const { id, event, payment } = await succeeded();
    const dies = bench.with({
      services: (inner) => ({
        ...inner,
        store: { ...inner.store, write: () => Promise.reject(problem('provider-unavailable')) },
      }),
    });
    await expect(dies.deliver(event)).rejects.toMatchObject({ status: 503 });
    expect(await itemsOf(`WH#stripe#${id}`)).toEqual([]);
    expect((await bench.call('getPayment', { id: payment.id })).body.status).toBe('requires_action');
    expect(await bench.deliver(event)).toMatchObject({ outcome: 'processed' });
    expect(await itemsOf(`WH#stripe#${id}`)).toHaveLength(1);
  });

  it('keeps the body sealed and without personal data, readable while the secret is configured', async () => {
    const { id, payment } = await succeeded();
    const event = bench.event(
      'payment_intent.succeeded',
      {
        ...intentObject(payment),
        client_secret: 'pi_1_secret_x',
        receipt_email: 'ada@example.org',
        shipping: { name: 'Ada', address: { city: 'London' } },
        amount: 10_000,
      },
      id,
    );
    await bench.deliver(event);
    const [item] = await itemsOf(`WH#stripe#${id}`);
    expect(JSON.stringify(item)).not.toMatch(/ada@|London|secret_x|amount/);
    const { Items: whole } = await bench.dynamo.documents.send(new ScanCommand({ TableName: bench.table }));
    expect(whole?.length).toBeGreaterThan(0);
    expect(JSON.stringify([whole, bench.logs])).not.toMatch(/ada@|London|secret_x/);
    const { body } = await show(id);
    expect(body).toMatchObject({ state: 'processed', attempts: 1, eventId: id });
    expect(JSON.parse(body.body ?? '')).toMatchObject({
      id,
      data: { object: { id: payment.providerRef, amount: 10_000, receipt_email: '[redacted]' } },
    });
    const rotated = (webhookSecret: string[]) =>
      bench.with({ config: { stripe: { ...bench.services.config.stripe, webhookSecret } } });
    const during = rotated(['whsec_new', WEBHOOK_SECRET]);
    const input = { provider: 'stripe', eventId: id };
    expect((await during.call<WebhookView>('getPaymentWebhook', input)).body.body).toBe(body.body);
    const after = rotated(['whsec_new']);
    expect((await after.call<WebhookView>('getPaymentWebhook', input)).body.body).toBeNull();
  });

  it('keeps no body that is too long for its place', async () => {
    const id = `evt_${randomUUID()}`;
    const lines = Array.from({ length: 10_000 }, (_, index) => `line_${index}`);
    await bench.deliver(bench.event('product.created', { lines }, id));
    expect((await show(id)).body).toMatchObject({ state: 'processed', body: null });
  });

  it('says 404 for what never came', async () => {
    expect(await show('evt_none')).toMatchObject({ status: 404, body: { code: 'webhook-not-found' } });
    expect(await replay('evt_none')).toMatchObject({ status: 404, body: { code: 'webhook-not-found' } });
  });
});

describe('an event that our own code cannot deal with', () => {
  it('fails four times, is parked at the fifth, told once, and replayed after the fix', async () => {
    const { id, event, payment } = await succeeded();
    const bad = broken();
    for (let attempt = 1; attempt < 5; attempt += 1) {
      await expect(bad.deliver(event)).rejects.toThrow('a bug of ours');
      expect((await show(id)).body).toMatchObject({ state: 'failed', attempts: attempt });
    }
    expect(await bad.deliver(event)).toMatchObject({ outcome: 'ignored' });
    expect((await show(id)).body).toMatchObject({ state: 'parked', attempts: 5 });
    expect(bench.logs.filter(({ message }) => message.startsWith('An event was parked'))).toHaveLength(1);
    expect(await bench.deliver(event)).toMatchObject({ outcome: 'duplicate' });
    expect((await bench.call('getPayment', { id: payment.id })).body.status).toBe('requires_action');

    expect((await replay(id)).body).toMatchObject({ outcome: 'processed', state: 'processed', attempts: 1 });
    expect((await bench.call('getPayment', { id: payment.id })).body.status).toBe('succeeded');
    const items = await itemsOf(`WH#stripe#${id}`);
    expect(items).toHaveLength(1);
    expect((await replay(id)).body).toMatchObject({ outcome: 'processed', state: 'processed' });
    const { body } = await bench.call<{ transactions: { to: string }[] }>('listTransactions', {
      id: payment.id,
    });
    expect(body.transactions.map(({ to }) => to)).toEqual(['initiating', 'requires_action', 'succeeded']);
  });

  it('is not parked when another delivery deals with it between the last failure and its note', async () => {
    const { id, event } = await succeeded();
    const bad = broken();
    for (let attempt = 1; attempt < 5; attempt += 1)
      await expect(bad.deliver(event)).rejects.toThrow('a bug of ours');
    const late = bench.with({
      services: (inner) => ({
        ...inner,
        store: {
          ...inner.store,
          write: () => Promise.reject(new TypeError('a bug of ours')),
          async park(provider: string, eventId: string) {
            expect(await bench.deliver(event)).toMatchObject({ outcome: 'processed' });
            return inner.store.park(provider, eventId);
          },
        },
      }),
    });
    expect(await late.deliver(event)).toMatchObject({ outcome: 'duplicate' });
    expect((await show(id)).body).toMatchObject({ state: 'processed' });
  });

  it('is dealt with by a later delivery when the error was passing', async () => {
    const { id, event } = await succeeded();
    await expect(broken().deliver(event)).rejects.toThrow('a bug of ours');
    expect(await bench.deliver(event)).toMatchObject({ outcome: 'processed' });
    expect((await show(id)).body).toMatchObject({ state: 'processed', attempts: 2 });
    expect(await bench.deliver(event)).toMatchObject({ outcome: 'duplicate' });
  });

  it('is not blamed for a provider or a database that does not answer', async () => {
    const { id, event } = await succeeded();
    await bench.control('POST', '/faults', [
      { method: 'GET', path: '/v1/payment_intents', times: 99, status: 500 },
    ]);
    for (let attempt = 0; attempt < 6; attempt += 1)
      await expect(bench.deliver(event)).rejects.toMatchObject({ status: 503 });
    const down = bench.with({
      services: (inner) => ({
        ...inner,
        store: {
          ...inner.store,
          loadInbox: () => Promise.reject(Object.assign(new Error('throttled'), { $metadata: {} })),
        },
      }),
    });
    await expect(down.deliver(event)).rejects.toThrow('throttled');
    expect((await show(id)).status).toBe(404);
  });
});

describe('webhooks that are switched off', () => {
  it('are verified, then left to the provider', async () => {
    const { id, event } = await succeeded();
    const off = bench.with({
      config: { ...bench.services.config, features: { webhooks: false } },
    });
    await expect(off.deliver(event)).rejects.toMatchObject({ status: 503, code: 'feature-disabled' });
    await expect(off.deliver(event, 'xxx')).rejects.toMatchObject({ status: 400 });
    expect((await show(id)).status).toBe(404);
    expect(await bench.deliver(event)).toMatchObject({ outcome: 'processed' });
  });
});

describe('deliveries that are refused', () => {
  it('are told of at most once per minute and reason, however many there are', async () => {
    const minutes = new Set<string>();
    for (const on of [bench, bench.with({})])
      for (let times = 0; times < 5; times += 1) {
        minutes.add(bench.services.now().toISOString().slice(0, 16));
        await expect(on.deliver('{}', 'xxx')).rejects.toMatchObject({ status: 400 });
        minutes.add(bench.services.now().toISOString().slice(0, 16));
      }
    const told = await Promise.all(
      [...minutes].map((minute) => itemsOf(`NOTE#rejected:stripe:invalid-signature:${minute}`)),
    );
    expect(told.flat().length).toBeGreaterThan(0);
    for (const items of told) expect(items.length).toBeLessThanOrEqual(1);
    expect(told.flat()[0]).toMatchObject({
      SK: 'EVT#0000000001',
      events: [{ type: 'webhook.rejected.v1', data: { provider: 'stripe', reason: 'invalid-signature' } }],
    });
  });
});
