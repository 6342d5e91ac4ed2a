import { request } from 'node:http';
import { trace } from '@opentelemetry/api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { apiHandler } from '#runtime/adapters/api.ts';
import { subscriptionHandler } from '#runtime/adapters/queue.ts';
import { createDocumentClient } from '#runtime/aws/documents.ts';
import { definePlugin } from '#runtime/contract/plugin.ts';
import { operation } from '#runtime/contract/operation.ts';
import { subscription } from '#runtime/contract/subscription.ts';
import { eventContract } from '#events/catalog/contract.ts';
import { startHttp, type TestHttp } from '#test/support/http-server.ts';
import { environment, lambdaContext, quietTelemetry } from '../support.ts';

interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly status: { readonly code?: number };
  readonly links?: readonly { readonly traceId: string }[];
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}

let collector: TestHttp;
let provider: TestHttp;
let sent: SentSpan[] = [];
let isDown = false;
beforeAll(async () => {
  collector = await startHttp((body) => {
    const { resourceSpans } = JSON.parse(body) as {
      resourceSpans: readonly { scopeSpans: readonly { spans: readonly SentSpan[] }[] }[];
    };
    sent.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)));
    return { status: isDown ? 503 : 200, body: {} };
  });
  provider = await startHttp((_body, { url }) => ({
    status: url.startsWith('/refuse') ? 402 : 200,
    body: {},
  }));
});
afterAll(() => Promise.all([collector.stop(), provider.stop()]));
beforeEach(() => {
  [sent, isDown] = [[], false];
});

const call = (url: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const outgoing = request(url, { method: 'POST' }, (response) => response.resume().on('end', resolve));
    outgoing.on('error', reject).end();
  });

const thing = eventContract({
  type: 'thing.done',
  version: '1.0.0',
  summary: 'Done',
  data: () => z.object({}),
});

const plugin = definePlugin({
  manifest: {
    name: 'shop',
    version: '1.0.0',
    description: 'Sells',
    author: 'test',
    operations: { buy: { http: { method: 'POST', path: '/buy/{id}' } } },
    events: { subscribes: { onThing: { type: 'thing.done', version: '^1.0.0' } } },
  },
  config: z.object({}),
  initialize: () => ({}),
});

