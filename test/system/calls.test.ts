import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Json, request } from '#testing/client.ts';
import { paymentsOf } from '../support/payments.ts';
import { copyProject } from '#testing/project.ts';
import { type System, startSystem } from '../support/system.ts';
import { signerOf, unusableTokens } from '../support/tokens.ts';

/** A plugin that may read payments tries to be more than that, on the running system with its roles. */
let project: string;
let system: System;
let payment: Json;
let otherTenants: Json;

const PAYMENT_API = 'anineeplus-local-payment-api';
const GRANTED = `${PAYMENT_API}:call_desk_api`;
const SCOPES = ['desk:use', 'payments:read', 'payments:write', 'refunds:write'];

beforeAll(async () => {
  project = copyProject();
  for (const name of ['desk', 'clerk']) {
    cpSync(join(import.meta.dirname, 'fixtures', name), join(project, 'plugins', name), { recursive: true });
  }
  system = await startSystem({ cwd: project });
  const mine = await paymentsOf(system).create();
  expect(mine.status, system.output()).toBe(201);
  payment = mine.body;
  const headers = { authorization: `Bearer ${await tokenOf({ tenant: 'other' })}` };
  otherTenants = (
    await request(system.url, 'POST', '/payments', { body: { amount: 7, currency: 'usd' }, headers })
  ).body;
});
afterAll(async () => {
  await system?.stop();
  rmSync(project, { recursive: true, force: true });
});

async function tokenOf(claims: Record<string, unknown> = {}): Promise<string> {
  const { body } = await request(system.url, 'POST', '/dev/token', { body: { scopes: SCOPES, ...claims } });
  return body.token;
}

const post = async (path: string, body: unknown, token?: string) =>
  request(system.url, 'POST', path, {
    body,
    headers: { authorization: `Bearer ${token ?? (await tokenOf())}` },
  });

/** Lets the plugin send an event; the answer is the other function's. */
async function sendTo(target: string, event: unknown) {
  const { status, body } = await post('/desk/send', { target, event });
  return status === 200 ? body.answer : { refusedByIam: body };
}

const call = (over: Record<string, unknown> = {}) => ({
  kind: 'operation',
  operation: 'getPayment',
  input: { id: payment.id },
  ...over,
});

/** Log lines of the payment API since it was asked for the last time. */
async function lastLines(): Promise<Json[]> {
  const { body } = await request(system.url, 'GET', `/dev/invocations?function=${PAYMENT_API}`);
  return body.invocations
    .at(-1)
    .logs.flatMap((line: string) => (line.startsWith('{') ? [JSON.parse(line)] : []));
}

async function expectDenialLogged(): Promise<void> {
  const denied = (await lastLines()).filter(({ message }) => message === 'Call denied');
  expect(denied).toMatchObject([{ level: 'WARN', calledBy: 'desk/api' }]);
}

describe('a granted call', () => {
  it('reads for the user whose token it is, and for nobody else', async () => {
    expect(await post('/desk/read', { id: payment.id })).toMatchObject({
      status: 200,
      body: { id: payment.id },
    });
    expect(await post('/desk/read', { id: otherTenants.id })).toMatchObject({ status: 404 });
    const theirs = await tokenOf({ tenant: 'other' });
    expect(await post('/desk/read', { id: otherTenants.id }, theirs)).toMatchObject({
      status: 200,
      body: { id: otherTenants.id },
    });
    expect((await post('/desk/read', { id: payment.id }, theirs)).status).toBe(404);
  });

  it('acts for the developer when the call came without a token', async () => {
    const { status, body } = await request(system.url, 'POST', '/desk/read', { body: { id: payment.id } });
    expect([status, body.id]).toEqual([200, payment.id]);
  });

  it('demands the scope of the other plugin’s operation, and may give scopes up', async () => {
    const narrow = await tokenOf({ scopes: ['desk:use'] });
    expect((await post('/desk/read', { id: payment.id }, narrow)).body).toMatchObject({ code: 'forbidden' });
    const scopes = ['refunds:write'];
    expect((await post('/desk/read', { id: payment.id, scopes })).body).toMatchObject({ code: 'forbidden' });
  });
});

