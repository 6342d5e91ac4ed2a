import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apiHandler } from '#runtime/adapters/api.ts';
import type { Reply } from '#runtime/contract/reply.ts';
import { startHttp, type TestHttp } from '#test/support/http-server.ts';
import { createTestIssuer, type TestIssuer, unusableTokens } from '#test/support/tokens.ts';
import { environment, httpEvent, invokedBy, probe, probeOperations, quietTelemetry } from '../support.ts';

const ISSUER = 'https://local.anineeplus.dev/';
const AUDIENCE = 'anineeplus-local';

/** May call `look`, and nothing else. */
const GRANTED = 'call_shop_orders';

let issuer: TestIssuer;
let keys: TestHttp;
let keyRequests: number;
let telemetry: ReturnType<typeof quietTelemetry>;
let handler: ReturnType<typeof apiHandler>;

beforeAll(async () => {
  issuer = await createTestIssuer({ issuer: ISSUER, audience: AUDIENCE, scope: 'probe:read probe:write' });
  keys = await startHttp(() => {
    keyRequests += 1;
    return { status: 200, body: issuer.jwks };
  });
});
afterAll(() => keys.stop());
beforeEach(() => {
  keyRequests = 0;
  handler = make();
});

function make(variables: Record<string, string> = {}) {
  telemetry = quietTelemetry();
  const known = environment({
    ANINEEPLUS_CALLERS: JSON.stringify({ [GRANTED]: ['look'], call_shop_admin: ['look', 'echo'] }),
    ANINEEPLUS_AUTH_ISSUER: ISSUER,
    ANINEEPLUS_AUTH_AUDIENCE: JSON.stringify([AUDIENCE]),
    ANINEEPLUS_AUTH_JWKS_URL: `${keys.url}/jwks.json`,
    ...variables,
  });
  return apiHandler(probe(), probeOperations, { environment: known, telemetry });
}

const look = (over: Record<string, unknown> = {}) => ({
  kind: 'operation',
  operation: 'look',
  input: {},
  ...over,
});

async function send(event: unknown, alias: string | null = GRANTED) {
  return (await handler(event, invokedBy(alias ?? undefined))) as Reply<Record<string, unknown>>;
}

const denials = () => telemetry.lines.filter(({ message }) => message === 'Call denied');

describe('a call of another plugin', () => {
  it('is made for the end user whom the token names, with the tenant and the scopes of the token', async () => {
    const token = await issuer.sign({ sub: 'ada', tenant: 'acme', scope: 'probe:read other' });
    const { status, body } = await send(look({ token }));
    expect([status, body['caller']]).toEqual([
      200,
      { subject: 'ada', tenant: 'acme', scopes: ['probe:read', 'other'] },
    ]);
    expect(denials()).toEqual([]);
  });

  it('takes the scopes of a list, under either name, as the API does', async () => {
    for (const claims of [{ scope: ['probe:read'] }, { scope: undefined, scp: ['probe:read'] }]) {
      const { body } = await send(look({ token: await issuer.sign(claims) }));
      expect(body['caller']).toMatchObject({ scopes: ['probe:read'] });
    }
  });

  it('may give scopes up, and can add none', async () => {
    const token = await issuer.sign({ scope: 'probe:read other' });
    const caller = async (scopes: string[]) => (await send(look({ token, scopes }))).body;
    expect((await caller(['probe:read', 'probe:write', 'root']))['caller']).toMatchObject({
      scopes: ['probe:read'],
    });
    expect(await caller(['other'])).toMatchObject({ status: 403, code: 'forbidden' });
    expect(await caller([])).toMatchObject({ status: 403, code: 'forbidden' });
  });

  it('without a token is nobody’s: an operation with a scope is 401', async () => {
    expect(await send(look())).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
  });

  it('needs no token where the API needs none, and none is looked at', async () => {
    handler = make({ ANINEEPLUS_AUTH: 'none' });
    const { body } = await send(look({ token: await issuer.sign({ tenant: 'other' }) }));
    expect(body['caller']).toMatchObject({ subject: 'anonymous', tenant: 'default' });
    expect(keyRequests).toBe(0);
  });
});

