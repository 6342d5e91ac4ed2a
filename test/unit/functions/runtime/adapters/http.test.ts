import { describe, expect, it } from 'vitest';
import { apiHandler } from '#runtime/adapters/api.ts';
import type { HttpResponse } from '#runtime/adapters/http-event.ts';
import {
  environment,
  httpEvent,
  lambdaContext,
  probe,
  probeOperations,
  quietTelemetry,
  securityHeaders,
} from '../support.ts';

const make = (variables: Record<string, string> = {}) =>
  apiHandler(probe(), probeOperations, { environment: environment(variables), telemetry: quietTelemetry() });

async function call(event: unknown, handler = make()) {
  const response = (await handler(event, lambdaContext)) as HttpResponse;
  return { ...response, json: JSON.parse(response.body) };
}
const post = (body: string, rest: Parameters<typeof httpEvent>[1] = {}) =>
  call(httpEvent('POST /echo/{id}', { body, path: { id: 'a' }, ...rest }));

describe('an HTTP call', () => {
  it('hands path, query and body to the operation as one input', async () => {
    const { statusCode, headers, json } = await post('{"amount":10.50}', {
      query: { limit: '7', exact: 'true' },
    });
    expect(statusCode).toBe(201);
    expect(headers).toEqual({
      ...securityHeaders,
      'content-type': 'application/json',
      'x-request-id': 'req-1',
      traceresponse: json.traceparent,
      location: '/echo/1',
    });
    expect(json.got).toEqual({ amount: 10.5, limit: 7, exact: true, id: 'a' });
    expect(json.caller).toEqual({ subject: 'me', tenant: 't1', scopes: ['probe:write', 'probe:read'] });
    expect(json.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/);
  });

  it('keeps a query value a text where the schema takes texts', async () => {
    const { json } = await call(httpEvent('GET /echo', { query: { id: '12', amount: '0.10' } }));
    expect(json.got).toEqual({ id: '12', amount: '0.10' });
  });

  it.each([
    ['a form content type', '{"amount":1}', false],
    ['base64', Buffer.from('{"amount":1}').toString('base64'), true],
  ])('reads JSON sent as %s', async (_, body, isBase64Encoded) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const { json } = await post(body, { headers, isBase64Encoded });
    expect(json.got.amount).toBe(1);
  });

  it('takes no body as an empty object', async () => {
    expect((await call(httpEvent('POST /echo/{id}', { path: { id: 'a' } }))).statusCode).toBe(201);
  });

  it.each([
    ['{"amount":', 400, 'malformed-json'],
    ['[1]', 400, 'invalid-request'],
    ['null', 400, 'invalid-request'],
    ['{"__proto__":{"a":1}}', 400, 'invalid-request'],
    ['{"meta":{"constructor":1}}', 400, 'invalid-request'],
    [`{"meta":{"a":${'['.repeat(40)}${']'.repeat(40)}}}`, 400, 'invalid-request'],
    ['{"amount":0.1000000000000000055}', 400, 'invalid-request'],
    ['{"amount":90071992547409931}', 400, 'invalid-request'],
    ['{"amount":1e999}', 400, 'invalid-request'],
    ['{"id":"b"}', 400, 'invalid-request'],
    ['{"amount":true}', 400, 'invalid-request'],
    [`{"amount":"${'x'.repeat(1_100_000)}"}`, 413, 'payload-too-large'],
  ])('refuses body number %#', async (body, status, code) => {
    const { statusCode, headers, json } = await post(body);
    expect([statusCode, json.status, json.code]).toEqual([status, status, code]);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(json).toMatchObject({
      type: `https://anineeplus.dev/problems/${code}`,
      instance: '/echo/{id}',
      requestId: 'req-1',
    });
  });

  it('names what does not fit, without repeating values', async () => {
    const { json, body } = await post('{"limit":"4111111111111111","nope":1}');
    expect(json.errors).toEqual([
      { path: 'limit', message: 'must be of type number' },
      { path: 'nope', message: 'is not known here' },
    ]);
    expect(body).not.toContain('4111');
  });

  it('takes null for an optional member as left out', async () => {
    const { statusCode, json } = await post('{"amount":1,"limit":null,"meta":{"a":null}}');
    expect(statusCode).toBe(201);
    expect(json.got).toEqual({ amount: 1, id: 'a', meta: { a: null } });
  });

  it('answers 404 on a route that no operation has', async () => {
    expect((await call(httpEvent('GET /nowhere'))).json.code).toBe('not-found');
  });

  it('demands the scope', async () => {
    const { json, headers } = await post('{}', { scope: 'probe:read' });
    expect(json).toMatchObject({ status: 403, code: 'forbidden' });
    expect(headers).toMatchObject({
      ...securityHeaders,
      'www-authenticate': 'Bearer error="insufficient_scope"',
    });
  });

  it('may say itself how long its answer may be cached, in whatever case it writes the name', async () => {
    const headers = { 'Cache-Control': 'max-age=60' };
    const echo = { ...probeOperations.echo, run: async () => ({ status: 200, body: {}, headers }) };
    const handler = apiHandler(
      probe(),
      { ...probeOperations, echo },
      { environment: environment(), telemetry: quietTelemetry() },
    );
    const answer = await call(httpEvent('POST /echo/{id}', { path: { id: 'a' } }), handler);
    expect(answer.headers).toMatchObject({ ...securityHeaders, 'cache-control': 'max-age=60' });
    expect(Object.keys(answer.headers).filter((name) => /^cache-control$/i.test(name))).toHaveLength(1);
  });

  it.each(['__proto__', 'constructor', 'prototype'])('refuses a query parameter named %s', async (name) => {
    const query = Object.fromEntries([[name, 'x']]);
    const { json } = await call(httpEvent('GET /echo', { query }));
    expect(json).toMatchObject({ status: 400, errors: [{ path: name, message: 'is not allowed' }] });
  });

  it.each(['sub', 'tenant'])('refuses a token whose %s no table could store', async (claim) => {
    const event = httpEvent('GET /echo') as {
      readonly requestContext: { readonly authorizer: { readonly jwt: { claims: Record<string, unknown> } } };
    };
    const { jwt } = event.requestContext.authorizer;
    const of = async (value: string) => {
      jwt.claims[claim] = value;
      return (await call(event)).json;
    };
    expect(await of('€'.repeat(256))).toMatchObject({ caller: expect.anything() });
    expect(await of('€'.repeat(257))).toMatchObject({ status: 401, code: 'unauthorized' });
    expect(await of('a\uD83D')).toMatchObject({ status: 401, code: 'unauthorized' });
  });

  it('demands a verified caller unless authentication is switched off', async () => {
    const event = httpEvent('GET /echo', { anonymous: true });
    expect(await call(event)).toMatchObject({
      headers: { 'www-authenticate': 'Bearer' },
      json: { code: 'unauthorized' },
    });
    const { json } = await call(event, make({ ANINEEPLUS_AUTH: 'none' }));
    expect(json.caller).toEqual({
      subject: 'anonymous',
      tenant: 'default',
      scopes: ['probe:write', 'probe:read'],
    });
  });

  it('hands on the idempotency key with a fingerprint of what was asked', async () => {
    const key = async (body: string, header: string) =>
      (await post(body, { headers: { 'idempotency-key': header } })).json.key;
    const first = await key('{"amount":1,"meta":{"a":1,"b":2}}', 'k-1');
    expect(first).toMatchObject({ key: 'k-1', fingerprint: expect.stringMatching(/^2:[0-9a-f]{64}$/) });
    expect(await key('{"meta":{"b":2,"a":1},"amount":1}', '"k-1"')).toEqual(first);
    expect((await key('{"amount":2}', 'k-1')).fingerprint).not.toBe(first.fingerprint);
  });

  it('refuses a broken idempotency key only where it means something', async () => {
    const headers = { 'idempotency-key': 'a b' };
    expect((await post('{}', { headers })).json.code).toBe('idempotency-key-invalid');
    expect((await call(httpEvent('GET /echo', { headers }))).statusCode).toBe(200);
  });

  it('lets a refusal carry its own request id, for replays', async () => {
    expect((await post('{"fail":"problem"}')).json).toMatchObject({
      code: 'teapot',
      status: 418,
      requestId: 'first',
    });
  });

  it('says nothing of an unexpected error', async () => {
    const { json, body } = await post('{"fail":"crash"}');
    expect(json).toMatchObject({ code: 'internal-error', status: 500 });
    expect(body).not.toContain('sk_test');
  });

  it('shows the text of a denied AWS call on the local stage only', async () => {
    const event = httpEvent('POST /echo/{id}', { body: '{"fail":"denied"}', path: { id: 'a' } });
    expect((await call(event)).json).not.toHaveProperty('detail');
    const local = await call(event, make({ ANINEEPLUS_STAGE: 'local' }));
    expect(local.json).toMatchObject({
      code: 'access-denied',
      status: 500,
      detail: 'not allowed: dynamodb:PutItem',
    });
  });

  it('continues the trace of its caller', async () => {
    const headers = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
    const { json } = await post('{}', { headers });
    expect(json.traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
    expect(json.traceparent).not.toBe(headers.traceparent);
  });
});