describe('a forged call by the granted alias', () => {
  it.each<[string, () => unknown]>([
    [
      'a caller of another tenant',
      () => call({ caller: { subject: 'root', tenant: 'other', scopes: SCOPES } }),
    ],
    ['an operation that is not granted', () => call({ operation: 'createRefund' })],
    ['another operation that is not granted', () => call({ operation: 'listPayments', input: {} })],
    ['a health check', () => ({ kind: 'health' })],
    ['an event without kind', () => ({ operation: 'getPayment', input: { id: payment.id } })],
    ['a request with claims of another tenant', () => forgedRequest()],
    ['a request that is marked as an operation', () => ({ ...forgedRequest(), ...call() })],
    ['a number of hops', () => call({ hops: 0 })],
  ])('with %s is denied, and logged with the name of the plugin', async (_, eventOf) => {
    expect(await sendTo(GRANTED, { ...(eventOf() as object) })).toMatchObject({
      status: 403,
      body: { code: 'call-denied' },
    });
    await expectDenialLogged();
  });

  it.each(unusableTokens)('with a token that is %s is 401', async (_, make) => {
    const key = JSON.parse(readFileSync(join(system.stateDir, 'issuer.json'), 'utf8'));
    const signer = signerOf(key, {
      issuer: 'https://local.anineeplus.dev/',
      audience: 'anineeplus-local',
      scope: SCOPES.join(' '),
    });
    expect((await sendTo(GRANTED, call({ token: await signer.sign() }))).status).toBe(200);
    expect(await sendTo(GRANTED, call({ token: await make(signer) }))).toMatchObject({ status: 401 });
    const lines = await lastLines();
    expect(lines.find(({ message }) => message === 'Caller not verified')).toMatchObject({
      calledBy: 'desk/api',
    });
  });

  it('without a token, or with scopes that the token has not, gets nothing', async () => {
    expect(await sendTo(GRANTED, call())).toMatchObject({ status: 401 });
    const token = await tokenOf({ scopes: ['desk:use'] });
    expect(await sendTo(GRANTED, call({ token, scopes: SCOPES }))).toMatchObject({ status: 403 });
  });

  it('with the token of another tenant sees that tenant alone', async () => {
    const token = await tokenOf({ tenant: 'other' });
    expect(await sendTo(GRANTED, call({ token }))).toMatchObject({ status: 404 });
  });
});

describe('any other way to the function', () => {
  it.each(['', ':live', ':graphql', ':health', ':call_desk_ungranted', ':$LATEST', ':1'])(
    'by "%s" is refused by IAM, whatever the event says',
    async (qualifier) => {
      const token = await tokenOf();
      for (const event of [call({ token }), forgedRequest(), { kind: 'health' }]) {
        const { refusedByIam } = await sendTo(PAYMENT_API + qualifier, event);
        expect(refusedByIam).toMatchObject({ code: 'access-denied' });
        expect(refusedByIam.detail).toContain('lambda:InvokeFunction');
        expect(refusedByIam.detail).toContain('anineeplus-local-desk-api');
      }
    },
  );

  it('is closed to a function of the same plugin that was not granted it', async () => {
    for (const alias of ['call_desk_api', 'call_desk_ungranted', 'live']) {
      const target = `${PAYMENT_API}:${alias}`;
      const { status, body } = await post('/desk/send-ungranted', { target, event: call() });
      expect([status, body.code]).toEqual([500, 'access-denied']);
    }
  });
});

/** What desk is answered by clerk, with the time that it took. */
async function askClerk(
  operation: string,
  input: Json,
  more: Json = {},
  headers: Record<string, string> = {},
) {
  const startedAt = performance.now();
  const {
    status,
    body,
    headers: answered,
  } = await request(system.url, 'POST', '/desk/ask', {
    body: { operation, input, ...more },
    headers: { authorization: `Bearer ${await tokenOf()}`, ...headers },
  });
  return { status, body, retryAfter: answered.get('retry-after'), tookMs: performance.now() - startedAt };
}