const buy = operation({
  summary: 'Calls a provider and the database',
  input: z.object({ id: z.string(), path: z.string() }),
  output: z.object({ traceparent: z.optional(z.string()) }),
  errors: {},
  idempotency: 'none',
  async run({ input, traceparent }) {
    await call(`${provider.url}${input.path}`);
    const database = createDocumentClient({
      env: { AWS_ENDPOINT_URL: provider.url, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' },
    });
    await database.get({ TableName: 't', Key: { id: input.id } });
    const own = trace.getTracer('shop').startSpan('pack');
    own.setAttribute('note', 'paid with 4242 4242 4242 4242');
    own.end();
    return { traceparent };
  },
});

const traced = (variables: Readonly<Record<string, string>> = {}) => ({
  environment: environment({
    ANINEEPLUS_AUTH: 'none',
    ANINEEPLUS_PLUGIN: 'shop',
    ANINEEPLUS_TRACING: `${collector.url}/v1/traces`,
    ...variables,
  }),
  telemetry: quietTelemetry(),
});
const caller = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const event = (path: string, headers: Readonly<Record<string, string>> = {}) => ({
  version: '2.0',
  routeKey: 'POST /buy/{id}',
  rawPath: '/buy/7',
  headers,
  pathParameters: { id: '7' },
  queryStringParameters: { path },
  requestContext: { requestId: 'r1', http: { method: 'POST' } },
});
const attributeOf = ({ attributes }: SentSpan, key: string) =>
  Object.values(attributes.find((one) => one.key === key)?.value ?? {})[0];
const named = (name: string | RegExp) => {
  const found = sent.find((span) => (typeof name === 'string' ? span.name === name : name.test(span.name)));
  if (!found) throw new Error(`no span ${String(name)} among ${sent.map((span) => span.name).join(', ')}`);
  return found;
};

describe('tracing that is on', () => {
  it('makes one trace of a call and of the calls within, below the trace of the caller', async () => {
    const handler = apiHandler(plugin, { buy }, traced());
    const traceparent = `00-${caller.traceId}-${caller.spanId}-01`;
    const answer = await handler(event('/pay?key=sk_live_1', { traceparent }), lambdaContext);
    const root = named('shop.buy');
    expect(root).toMatchObject({ traceId: caller.traceId, parentSpanId: caller.spanId, kind: 2 });
    expect(attributeOf(root, 'http.route')).toBe('/buy/{id}');
    expect(attributeOf(root, 'http.response.status_code')).toBe(200);
    expect((answer as { headers: Record<string, string> }).headers['traceresponse']).toBe(
      `00-${caller.traceId}-${root.spanId}-01`,
    );
    for (const name of [/^POST 127/, 'DynamoDB.GetItem', 'pack'] as const) {
      expect(named(name)).toMatchObject({ traceId: caller.traceId, parentSpanId: root.spanId });
    }
    expect(named(/^POST 127/)).toMatchObject({ kind: 3 });
    expect(attributeOf(named(/^POST 127/), 'url.path')).toBe('/pay');
    expect(attributeOf(named('pack'), 'note')).toBe('paid with [redacted]');
    expect(JSON.stringify(sent)).not.toContain('sk_live_1');
    expect(sent).toHaveLength(4);
  });

  const told = operation({
    summary: 'Says what its call is about',
    input: z.object({ id: z.string(), path: z.string() }),
    output: z.object({}),
    errors: {},
    idempotency: 'none',
    async run({ input, span, traceparent }) {
      span.set({ 'thing.id': input.id, note: 'paid with 4242 4242 4242 4242' });
      span.link(madeIn);
      span.link(traceparent ?? '');
      span.link('not a traceparent');
      return {};
    },
  });
  const madeIn = `00-${caller.traceId.replace('0af', 'aaa')}-${caller.spanId}-01`;

  it('has what the operation says of its call: attributes, and links to other traces', async () => {
    const handler = apiHandler(plugin, { buy: told }, traced());
    expect(await handler(event('/pay'), lambdaContext)).toMatchObject({ statusCode: 200 });
    const root = named('shop.buy');
    expect(attributeOf(root, 'thing.id')).toBe('7');
    expect(attributeOf(root, 'note')).toBe('paid with [redacted]');
    expect(root.links?.map(({ traceId }) => traceId)).toEqual([madeIn.split('-')[1]]);
  });

  it('drops what the operation says where it is off', async () => {
    const options = { environment: environment({ ANINEEPLUS_AUTH: 'none', ANINEEPLUS_PLUGIN: 'shop' }) };
    const handler = apiHandler(plugin, { buy: told }, { ...options, telemetry: quietTelemetry() });
    expect(await handler(event('/pay'), lambdaContext)).toMatchObject({ statusCode: 200 });
    expect(sent).toEqual([]);
  });

  it('marks the calls that failed, and not the invocation that could do with it', async () => {
    await apiHandler(plugin, { buy }, traced())(event('/refuse'), lambdaContext);
    expect(named(/^POST 127/).status.code).toBe(2);
    expect(attributeOf(named(/^POST 127/), 'http.response.status_code')).toBe(402);
    expect(named('shop.buy').status.code).not.toBe(2);
  });

  it.each([
    ['the caller does not sample', { ANINEEPLUS_TRACING_RATIO: '1' }, '00'],
    ['the trace begins here, and none is to be sampled', { ANINEEPLUS_TRACING_RATIO: '0' }, undefined],
  ])('sends nothing where %s', async (_, variables, flags) => {
    const headers: Record<string, string> =
      flags === undefined ? {} : { traceparent: `00-${caller.traceId}-${caller.spanId}-${flags}` };
    const answer = await apiHandler(
      plugin,
      { buy },
      traced(variables),
    )(event('/pay', headers), lambdaContext);
    expect(answer).toMatchObject({ statusCode: 200 });
    expect(sent).toEqual([]);
  });

  it('answers as well when the collector does not take the spans, and warns once', async () => {
    isDown = true;
    const options = traced();
    const handler = apiHandler(plugin, { buy }, options);
    expect(await handler(event('/pay'), lambdaContext)).toMatchObject({ statusCode: 200 });
    expect(await handler(event('/pay'), lambdaContext)).toMatchObject({ statusCode: 200 });
    expect(options.telemetry.lines).toEqual([
      {
        level: 'warn',
        message: 'Spans could not be sent',
        fields: { error: 'Error: the endpoint answered 503' },
      },
    ]);
  });
});

describe('the events of a batch', () => {
  const message = (id: string, traceId: string) => ({
    messageId: id,
    body: JSON.stringify({
      detail: {
        id,
        type: 'thing.done.v1',
        occurredAt: '2026-11-30T00:00:00.000Z',
        tenant: 'default',
        aggregate: { type: 'thing', id },
        sequence: 1,
        cause: { kind: 'api', id: `request-${id}` },
        traceparent: `00-${traceId}-${caller.spanId}-01`,
        data: {},
      },
    }),
  });
  const handle = subscription<typeof thing, object>({
    event: thing,
    async handle({ log }) {
      log.info('Handled');
      await call(`${provider.url}/ship`);
    },
  });

  it('belong to the trace of their publisher, as the invocation does where they share it', async () => {
    const options = traced();
    const handler = subscriptionHandler(plugin, 'onThing', handle, options);
    await handler({ Records: [message('m1', caller.traceId)] }, lambdaContext);
    expect(sent.map(({ traceId }) => traceId)).toEqual([caller.traceId, caller.traceId]);
    expect(named('shop.onThing')).toMatchObject({ kind: 5, parentSpanId: caller.spanId });
    expect(named(/^POST/).parentSpanId).toBe(named('shop.onThing').spanId);
  });

  it('have a span each in its own trace where they do not, with that trace on their log lines', async () => {
    const options = traced();
    const handler = subscriptionHandler(plugin, 'onThing', handle, options);
    const other = caller.traceId.replace('0af', 'fff');
    await handler({ Records: [message('m1', caller.traceId), message('m2', other)] }, lambdaContext);
    const batch = named('shop.onThing');
    expect([caller.traceId, other]).not.toContain(batch.traceId);
    for (const traceId of [caller.traceId, other]) {
      const [process, client] = ['process thing.done.v1', /^POST/].map((name) =>
        sent.find((span) => span.traceId === traceId && span.name.match(name) !== null),
      );
      expect(process?.links).toMatchObject([{ traceId: batch.traceId }]);
      expect(client?.parentSpanId).toBe(process?.spanId);
    }
    expect(options.telemetry.lines.map(({ fields }) => fields)).toEqual([
      { traceId: caller.traceId, correlationId: 'request-m1' },
      { traceId: other, correlationId: 'request-m2' },
    ]);
  });
});
