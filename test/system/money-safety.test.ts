import { createHmac, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Json, eventually, request } from '#testing/client.ts';
import { paymentsOf } from '../support/payments.ts';
import { parsePrometheus } from '../support/prometheus.ts';
import { type System, startSystem } from '../support/system.ts';

let system: System;
let payments: ReturnType<typeof paymentsOf>;

beforeAll(async () => {
  system = await startSystem({ args: ['--verbose'] });
  payments = paymentsOf(system);
});
afterAll(() => system?.stop());
afterEach(async () => {
  await payments.sandbox('DELETE', '/faults');
  await payments.sandbox('POST', '/webhooks', { mode: 'auto' });
});

/** PaymentIntents that the provider really has for one payment. */
async function intentsFor(paymentId: string): Promise<number> {
  const secrets = readFileSync(join(system.stateDir, 'sandboxes.json'), 'utf8');
  const secretKey = /sk_test_\w+/.exec(secrets)?.[0] ?? '';
  const { body } = await request(system.sandbox('stripe'), 'GET', '/v1/payment_intents?limit=100', {
    headers: { authorization: `Bearer ${secretKey}` },
  });
  return body.data.filter((intent: Json) => intent.metadata.payment_id === paymentId).length;
}

describe('idempotency', () => {
  it('twenty parallel creates with one key make one payment and one PaymentIntent', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => payments.create({ amount: 12, currency: 'usd' }, key)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(
      new Set(answers.some(({ status }) => status === 409) ? [201, 409] : [201]),
    );
    const ids = new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body.id));
    expect(ids.size).toBe(1);
    expect(await intentsFor([...ids][0])).toBe(1);

    const replay = await payments.create({ amount: 12, currency: 'usd' }, key);
    expect(replay.status).toBe(201);
    expect(replay.headers.get('idempotent-replayed')).toBe('true');
    expect(replay.body.clientSecret).toMatch(/_secret_/);

    const other = await payments.create({ amount: 13, currency: 'usd' }, key);
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
  });
});

describe('an answer that never arrives', () => {
  it('is in doubt, and the same key finds the same payment', async () => {
    await payments.sandbox('POST', '/faults', [
      { method: 'POST', path: '/v1/payment_intents', times: 5, reset: true, after: true },
    ]);
    const key = { 'idempotency-key': randomUUID() };
    const doubtful = await payments.create({ amount: 7, currency: 'usd' }, key);
    expect(doubtful).toMatchObject({
      status: 202,
      body: { operation: { kind: 'create', status: 'in_doubt' } },
    });
    expect(doubtful.headers.get('location')).toBe(`/payments/${doubtful.body.id}`);
    expect(doubtful.headers.get('retry-after')).not.toBeNull();

    await payments.sandbox('DELETE', '/faults');
    const settled = await eventually(
      () => payments.create({ amount: 7, currency: 'usd' }, key),
      ({ status }) => status === 201 || status === 202,
    );
    expect(settled.body.id).toBe(doubtful.body.id);
    await eventually(
      () => payments.api('POST', `/payments/${doubtful.body.id}/verify`),
      ({ body }) => body.status === 'requires_action',
    );
    expect(await intentsFor(doubtful.body.id)).toBe(1);
  });
});