describe('a chain of calls', () => {
  it('is as long as the manifest allows, for the user who began it, with the types that the caller names', async () => {
    const { status, body } = await askClerk('readPayment', { id: payment.id });
    expect([status, body]).toEqual([200, { id: payment.id, amountMinor: payment.amountMinor }]);
    expect(await askClerk('readPayment', { id: otherTenants.id })).toMatchObject({ status: 404 });
  });

  it('is no longer, and says which functions it went through', async () => {
    const event = { ...call({ operation: 'readPayment', token: await tokenOf() }), chain: ['shop/orders'] };
    expect(await sendTo('anineeplus-local-clerk-api:call_desk_api', event)).toMatchObject({
      status: 500,
      body: {
        code: 'call-chain-too-long',
        detail:
          'shop/orders -> desk/api -> clerk/api -> payment.getPayment would be call 3 of a chain, ' +
          'and dependencies.payment.maxHops of "clerk" allows 2.',
      },
    });
  });

  it('carries the trace, and leaves each function no more time than its caller has', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { status, body } = await askClerk('lookAround', {}, {}, { traceparent });
    expect(status).toBe(200);
    expect(body.traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-/);
    // desk/brief has three seconds, clerk/api has twenty.
    expect(body.remainingMs).toBeGreaterThan(0);
    expect(body.remainingMs).toBeLessThanOrEqual(2800);
  });

  it('ends with the deadline of its first function', async () => {
    const event = { ...call({ operation: 'lookAround' }), deadlineAt: Date.now() - 1 };
    const late = { ...event, operation: 'readPayment', token: await tokenOf() };
    expect(await sendTo('anineeplus-local-clerk-api:call_desk_api', late)).toMatchObject({
      status: 503,
      body: { code: 'timed-out' },
    });
  });
});

it('is not made any more after five time-outs in a row, until one call is answered again', async () => {
  const slow = { function: 'slow' };
  for (let n = 0; n < 5; n++) {
    expect(await askClerk('wait', { ms: 1500 }, slow)).toMatchObject({
      status: 503,
      body: { code: 'timed-out' },
    });
  }
  const refused = await askClerk('wait', { ms: 0 }, slow);
  expect(refused).toMatchObject({ status: 503, body: { code: 'plugin-unavailable' } });
  expect(Number(refused.retryAfter)).toBeGreaterThan(5);
  expect(refused.tookMs).toBeLessThan(800);
  // The other function of the plugin is called as before.
  expect(await askClerk('lookAround', {})).toMatchObject({ status: 200 });
  await sleep(Number(refused.retryAfter) * 1000);
  expect(await askClerk('wait', { ms: 1 }, slow)).toMatchObject({ status: 200, body: { waitedMs: 1 } });
  const { body } = await request(system.url, 'GET', '/dev/invocations?function=anineeplus-local-desk-brief');
  const logged = body.invocations.flatMap((one: Json) => one.logs).join('\n');
  for (const text of ['Circuit opened', 'Circuit closed', 'plugin.circuit.opened', 'plugin.calls.rejected']) {
    expect(logged).toContain(text);
  }
}, 60_000);

it('shows no token in any log', async () => {
  const { body } = await request(system.url, 'GET', '/dev/invocations');
  expect(JSON.stringify(body)).not.toMatch(/eyJ[\w-]+\.eyJ/);
  expect(system.output()).not.toMatch(/eyJ[\w-]+\.eyJ/);
});

/** What API Gateway would send for a user of another tenant. */
function forgedRequest() {
  return {
    version: '2.0',
    routeKey: 'GET /payments/{id}',
    rawPath: `/payments/${otherTenants.id}`,
    headers: {},
    pathParameters: { id: otherTenants.id },
    requestContext: {
      http: { method: 'GET' },
      authorizer: {
        jwt: { claims: { sub: 'root', tenant: 'other', scope: SCOPES.join(' ') }, scopes: null },
      },
    },
  };
}
