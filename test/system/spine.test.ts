import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Json, eventually, request } from '#testing/client.ts';
import { paymentsOf } from '../support/payments.ts';
import { type System, startSystem } from '../support/system.ts';

let system: System;
let payments: ReturnType<typeof paymentsOf>;

beforeAll(async () => {
  // With a synth of its own, as `npm start` has it.
  system = await startSystem({ cwd: join(import.meta.dirname, '../..') });
  payments = paymentsOf(system);
});
afterAll(() => system?.stop());

describe('the five lines that a newcomer types', () => {
  it('GET /plugins lists the plugins', async () => {
    const answer = await request(system.url, 'GET', '/plugins');
    expect(answer.status).toBe(200);
    expect(answer.body.plugins.map((plugin: Json) => plugin.name)).toEqual(
      expect.arrayContaining(['payment', 'simple-plugin']),
    );
  });

  it('GET /plugins/health tells the state of each', async () => {
    const health = () => request(system.url, 'GET', '/plugins/health');
    // A provider that was slow to answer is unknown at first.
    const answer = await eventually(health, ({ body }) => body.status === 'healthy', 30_000);
    expect(answer.body).toMatchObject({
      status: 'healthy',
      plugins: expect.arrayContaining([
        { name: 'payment', version: '1.0.0', health: expect.objectContaining({ status: 'healthy' }) },
      ]),
    });
  });

  it('POST /plugins/load takes the form content type that curl sends', async () => {
    const answer = await request(system.url, 'POST', '/plugins/load', {
      raw: '{"name":"payment"}',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(answer).toMatchObject({ status: 200, body: { name: 'payment', status: 'loaded' } });
  });

  it('createPayment over GraphQL gives an id and a client secret', async () => {
    const answer = await payments.graphql(
      'mutation { createPayment(amount: 100, currency: "usd") { id clientSecret } }',
    );
    expect(answer.status).toBe(200);
    expect(answer.body.data.createPayment).toEqual({
      id: expect.stringMatching(/^pay_/),
      clientSecret: expect.stringMatching(/^pi_.*_secret_/),
    });
  });

  it('a webhook with a made-up signature is refused', async () => {
    const answer = await request(system.url, 'POST', '/webhooks/stripe', {
      raw: '{}',
      headers: { 'stripe-signature': 'xxx', 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });
});

describe('from a request to a paid payment', () => {
  it('creates, is confirmed by the payer, and tells the world exactly once', async () => {
    const created = await payments.create();
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      status: 'requires_action',
      amount: 100,
      amountMinor: 10_000,
      currency: 'usd',
      provider: 'stripe',
      captureMethod: 'automatic',
    });
    const { id, clientSecret } = created.body;

    expect((await payments.confirm(clientSecret, 'pk_test_browser')).status).toBe(200);
    const paid = await payments.status(id, 'succeeded');
    expect(paid.body).toMatchObject({ capturedMinor: 10_000 });
    expect(paid.body.clientSecret ?? null).toBeNull();

    const log = await payments.transactions(id);
    expect(log.body.transactions.map((entry: Json) => entry.to)).toEqual([
      'initiating',
      'requires_action',
      'succeeded',
    ]);

    const succeeded = await eventually(
      () => payments.events('payment.succeeded.v1', id),
      (events) => events.length > 0,
    );
    expect(succeeded).toHaveLength(1);
    const receipts = await eventually(
      () => request(system.url, 'GET', '/simple/receipts'),
      (answer) => JSON.stringify(answer.body).includes(id),
    );
    expect(
      receipts.body.receipts.filter((receipt: Json) => JSON.stringify(receipt).includes(id)),
    ).toHaveLength(1);
  });

  it('is one trace from the request to the subscriber, whose id is on every log line', async () => {
    await request(system.url, 'POST', '/plugins/load', { body: { name: 'advanced-plugin' } });
    const traceId = randomBytes(16).toString('hex');
    const created = await payments.create(
      { amount: 7, currency: 'usd', paymentMethodId: 'pm_card_visa', confirm: true },
      { traceparent: `00-${traceId}-b7ad6b7169203331-01` },
    );
    expect(created.headers.get('traceresponse')).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    const subscribers = ['simple-plugin.onPaymentSucceeded', 'advanced-plugin.onPaymentSucceeded'];
    const { body: trace } = await eventually(
      () => request(system.url, 'GET', `/dev/traces/${traceId}`),
      ({ body }) => subscribers.every((name) => JSON.stringify(body).includes(name)),
      15_000,
    );
    const [root] = trace.spans;
    expect(trace).toMatchObject({ root: 'payment.createPayment', status: 'ok' });
    expect(trace.services).toEqual(['advanced-plugin', 'payment', 'simple-plugin']);
    const childrenOf = (name: string): Json[] =>
      root.children.find((span: Json) => span.name === name)?.children ?? [];
    expect(root.children.map((span: Json) => span.name)).toEqual(
      expect.arrayContaining([
        'DynamoDB.TransactWriteItems',
        `POST ${new URL(system.sandbox('stripe')).host}`,
        'payment.relay',
        'publish payment.succeeded.v1',
      ]),
    );
    expect(childrenOf('payment.relay').map(({ name }) => name)).toContain('EventBridge.PutEvents');
    const list = await request(system.url, 'GET', '/dev/traces');
    expect(list.body.traces.map(({ id }: Json) => id)).toContain(traceId);

    const { body } = await request(system.url, 'GET', '/dev/invocations');
    const traced = body.invocations.filter((one: Json) => one.logs.join().includes(traceId));
    expect(new Set(traced.map((one: Json) => one.function)).size).toBeGreaterThanOrEqual(4);
    for (const line of traced
      .flatMap(({ logs }: { logs: string[] }) => logs)
      .map((text: string) => JSON.parse(text))) {
      if (line.level !== undefined) expect(line, JSON.stringify(line)).toMatchObject({ traceId });
    }
    await request(system.url, 'POST', '/plugins/unload', { body: { name: 'advanced-plugin' } });
  });

  it('is found in the traces of all that happened to it, which lead to the one of its create', async () => {
    const created = await payments.create();
    const { id, clientSecret } = created.body;
    const [, creation] = created.headers.get('traceresponse')?.split('-') ?? [];
    await payments.confirm(clientSecret, 'pk_test_browser');
    await payments.status(id, 'succeeded');
    const rootsOf = (body: Json): string[] => body.traces.map(({ root }: Json) => root);
    const { body: list } = await eventually(
      () => request(system.url, 'GET', `/dev/traces?payment.id=${id}`),
      ({ body }) => rootsOf(body).includes('payment.webhook.stripe'),
    );
    expect(rootsOf(list)).toEqual(expect.arrayContaining(['payment.createPayment', 'payment.getPayment']));
    const webhooks = list.traces.filter(({ root }: Json) => root === 'payment.webhook.stripe');
    for (const { id: webhook } of webhooks) {
      const { body: trace } = await request(system.url, 'GET', `/dev/traces/${webhook}`);
      expect(webhook).not.toBe(creation);
      expect(trace.spans[0].links).toEqual([creation]);
    }
    const { body: trace } = await request(system.url, 'GET', `/dev/traces/${creation}`);
    expect(trace.spans[0].links).toEqual([]);
    expect(trace.linkedBy).toEqual(expect.arrayContaining(webhooks.map(({ id: webhook }: Json) => webhook)));
    expect(JSON.stringify((await payments.get(id)).body)).not.toContain(creation);
  });

  it('authorizes now, captures part of it later, and releases the rest', async () => {
    const created = await payments.create({
      amount: '50.00',
      currency: 'EUR',
      captureMethod: 'manual',
      paymentMethodId: 'pm_card_visa',
      confirm: true,
    });
    expect(created.body).toMatchObject({ status: 'authorized', currency: 'eur', capturableMinor: 5_000 });
    const captured = await payments.api('POST', `/payments/${created.body.id}/capture`, { amount: 20 });
    expect(captured.body).toMatchObject({ status: 'succeeded', capturedMinor: 2_000, capturableMinor: 0 });
    const again = await payments.api('POST', `/payments/${created.body.id}/capture`, {});
    expect(again).toMatchObject({ status: 409, body: { code: 'invalid-state' } });
  });

  it('cancels what was not paid, once', async () => {
    const { body } = await payments.create();
    const canceled = await payments.api('POST', `/payments/${body.id}/cancel`, {
      reason: 'requested_by_customer',
    });
    expect(canceled.body).toMatchObject({ id: body.id, status: 'canceled' });
    const capture = await payments.api('POST', `/payments/${body.id}/capture`, {});
    expect(capture.status).toBe(409);
  });

  it('survives a 3-D Secure refusal, then succeeds with another card', async () => {
    const { body } = await payments.create();
    await payments.confirm(body.clientSecret, 'pk_test_browser', 'pm_card_threeDSecure2Required');
    await payments.sandbox('POST', `/payment_intents/${body.providerRef}/3ds`, { result: 'failed' });
    await eventually(
      () => payments.events('payment.attempt_failed.v1', body.id),
      (events) => events.length === 1,
    );
    await payments.confirm(body.clientSecret, 'pk_test_browser');
    await payments.status(body.id, 'succeeded');
  });

  it('answers 402 with the decline code and keeps the payment as failed', async () => {
    const declined = await payments.create({
      amount: 10,
      currency: 'usd',
      paymentMethodId: 'pm_card_visa_chargeDeclinedInsufficientFunds',
      confirm: true,
    });
    expect(declined).toMatchObject({
      status: 402,
      body: { code: 'payment-declined', declineCode: 'insufficient_funds' },
    });
    expect((await payments.get(declined.body.paymentId)).body.status).toBe('failed');
  });
});

describe('unload and load', () => {
  it('answers 503 on every way in while unloaded, and queued events wait', async () => {
    const { body } = await payments.create();
    await request(system.url, 'POST', '/plugins/unload', { body: { name: 'simple-plugin' } });
    expect(await request(system.url, 'GET', '/simple/receipts')).toMatchObject({
      status: 503,
      body: { code: 'plugin-unloaded' },
    });
    const field = await payments.graphql('{ receipts { receipts { paymentId } } }');
    expect(field.body.errors[0].extensions.code).toBe('plugin-unloaded');

    await payments.confirm(body.clientSecret, 'pk_test_browser');
    await eventually(
      () => payments.events('payment.succeeded.v1', body.id),
      (events) => events.length === 1,
    );
    await request(system.url, 'POST', '/plugins/load', { body: { name: 'simple-plugin' } });
    await eventually(
      () => request(system.url, 'GET', '/simple/receipts'),
      (answer) => JSON.stringify(answer.body).includes(body.id),
      10_000,
    );
  });

  it('refuses to unload a stranger', async () => {
    const answer = await request(system.url, 'POST', '/plugins/unload', { body: { name: 'nobody' } });
    expect(answer).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  it('an unloaded payment plugin refuses webhooks so that the provider tries again', async () => {
    await request(system.url, 'POST', '/plugins/unload', { body: { name: 'payment' } });
    const refused = await request(system.url, 'POST', '/webhooks/stripe', { raw: '{}' });
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).not.toBeNull();
    expect((await request(system.url, 'POST', '/plugins/load', { body: { name: 'payment' } })).status).toBe(
      200,
    );
    expect((await payments.create()).status).toBe(201);
  });
});
