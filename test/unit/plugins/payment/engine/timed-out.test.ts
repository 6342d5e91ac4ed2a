import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { apiHandler } from '#runtime/adapters/api.ts';
import type { HttpResponse } from '#runtime/adapters/http-event.ts';
import { environment, httpEvent, invokedBy, quietTelemetry } from '#test/unit/functions/runtime/support.ts';
import { operations } from '../../../../../plugins/payment/operations.ts';
import { plugin } from '../../../../../plugins/payment/plugin.ts';
import type { Services } from '../../../../../plugins/payment/services.ts';
import { type Bench, startBench } from '../bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
  // The SDK is loaded by the first call, which under load takes what the others need.
  await bench.call('createPayment', amount);
});
afterAll(() => bench?.stop());
afterEach(() => bench.control('DELETE', '/faults'));

const TIMEOUT_MS = 5_000;
const hangs = () => new Promise<never>(() => {});

/** A context that counts down, as Lambda's does. */
function contextOf(timeoutMs: number): Context {
  const endsAt = Date.now() + timeoutMs;
  return {
    ...invokedBy('live'),
    awsRequestId: randomUUID(),
    getRemainingTimeInMillis: () => endsAt - Date.now(),
  };
}

/** A call over HTTP, through the whole pipeline. */
async function call(
  route: string,
  body: unknown,
  {
    services = bench.services,
    key,
    path,
  }: { services?: Services; key?: string; path?: Record<string, string> } = {},
) {
  const handler = apiHandler({ ...plugin, config: z.object({}), initialize: () => services }, operations, {
    environment: environment({ ANINEEPLUS_AUTH: 'none' }),
    telemetry: quietTelemetry(),
  });
  const event = httpEvent(route, {
    body: JSON.stringify(body),
    anonymous: true,
    ...(path && { path }),
    ...(key !== undefined && { headers: { 'idempotency-key': key } }),
  });
  const startedAt = Date.now();
  const { statusCode, headers, body: text } = (await handler(event, contextOf(TIMEOUT_MS))) as HttpResponse;
  expect(Date.now() - startedAt).toBeLessThan(TIMEOUT_MS);
  return { status: statusCode, headers, json: JSON.parse(text) };
}

const amount = { amount: 7, currency: 'usd' };
/** Where nothing can be written any more once the intent is. */
const stalled = (): Services => ({
  ...bench.services,
  store: {
    ...bench.services.store,
    write: (write, records) => {
      const { before, after } = write.change ?? {};
      const isIntent = after !== undefined && before?.operation.id !== after.operation.id;
      return isIntent ? bench.services.store.write(write, records) : hangs();
    },
  },
});
const paid = async () => {
  const card = { paymentMethodId: 'pm_card_visa', confirm: true };
  return (await bench.call('createPayment', { ...amount, ...card })).body.id;
};

describe('a payment call whose time is up after its intent was written', () => {
  it('is in doubt when the provider hangs, and converges under its key', async () => {
    const key = randomUUID();
    await bench.control('POST', '/faults', [{ path: '/v1/payment_intents', times: 5, delayMs: 6_000 }]);
    const doubtful = await call('POST /payments', amount, { key });
    expect(doubtful).toMatchObject({
      status: 202,
      headers: { location: `/payments/${doubtful.json.id}`, 'retry-after': '2' },
      json: { status: 'initiating', operation: { kind: 'create', status: 'in_doubt' } },
    });
    await bench.control('DELETE', '/faults');
    // Until Stripe has done with the first request, it answers that the key is in use.
    const again = () => bench.call('createPayment', amount, { key, subject: 'anonymous' });
    await expect
      .poll(again, { timeout: 20_000, interval: 500 })
      .toMatchObject({ status: 201, body: { id: doubtful.json.id } });
  });

  it('is in doubt when an adapter does not keep to its limit', async () => {
    const { services } = bench.with({ provider: (inner) => ({ ...inner, create: hangs }) });
    const doubtful = await call('POST /payments', amount, { services });
    expect(doubtful).toMatchObject({ status: 202, json: { operation: { status: 'in_doubt' } } });
    expect(await bench.services.store.get(doubtful.json.id)).toMatchObject({
      operation: { status: 'in_doubt' },
    });
  });

  // Each waits for the end of a call; a clock that another has moved on ends no call.
  it.concurrent('is in doubt when the database hangs after the provider has answered', async () => {
    const key = randomUUID();
    const doubtful = await call('POST /payments', amount, { services: stalled(), key });
    expect(doubtful).toMatchObject({
      status: 202,
      headers: { location: `/payments/${doubtful.json.id}`, 'retry-after': '2' },
      json: { operation: { kind: 'create', status: 'in_doubt' } },
    });
    bench.skip(TIMEOUT_MS + 2_000);
    const again = await bench.call('createPayment', amount, { key, subject: 'anonymous' });
    expect(again).toMatchObject({ status: 201, body: { id: doubtful.json.id, status: 'requires_action' } });
  });

  it.concurrent('is in doubt for the retry too, as long as the database hangs', async () => {
    const key = randomUUID();
    const first = await call('POST /payments', amount, { services: stalled(), key });
    bench.skip(TIMEOUT_MS + 2_000);
    const second = await call('POST /payments', amount, { services: stalled(), key });
    expect(second).toMatchObject({ status: 202, headers: { location: `/payments/${first.json.id}` } });
  });

  it.concurrent('holds for a capture', async () => {
    const card = { paymentMethodId: 'pm_card_visa', confirm: true, captureMethod: 'manual' };
    const { id } = (await bench.call('createPayment', { ...amount, ...card })).body;
    const answer = await call('POST /payments/{id}/capture', {}, { services: stalled(), path: { id } });
    expect(answer).toMatchObject({
      status: 202,
      headers: { location: `/payments/${id}` },
      json: { id, operation: { kind: 'capture', status: 'in_doubt' } },
    });
  });

  it.concurrent('holds for a refund', async () => {
    const id = await paid();
    const answer = await call('POST /payments/{id}/refunds', {}, { services: stalled(), path: { id } });
    expect(answer).toMatchObject({
      status: 202,
      headers: { location: `/payments/${id}/refunds`, 'retry-after': '2' },
      json: { paymentId: id, status: 'in_doubt' },
    });
  });

  it.concurrent('holds for a customer', async () => {
    const working = bench.services.customers;
    let writes = 0;
    const customers = {
      ...working,
      write: (...given: Parameters<typeof working.write>) =>
        ++writes === 1 ? working.write(...given) : hangs(),
    };
    const answer = await call('POST /customers', {}, { services: { ...bench.services, customers } });
    expect(answer).toMatchObject({
      status: 202,
      headers: { location: `/customers/${answer.json.id}`, 'retry-after': '2' },
      json: { operation: { kind: 'create', status: 'in_doubt' } },
    });
  });
});

describe('a payment call whose time is up before its intent is known to be written', () => {
  it('is a 503 that says when to come again', async () => {
    const services = { ...bench.services, store: { ...bench.services.store, write: hangs } };
    expect(await call('POST /payments', amount, { services, key: randomUUID() })).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1', 'content-type': 'application/problem+json' },
      json: { code: 'timed-out' },
    });
  });
});
