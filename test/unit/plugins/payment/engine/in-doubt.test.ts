import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PaymentProvider } from '../../../../../plugins/payment/providers/provider.ts';
import { ProviderError } from '../../../../../plugins/payment/providers/provider-error.ts';
import { type Bench, intentObject, startBench } from '../bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench?.stop());
beforeEach(() => bench.mark());
afterEach(() => bench.control('DELETE', '/faults'));

const input = { amount: 7, currency: 'usd' };
const LOCK_MS = 30_000;
const cut = (path: string, after: boolean) => ({ method: 'POST', path, times: 20, reset: true, after });
const posts = async () => (await bench.requests()).filter(({ method }) => method === 'POST');
const keysSent = async () => new Set((await posts()).map(({ idempotencyKey }) => idempotencyKey));

/** A provider whose method acts (or not) and then takes the whole invocation down with it. */
const crashing = (method: 'create' | 'capture' | 'cancel', acts: boolean) => (inner: PaymentProvider) => ({
  ...inner,
  [method]: async (...args: never[]) => {
    if (acts) await (inner[method] as (...all: never[]) => Promise<unknown>)(...args);
    throw new Error('crash');
  },
});

const authorized = async () => {
  const card = { paymentMethodId: 'pm_card_visa', confirm: true, captureMethod: 'manual' };
  return (await bench.call('createPayment', { ...input, ...card })).body.id;
};

describe.each([
  ['before', false],
  ['after', true],
])('a create whose answer is lost %s Stripe acted', (_when, after) => {
  const doubtful = async (key?: string) => {
    await bench.control('POST', '/faults', [cut('/v1/payment_intents', after)]);
    const answer = await bench.call('createPayment', input, key === undefined ? {} : { key });
    await bench.control('DELETE', '/faults');
    expect(answer).toMatchObject({
      status: 202,
      body: { status: 'initiating', operation: { kind: 'create', status: 'in_doubt' } },
      headers: { Location: `/payments/${answer.body.id}`, 'Retry-After': '2' },
    });
    return answer.body;
  };

  it('is in doubt, and the same key converges with the same provider key', async () => {
    const key = randomUUID();
    const { id } = await doubtful(key);
    const settled = await bench.call('createPayment', input, { key });
    expect(settled).toMatchObject({ status: 201, body: { id, status: 'requires_action' } });
    expect(settled.body.clientSecret).toMatch(/_secret_/);
    expect(await keysSent()).toHaveProperty('size', 1);
    const replay = await bench.call('createPayment', input, { key });
    expect(replay).toMatchObject({
      status: 201,
      body: settled.body,
      headers: { 'Idempotent-Replayed': 'true' },
    });
    expect(await bench.items(id, 'EVT#')).toMatchObject([
      { events: [{ type: 'payment.in_doubt.v1', sequence: 1 }] },
      {
        events: [
          { type: 'payment.created.v1', sequence: 2, eventsInChange: 2 },
          { type: 'payment.requires_action.v1', sequence: 2, eventsInChange: 2 },
        ],
      },
    ]);
  });

  it('is settled by verify without a key', async () => {
    const { id } = await doubtful();
    const verified = await bench.call('verifyPayment', { id });
    expect(verified).toMatchObject({ status: 200, body: { id, status: 'requires_action' } });
    expect(await keysSent()).toHaveProperty('size', 1);
  });
});

it('a webhook settles a create in doubt, and the key then answers from that', async () => {
  const key = randomUUID();
  await bench.control('POST', '/faults', [cut('/v1/payment_intents', true)]);
  const { body } = await bench.call('createPayment', input, { key });
  await bench.control('DELETE', '/faults');
  const provider = await bench.services.provider('stripe');
  const found = await provider.find({ paymentId: body.id, createdAt: body.createdAt }, { budgetMs: 5000 });
  const object = { ...intentObject(body), id: found?.ref };
  await bench.deliver(bench.event('payment_intent.created', object));
  expect((await bench.call('getPayment', { id: body.id })).body).toMatchObject({
    status: 'requires_action',
    providerRef: found?.ref,
    operation: { status: 'succeeded' },
  });
  const answer = await bench.call('createPayment', input, { key });
  expect(answer).toMatchObject({ status: 201, body: { id: body.id } });
  expect(answer.body.clientSecret).toMatch(/_secret_/);
});

describe.each([
  ['before', false],
  ['after', true],
])('a create that crashes %s Stripe acted', (_when, acts) => {
  it('is 409 while the lock holds, then resumes with the same provider key', async () => {
    const key = randomUUID();
    const crash = bench.with({ provider: crashing('create', acts) });
    await expect(crash.call('createPayment', input, { key })).rejects.toThrow('crash');
    expect(await bench.call('createPayment', input, { key })).toMatchObject({
      status: 409,
      body: { code: 'idempotency-in-progress' },
    });
    bench.skip(LOCK_MS);
    const parallel = await Promise.all(
      Array.from({ length: 5 }, () => bench.call('createPayment', input, { key })),
    );
    const settled = parallel.filter(({ status }) => status === 201);
    expect(settled.length).toBeGreaterThan(0);
    expect(parallel.every(({ status }) => status === 201 || status === 409)).toBe(true);
    expect(new Set(settled.map(({ body }) => body.providerRef)).size).toBe(1);
    expect(await keysSent()).toHaveProperty('size', 1);
  });

  it('is looked for before anything is sent once Stripe may have forgotten the key', async () => {
    const key = randomUUID();
    const crash = bench.with({ provider: crashing('create', acts) });
    await expect(crash.call('createPayment', input, { key })).rejects.toThrow('crash');
    bench.skip(21 * 3_600_000);
    await bench.mark();
    expect((await bench.call('createPayment', input, { key })).status).toBe(201);
    expect((await posts()).length).toBe(acts ? 0 : 1);
    bench.skip(-21 * 3_600_000);
  });
});