describe('webhooks', () => {
  it('ten parallel deliveries of one event and a reversed order end in the same state', async () => {
    await payments.sandbox('POST', '/webhooks', { mode: 'hold' });
    const { body } = await payments.create();
    await payments.confirm(body.clientSecret, 'pk_test_browser');
    await payments.sandbox('POST', '/webhooks', { mode: 'reverse' });
    await payments.sandbox('POST', '/webhooks/flush');
    await payments.status(body.id, 'succeeded');

    const { body: listed } = await payments.sandbox('GET', '/webhooks');
    const ours = listed.deliveries.filter((delivery: Json) =>
      JSON.stringify(delivery).includes(body.providerRef),
    );
    expect(ours.length).toBeGreaterThan(1);
    await Promise.all(
      Array.from({ length: 10 }, () => payments.sandbox('POST', '/webhooks/resend', { id: ours[0]?.id })),
    );
    const log = (await payments.transactions(body.id)).body.transactions;
    expect(log.map((entry: Json) => entry.to)).toEqual(['initiating', 'requires_action', 'succeeded']);
    const events = await eventually(
      () => payments.events('payment.', body.id),
      (all) => all.length >= 3,
    );
    const sequences = [...new Set(events.map(({ detail }) => detail.sequence))].sort((a, b) => a - b);
    expect(sequences).toEqual(sequences.map((_, index) => index + 1));
    expect(new Set(events.map(({ detail }) => detail.id)).size).toBe(events.length);
  });

  it.each([
    ['no header', () => ({})],
    ['an empty header', () => ({ 'stripe-signature': '' })],
    ['a wrong secret', (body: string) => signed(body, 'whsec_wrong')],
    ['a ten minute old timestamp', (body: string, secret: string) => signed(body, secret, -600)],
    ['a timestamp in the future', (body: string, secret: string) => signed(body, secret, 600)],
    ['an altered byte', (body: string, secret: string) => signed(`${body} `, secret)],
  ])('refuses %s with 400 and stores nothing', async (_name, headersFor) => {
    const { body } = await payments.create();
    const secret = (await payments.sandbox('GET', '/signing')).body.secrets[0] as string;
    const event = JSON.stringify({
      id: `evt_${randomUUID()}`,
      object: 'event',
      type: 'payment_intent.succeeded',
      livemode: false,
      data: { object: { id: body.providerRef, object: 'payment_intent', metadata: { payment_id: body.id } } },
    });
    const answer = await request(system.url, 'POST', '/webhooks/stripe', {
      raw: event,
      headers: headersFor(event, secret),
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-signature' } });
    expect((await payments.get(body.id)).body.version).toBe(body.version);
  });

  it.each([
    ['of the other mode', { livemode: true }],
    ['of a connected account', { livemode: false, account: 'acct_connected' }],
  ])('refuses a genuine event %s with 400', async (_name, more) => {
    const secret = (await payments.sandbox('GET', '/signing')).body.secrets[0] as string;
    const object = { id: 'pi_1', object: 'payment_intent', metadata: {} };
    const type = 'payment_intent.succeeded';
    const event = JSON.stringify({
      id: `evt_${randomUUID()}`,
      object: 'event',
      type,
      ...more,
      data: { object },
    });
    const answer = await request(system.url, 'POST', '/webhooks/stripe', {
      raw: event,
      headers: signed(event, secret),
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'webhook-unusable' } });
  });

  it('takes a genuine signature, and a body over the bound is 413', async () => {
    const secret = (await payments.sandbox('GET', '/signing')).body.secrets[0] as string;
    const foreign = JSON.stringify({
      id: `evt_${randomUUID()}`,
      object: 'event',
      type: 'customer.created',
      livemode: false,
      data: { object: { id: 'cus_1', object: 'customer' } },
    });
    const fine = await request(system.url, 'POST', '/webhooks/stripe', {
      raw: foreign,
      headers: signed(foreign, secret),
    });
    expect(fine).toMatchObject({ status: 200, body: { outcome: 'ignored' } });
    const large = await request(system.url, 'POST', '/webhooks/stripe', { raw: 'x'.repeat(600_000) });
    expect(large.status).toBe(413);
  });
});

describe('a provider that is away', () => {
  const alarms = async (state: string): Promise<Json[]> =>
    (await request(system.url, 'GET', `/dev/alarms?state=${state}&plugin=payment`)).body.alarms;
  const names = async (state: string) => (await alarms(state)).map(({ alarm }) => alarm as string);
  const health = async () => {
    const { body } = await request(system.url, 'GET', '/plugins/health');
    return body.plugins.find(({ name }: Json) => name === 'payment').health.status as string;
  };

  it('sets off the alarm on providers, is in the health, and both are over when it is back', async () => {
    // The webhooks that were refused before are an alarm of their own.
    await request(system.url, 'POST', '/dev/clock', { body: { advance: '10m' } });
    expect(await names('ALARM')).toEqual([]);
    const since = (await request(system.url, 'GET', '/dev/alarms')).body.notifications.length as number;
    await payments.sandbox('POST', '/faults', [{ path: '/', times: 1000, reset: true }]);
    for (let call = 0; call < 3; call += 1) expect((await payments.create()).status).toBe(202);
    expect(
      await eventually(
        () => names('ALARM'),
        (on) => on.includes('provider_errors'),
      ),
    ).toEqual(['provider_errors']);
    const [alarm] = await alarms('ALARM');
    expect(alarm).toMatchObject({
      name: 'anineeplus-local-payment-provider_errors',
      condition: 'payment.provider.unknown >= 3',
      runbook: 'plugins/payment/README.md#alarm-provider_errors',
    });
    expect(alarm.datapoints[0].value).toBeGreaterThanOrEqual(3);
    await eventually(health, (status) => status !== 'healthy');

    await payments.sandbox('DELETE', '/faults');
    await request(system.url, 'POST', '/dev/clock', { body: { advance: '10m' } });
    expect(await names('ALARM')).toEqual([]);
    expect((await payments.create()).status).toBe(201);
    await eventually(health, (status) => status === 'healthy');
    const { notifications } = (await request(system.url, 'GET', '/dev/alarms')).body;
    const told = notifications.slice(since).map(({ alarm: name, to }: Json) => [name, to]);
    expect(told).toEqual([
      ['anineeplus-local-payment-provider_errors', 'ALARM'],
      ['anineeplus-local-payment-provider_errors', 'OK'],
    ]);
  });

  it('is counted by what Prometheus reads', async () => {
    const answer = await fetch(`${system.url}/dev/metrics`);
    expect(answer.headers.get('content-type')).toContain('version=0.0.4');
    const families = parsePrometheus(await answer.text());
    const family = (name: string) => families.find((one) => one.name === name);
    expect(family('payment_provider_unknown_total')).toMatchObject({ type: 'COUNTER' });
    expect(family('payment_provider_unknown_total')?.metrics[0]?.labels).toEqual({
      plugin: 'payment',
      provider: 'stripe',
    });
    expect(family('plugin_operation_duration_seconds')).toMatchObject({ type: 'HISTOGRAM' });
    expect(family('aws_lambda_invocations_total')?.metrics.length).toBeGreaterThan(1);
  });
});

function signed(body: string, secret: string, ageSeconds = 0): Record<string, string> {
  const timestamp = Math.floor(Date.now() / 1000) + ageSeconds;
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return { 'stripe-signature': `t=${timestamp},v1=${signature}` };
}

describe('what a run has written', () => {
  const CARD = '4242424242424242';

  /** What anybody may read. */
  const OPEN = /publishableKey|clientId|webhookId/;

  /** Every answer under /dev that can be had without an id, and the details of every trace. */
  async function developerAnswers(): Promise<readonly string[]> {
    const list = ['events', 'invocations', 'traces', 'queues', 'resources', 'permissions', 'faults', 'clock'];
    const { body } = await request(system.url, 'GET', '/dev/traces');
    const paths = [...list, ...body.traces.map(({ id }: Json) => `traces/${id}`)];
    return Promise.all(
      paths.map(async (path) => `${path} ${await (await fetch(`${system.url}/dev/${path}`)).text()}`),
    );
  }

  it('holds no key, token, client secret or card number', async () => {
    const stripe = await payments.create();
    await payments.confirm(stripe.body.clientSecret, 'pk_test_browser');
    await payments.status(stripe.body.id, 'succeeded');
    const paypal = await payments.create({ amount: 9, currency: 'usd', provider: 'paypal' });
    await payments.approve(paypal.body.providerRef);
    await payments.status(paypal.body.id, 'succeeded');
    const refused = await payments.create({ amount: 9, currency: 'usd', description: `card ${CARD}` });
    expect(refused.status).toBe(400);
    const minted = await request(system.url, 'POST', '/dev/token', { body: { sub: 'grep' } });
    const authorization = { authorization: `Bearer ${minted.body.token}` };
    expect((await payments.create({ amount: 9, currency: 'usd' }, authorization)).status).toBe(201);

    const keys = Object.entries(
      JSON.parse(readFileSync(join(system.stateDir, 'sandboxes.json'), 'utf8')) as Record<string, string>,
    ).flatMap(([name, value]) => (OPEN.test(name) ? [] : [value]));
    const secrets = [...keys, stripe.body.clientSecret, minted.body.token, CARD];
    expect(secrets).toHaveLength(6);
    const tables = readdirSync(system.stateDir).filter((file) => file.startsWith('dynamodb.sqlite'));
    const written = [
      `terminal ${system.output()}`,
      ...(await developerAnswers()),
      ...tables.map((file) => `${file} ${readFileSync(join(system.stateDir, file), 'latin1')}`),
    ];
    expect(written[0]).toContain('"correlationId"');
    expect(tables.length).toBeGreaterThan(0);
    expect(written.length).toBeGreaterThan(20);
    const leaks = written.flatMap((text) =>
      secrets.flatMap((secret) =>
        text.includes(secret) ? [`${secret.slice(0, 10)}... in ${text.split(' ')[0]}`] : [],
      ),
    );
    expect(leaks).toEqual([]);
  });
});