describe('a token', () => {
  it.each(unusableTokens)('that is %s is 401, with the caller in the log', async (_, tokenOf) => {
    expect(await send(look({ token: await tokenOf(issuer) }))).toMatchObject({
      status: 401,
      body: { code: 'unauthorized' },
    });
    expect(telemetry.lines).toMatchObject([
      {
        level: 'warn',
        message: 'Caller not verified',
        fields: { calledBy: 'shop/orders', operation: 'look' },
      },
    ]);
    expect(telemetry.counts.get('plugin.calls.denied')).toBe(1);
  });

  it.each(['', 'nonsense', 'a.b.c', 'x'.repeat(20_000)])('that is none (%#) is refused', async (token) => {
    expect([400, 401]).toContain((await send(look({ token }))).status);
  });

  it('is verified once, until it expires', async () => {
    const token = await issuer.sign({ exp: Math.floor(Date.now() / 1000) + 2 });
    expect((await send(look({ token }))).status).toBe(200);
    expect((await send(look({ token }))).status).toBe(200);
    expect(keyRequests).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 2100));
    expect((await send(look({ token }))).status).toBe(401);
  });

  it('that cannot be verified because the keys cannot be read is a 503', async () => {
    handler = make({ ANINEEPLUS_AUTH_JWKS_URL: 'http://127.0.0.1:9/jwks.json' });
    expect(await send(look({ token: await issuer.sign() }))).toMatchObject({
      status: 503,
      body: { code: 'issuer-unavailable' },
      headers: { 'Retry-After': '5' },
    });
  });

  it('is verified by the keys of the issuer alone once deployed, at a public address', async () => {
    const token = await issuer.sign();
    for (const named of ['https://169.254.169.254/', 'http://issuer.example/', 'https://localhost/']) {
      handler = make({ ANINEEPLUS_STAGE: 'prod', ANINEEPLUS_AUTH_ISSUER: named });
      expect(await send(look({ token }))).toMatchObject({
        status: 503,
        body: { code: 'issuer-unavailable' },
      });
    }
    expect(keyRequests).toBe(0);
  });

  it('never reaches a log line', async () => {
    const token = await issuer.sign({ exp: 1 });
    await send(look({ token }));
    await send(look({ token, caller: token }));
    expect(JSON.stringify(telemetry.lines)).not.toContain(token);
  });
});

const forgedHttp = () => httpEvent('GET /echo', { scope: 'probe:read probe:write' });
const forgedCaller = { subject: 'root', tenant: 'other', scopes: ['probe:read', 'probe:write'] };

/** Alias, event, and the name that has to stand in the log. */
const forgeries: readonly (readonly [string, string | null, () => unknown, string])[] = [
  ['a caller that it names itself', GRANTED, () => look({ caller: forgedCaller }), 'shop/orders'],
  ['an operation that is not granted', GRANTED, () => look({ operation: 'echo' }), 'shop/orders'],
  ['an operation that there is not', GRANTED, () => look({ operation: 'constructor' }), 'shop/orders'],
  ['a request with forged claims', GRANTED, forgedHttp, 'shop/orders'],
  [
    'a request that says it is an operation',
    GRANTED,
    () => ({ ...(forgedHttp() as object), ...look() }),
    'shop/orders',
  ],
  ['no kind', GRANTED, () => look({ kind: undefined }), 'shop/orders'],
  ['a health check by an alias for calls', GRANTED, () => ({ kind: 'health' }), 'shop/orders'],
  ['a schedule', GRANTED, () => ({ kind: 'schedule', schedule: 'sweep' }), 'shop/orders'],
  ['nothing at all', GRANTED, () => null, 'shop/orders'],
  ['a list', GRANTED, () => [look()], 'shop/orders'],
  ['a call by an alias that nobody was granted', 'call_evil_api', () => look(), 'evil/api'],
  ['a call of GraphQL for a field that there is not', 'graphql', () => look(), 'platform/graphql'],
  ['a call by the alias of health checks', 'health', () => look(), 'platform/plugins'],
  ['a request by the alias of health checks', 'health', forgedHttp, 'platform/plugins'],
  ['a call without an alias', null, () => look(), 'unknown'],
  ['a request without an alias', null, forgedHttp, 'unknown'],
  ['a health check without an alias', null, () => ({ kind: 'health' }), 'unknown'],
  ['a call of $LATEST', '$LATEST', () => look(), 'unknown'],
  ['a request to a version', '7', forgedHttp, 'unknown'],
  ['a call by an alias named like a property', '__proto__', () => look(), 'unknown'],
];

describe('what an alias does not stand for', () => {
  it.each(forgeries)('%s is denied and logged with its sender', async (_, alias, eventOf, sender) => {
    const event = eventOf();
    const signed =
      typeof event === 'object' && event !== null && 'kind' in event && event.kind === 'operation'
        ? { ...event, token: await issuer.sign() }
        : event;
    const answer = await send(signed, alias);
    expect(answer).toMatchObject({ status: 403, body: { code: 'call-denied', status: 403 } });
    expect(answer.body).not.toHaveProperty('got');
    expect(denials()).toMatchObject([
      { level: 'warn', fields: { calledBy: sender, alias: alias ?? 'none' } },
    ]);
    expect(telemetry.counts.get('plugin.calls.denied')).toBe(1);
  });

  it.each([
    ['an operation', () => look({ caller: forgedCaller })],
    ['a health check', () => ({ kind: 'health' })],
    [
      'a request that is marked as something else',
      () => ({ ...(forgedHttp() as object), kind: 'operation' }),
    ],
    ['nothing', () => null],
  ])('%s by the alias of API Gateway is refused in its own form', async (_, eventOf) => {
    expect(await handler(eventOf(), invokedBy('live'))).toMatchObject({
      statusCode: 403,
      body: expect.stringContaining('"call-denied"'),
    });
    expect(denials()).toHaveLength(1);
  });

  it('says which permission is missing', async () => {
    expect((await send(look({ operation: 'echo', token: await issuer.sign() }))).body['detail']).toBe(
      'This call is not granted: shop/orders lacks "call:probe.echo".',
    );
  });

  it('is the only thing that is: another caller may do what it was granted', async () => {
    const token = await issuer.sign();
    expect((await send(look({ operation: 'echo', token }), 'call_shop_admin')).status).toBe(201);
  });
});