it('takes a new provider key only after a replayed 500 and a look that finds nothing', async () => {
  const key = randomUUID();
  let replays = 0;
  const stuck = bench.with({
    provider: (inner) => ({
      ...inner,
      create: async (request, call) => {
        if (call.idempotencyKey?.endsWith('-a2')) return inner.create(request, call);
        replays += 1;
        throw new ProviderError({ class: 'unknown', code: 'api_error', replayed: replays > 1 });
      },
    }),
  });
  expect((await stuck.call('createPayment', input, { key })).status).toBe(202);
  const settled = await stuck.call('createPayment', input, { key });
  expect(settled.status).toBe(201);
  expect(await bench.items(settled.body.id, 'PAY')).toMatchObject([
    { operation: { attempt: 2, providerKey: expect.stringMatching(/-create-a2$/), status: 'succeeded' } },
  ]);
});

describe.each(['capture', 'cancel'] as const)('a %s', (kind) => {
  const operation = `${kind}Payment`;
  const wanted = kind === 'capture' ? 'succeeded' : 'canceled';

  it.each([false, true])('in doubt (Stripe acted: %s) converges by its key', async (after) => {
    const id = await authorized();
    const key = randomUUID();
    await bench.mark();
    await bench.control('POST', '/faults', [cut(`/${kind}`, after)]);
    const doubtful = await bench.call(operation, { id }, { key });
    expect(doubtful).toMatchObject({
      status: 202,
      body: { status: 'authorized', operation: { kind, status: 'in_doubt' } },
    });
    await bench.control('DELETE', '/faults');
    expect(await bench.call(operation, { id }, { key })).toMatchObject({
      status: 200,
      body: { status: wanted },
    });
    expect(await keysSent()).toHaveProperty('size', 1);
    expect(await bench.call(operation, { id }, { key })).toMatchObject({
      headers: { 'Idempotent-Replayed': 'true' },
    });
  });

  it('in doubt is settled by verify when Stripe acted', async () => {
    const id = await authorized();
    await bench.control('POST', '/faults', [cut(`/${kind}`, true)]);
    await bench.call(operation, { id });
    await bench.control('DELETE', '/faults');
    const verified = await bench.call('verifyPayment', { id });
    expect(verified.body).toMatchObject({ status: wanted, operation: { kind, status: 'succeeded' } });
  });

  it('that crashed before it was sent is given up after a minute, and what it had reserved is free again', async () => {
    const id = await authorized();
    const key = randomUUID();
    const crash = bench.with({ provider: crashing(kind, false) });
    await expect(crash.call(operation, { id }, { key })).rejects.toThrow('crash');
    expect(await bench.call('cancelPayment', { id })).toMatchObject({
      body: { code: 'operation-in-progress' },
    });
    bench.skip(LOCK_MS);
    expect(await bench.call('cancelPayment', { id })).toMatchObject({
      body: { code: 'operation-in-progress' },
    });
    bench.skip(61_000);
    const verified = await bench.call('verifyPayment', { id });
    expect(verified.body).toMatchObject({
      status: 'authorized',
      capturableMinor: 700,
      operation: { status: 'failed' },
    });
    expect(await bench.call(operation, { id }, { key })).toMatchObject({ status: 503 });
    expect(await bench.call(operation, { id }, { key })).toMatchObject({
      status: 200,
      body: { status: wanted },
    });
  });

  it('that crashed after Stripe acted is found by whoever comes next', async () => {
    const id = await authorized();
    const crash = bench.with({ provider: crashing(kind, true) });
    await expect(crash.call(operation, { id })).rejects.toThrow('crash');
    bench.skip(LOCK_MS);
    expect(await bench.call(operation, { id })).toMatchObject({
      status: 409,
      body: { code: 'invalid-state' },
    });
    expect((await bench.call('getPayment', { id })).body).toMatchObject({ status: wanted });
  });
});

it('an answer that contradicts the payment flags it and never makes it succeed', async () => {
  const key = randomUUID();
  const wrong = bench.with({
    provider: (inner) => ({
      ...inner,
      create: async (request, call) => ({
        ...(await inner.create(request, call)),
        amountMinor: 1,
        status: 'succeeded',
      }),
    }),
  });
  const answer = await wrong.call<{ paymentId: string }>('createPayment', input, { key });
  expect(answer).toMatchObject({ status: 502, body: { code: 'provider-mismatch' } });
  const { body } = await bench.call('getPayment', { id: answer.body.paymentId });
  expect(body).toMatchObject({ status: 'failed', flags: ['mismatch'], capturedMinor: 0 });
  expect(await bench.items(body.id, 'EVT#')).toMatchObject([
    {
      events: [{ type: 'payment.mismatch.v1', data: { field: 'amount', expected: '700', actual: '1' } }, {}],
    },
  ]);
});
