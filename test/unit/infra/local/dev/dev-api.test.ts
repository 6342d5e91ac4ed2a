import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalIssuer, openIssuer } from '#infra/local/api-gateway/local-issuer.ts';
import { createAlarmMonitor } from '#infra/local/alarms/monitor.ts';
import { createDevApi } from '#infra/local/dev/dev-api.ts';
import { createPermissionControl } from '#infra/local/dev/permissions.ts';
import { type HttpServer, startHttpServer } from '#infra/local/http/server.ts';
import { createFaultInjector } from '#infra/local/lambda/faults.ts';
import { createInvocationLog } from '#infra/local/lambda/invocations.ts';
import { createMetricStore } from '#infra/local/metrics/store.ts';
import { createTraceStore } from '#infra/local/traces/trace-store.ts';
import type { ClockControl } from '#infra/local/schedules/clock-control.ts';
import { openState } from '#infra/local/state/open.ts';
import type { State } from '#infra/local/state/types.ts';
import type { Functions } from '#infra/local/types.ts';
import { assemblyOf, functionOf, recordingTerminal } from '../lambda/fixture.ts';

const EVENTS = 'arn:aws:events:us-east-1:000000000000';
const SECRET = {
  name: 'test',
  arn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:test',
  initialValue: '',
};
const ALARM = {
  name: 'test-failed',
  arn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:test-failed',
  description: 'It fails',
  plugin: 'test',
  key: 'failed',
  runbook: 'plugins/TROUBLESHOOTING.md#alarm-throttles',
  metrics: { failed: { namespace: 'Test', name: 'failed', dimensions: {}, statistic: 'Sum' } },
  expression: 'failed',
  periodSeconds: 300,
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  threshold: 1,
  comparison: 'GreaterThanOrEqualToThreshold',
  treatMissingData: 'notBreaching',
  actions: { OK: [], ALARM: [], INSUFFICIENT_DATA: [] },
} as const;
const QUEUE_ARN = 'arn:aws:sqs:us-east-1:000000000000:on-paid';

const assembly = assemblyOf([functionOf('', 'api')], {
  routes: [
    {
      key: 'GET /things',
      functionArn: '',
      auth: 'jwt',
      scopes: ['things:read'],
      issuer: 'https://local.anineeplus.dev/',
      audience: ['anineeplus-local'],
    },
  ],
  buses: [{ name: 'anineeplus-local', arn: `${EVENTS}:event-bus/anineeplus-local` }],
  rules: [
    {
      name: 'on-paid',
      arn: `${EVENTS}:rule/anineeplus-local/on-paid`,
      busName: 'anineeplus-local',
      enabled: true,
      pattern: { source: ['anineeplus.local.payment'], 'detail-type': ['payment.paid.v1'] },
      targets: [{ id: 'queue', arn: QUEUE_ARN, deadLetterArn: undefined }],
    },
  ],
  queues: [
    {
      name: 'on-paid',
      arn: QUEUE_ARN,
      url: '',
      visibilityTimeoutSeconds: 60,
      retentionSeconds: 3600,
      redrive: undefined,
      policy: {
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: QUEUE_ARN,
          },
        ],
      },
    },
  ],
  secrets: [SECRET],
  alarms: [ALARM],
  plugins: [
    {
      plugin: 'test',
      manifest: 'plugins/test/plugin.json',
      root: 'plugins/test',
      envPrefix: undefined,
      secretArn: SECRET.arn,
      configVersion: 2,
      scopes: [],
      sandboxes: [],
    },
  ],
  resources: [{ stack: 's', logicalId: 'Table', type: 'AWS::DynamoDB::GlobalTable', physicalId: 't' }],
});

const assemblyRef = { current: assembly };

let stateDir: string;
let state: State;
let issuer: LocalIssuer;
let server: HttpServer;
const faults = createFaultInjector();
const invocations = createInvocationLog();
const invoked: (readonly string[])[] = [];
const functions: Functions = {
  async invoke(target, payload, trigger) {
    invoked.push([target, payload.toString(), trigger]);
    const answer = { functionError: undefined, requestId: 'r-1', durationMs: 2 };
    return { ...answer, payload: Buffer.from('{"status":200}') };
  },
};
const metrics = createMetricStore({ nowMs: Date.now, minutesOf: () => 180 });
const traces = createTraceStore();
const advanced: number[] = [];
const view = { now: '2026-11-24T10:00:00.000Z', offsetMs: 0, schedules: [] };
const time: ClockControl = {
  view: () => view,
  advance: async (ms) => (advanced.push(ms), { ...view, offsetMs: ms, ran: [], expired: 0 }),
  run: async (plugin, name) =>
    plugin === 'test' && name === 'due'
      ? { plugin, schedule: name, scheduledAt: '2026-11-24T10:00:00Z', status: 'ok' }
      : undefined,
};

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'anineeplus-dev-'));
  state = openState(stateDir);
  issuer = await openIssuer(stateDir);
  const allScopes = () => ['things:read', 'things:write'];
  const dev = createDevApi({
    assembly: assemblyRef,
    state,
    terminal: recordingTerminal(),
    functions,
    invocations,
    traces,
    faults,
    rootDir: process.cwd(),
    issuer,
    allScopes,
    sandboxes: () => [],
    time,
    permissions: createPermissionControl({ assembly: assemblyRef, renew: () => {}, changed: () => {} }),
    metrics,
    alarms: createAlarmMonitor({
      assembly: assemblyRef,
      store: metrics,
      nowMs: Date.now,
      sample: () => {},
      terminal: recordingTerminal(),
    }),
  });
  server = await startHttpServer(0, (request, path, query) => dev(path)!(request, path, query));
});
afterAll(async () => {
  await server.close();
  state.close();
  rmSync(stateDir, { recursive: true, force: true });
});

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const init = { method, headers, ...(body !== undefined && { body: text }) };
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, init);
  const answer = await response.text();
  return { status: response.status, body: (answer.startsWith('{') ? JSON.parse(answer) : answer) as never };
}

describe('POST /dev/token', () => {
  it('mints a token that the authorizer of this system takes', async () => {
    const asked = { sub: 'u1', tenant: 't1', scopes: ['things:read'] };
    const { status, body } = await ask('POST', '/dev/token', asked);
    const { token, expiresIn } = body as { token: string; expiresIn: number };
    expect([status, expiresIn]).toEqual([200, 3600]);
    const { keys } = (await ask('GET', '/dev/issuer/.well-known/jwks.json')).body as LocalIssuer['jwks'];
    const { payload } = await jwtVerify(token, createLocalJWKSet({ keys: [...keys] }), {
      issuer: 'https://local.anineeplus.dev/',
      audience: 'anineeplus-local',
    });
    expect(payload).toMatchObject({ sub: 'u1', tenant: 't1', scope: 'things:read' });
    expect(payload.exp! - payload.iat!).toBe(3600);
  });

  it('gives every scope when none is named', async () => {
    const { token } = (await ask('POST', '/dev/token')).body as { token: string };
    const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { scope: string };
    expect(claims.scope).toBe('things:read things:write');
  });

  it.each(['nonsense', '[]', { sub: 1 }, { scopes: [1] }])('refuses %j', async (body) => {
    expect((await ask('POST', '/dev/token', body)).status).toBe(400);
  });
});

describe('/dev/faults', () => {
  const good = { function: 'test/api', kind: 'crash', call: { target: 'aws', n: 2, when: 'after' } };

  it('takes, lists and forgets them', async () => {
    expect((await ask('POST', '/dev/faults', good)).status).toBe(201);
    expect((await ask('GET', '/dev/faults')).body).toMatchObject({
      faults: [
        { functionName: 'anineeplus-local-test-api', kind: 'crash', target: 'aws', n: 2, when: 'after' },
      ],
    });
    expect((await ask('DELETE', '/dev/faults')).status).toBe(204);
    expect((await ask('GET', '/dev/faults')).body).toEqual({ faults: [] });
  });

  it.each([
    [{ function: 'nobody' }, 'function must be one of anineeplus-local-test-api'],
    [{ kind: 'explode' }, 'kind must be one of crash, hang, fail'],
    [{ call: { target: 'moon' } }, 'call.target must be one of aws, provider'],
    [{ call: { target: 'aws', n: 0 } }, 'call.n must be a whole number from 1'],
  ])('refuses %j, saying why', async (change, message) => {
    expect(await ask('POST', '/dev/faults', { ...good, ...change })).toEqual({
      status: 400,
      body: { code: 'invalid-request', message },
    });
  });
});

describe('/dev/permissions', () => {
  const permission = { role: 'a', action: 'b:C', resource: 'r' };

  it('lists them, and says which it does not know', async () => {
    expect(await ask('GET', '/dev/permissions')).toEqual({ status: 200, body: { permissions: [] } });
    expect((await ask('POST', '/dev/permissions', permission)).status).toBe(404);
    expect((await ask('DELETE', '/dev/permissions')).status).toBe(204);
  });

  it.each([{}, { ...permission, action: 1 }, { role: 'a' }])('refuses %j', async (body) => {
    expect((await ask('POST', '/dev/permissions', body)).body).toMatchObject({ code: 'invalid-request' });
  });
});

it('keeps no log of a function whose role may not write it, and says so', () => {
  const denial = { functionName: 'f', action: 'logs:PutLogEvents', resource: 'r', hint: 'h', at: 'now' };
  const log = createInvocationLog({ logDenial: (name) => (name === 'f' ? denial : undefined) });
  for (const [id, name] of [
    ['1', 'f'],
    ['2', 'g'],
  ] as const) {
    log.begin(id, name, 'http');
    log.log(id, 'line');
  }
  expect(log.list()).toMatchObject([
    { logs: [], denied: [denial] },
    { logs: ['line'], denied: [] },
  ]);
});

it('shows the events of the bus, by type', async () => {
  const event = { time: new Date().toISOString(), source: 's', detail: {}, matchedRules: [] };
  state.bus.append({ ...event, id: '1', detailType: 'payment.created.v1' });
  const detail = { aggregate: { type: 'receipt', id: 'r-1' } };
  state.bus.append({ ...event, id: '2', detailType: 'receipt.created.v1', detail });
  const idsOf = async (query: string) => {
    const { events } = (await ask('GET', `/dev/events${query}`)).body as { events: { id: string }[] };
    return events.map(({ id }) => id);
  };
  expect(await idsOf('')).toEqual(['1', '2']);
  expect(await idsOf('?type=payment.')).toEqual(['1']);
  expect(await idsOf('?type=receipt.created.v1')).toEqual(['2']);
  expect(await idsOf('?since=1')).toEqual(['2']);
  expect(await idsOf('?aggregate=r-1')).toEqual(['2']);
  expect(await idsOf('?aggregate=r-2')).toEqual([]);
});

it.each(['?last=-1', '?last=1001', '?last=x', '?limit=1'])('refuses a stream of events %s', async (query) => {
  const answer = await ask('GET', `/dev/events/stream${query}`);
  expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
});

describe('POST /dev/events', () => {
  const event = { source: 'anineeplus.local.payment', detailType: 'payment.paid.v1', detail: { id: 'e-1' } };

  it('puts an event on the bus, which goes to the queues of the rules that match', async () => {
    const { status, body } = await ask('POST', '/dev/events', event);
    expect([status, body]).toEqual([201, { id: expect.any(String), matchedRules: ['on-paid'] }]);
    expect((await ask('GET', '/dev/events?type=payment.paid.v1')).body).toMatchObject({
      events: [{ ...event, id: (body as { id: string }).id, matchedRules: ['on-paid'] }],
    });
    expect((await ask('GET', '/dev/queues')).body).toEqual({
      queues: [{ name: 'on-paid', visible: 1, inFlight: 0, delayed: 0 }],
    });
  });

  it.each([
    [{ detail: 'text' }, 'invalid-request', 'source and detailType must be text, and detail an object'],
    [{ bus: 'other' }, 'invalid-request', 'bus must be one of default, anineeplus-local'],
    [{ source: 'aws.lambda' }, 'NotAuthorizedForSourceException', 'Not authorized for the source.'],
  ])('refuses %j, saying why', async (change, code, message) => {
    const answer = await ask('POST', '/dev/events', { ...event, ...change });
    expect(answer).toEqual({ status: 400, body: { code, message } });
  });
});

describe('PUT /dev/config', () => {
  const stored = () => JSON.parse(state.secrets.staged(SECRET.name)?.text ?? 'null');

  it('stores values over those that are there, in today’s shape or in another', async () => {
    const first = { plugin: 'test', values: { limits: { maxAmount: 5 }, title: 'a' } };
    expect((await ask('PUT', '/dev/config', first)).status).toBe(204);
    expect(stored()).toEqual({ configVersion: 2, values: first.values });
    const second = { plugin: 'test', values: { limits: { minAmount: 1 } }, configVersion: 1 };
    expect((await ask('PUT', '/dev/config', second)).status).toBe(204);
    expect(stored()).toEqual({
      configVersion: 1,
      values: { limits: { maxAmount: 5, minAmount: 1 }, title: 'a' },
    });
  });

  it.each([
    [{ plugin: 'other', values: {} }, 'plugin must be one with a configuration: test'],
    [{ plugin: 'test' }, 'plugin must be text, and values an object'],
    [{ plugin: 'test', values: {}, configVersion: 0 }, 'configVersion must be a whole number from 1'],
  ])('refuses %j, saying why', async (body, message) => {
    expect(await ask('PUT', '/dev/config', body)).toEqual({
      status: 400,
      body: { code: 'invalid-request', message },
    });
  });
});

describe('POST /dev/invoke', () => {
  it('invokes a function as whoever an alias stands for', async () => {
    const asked = { function: 'test/api', alias: 'live', event: { kind: 'operation' } };
    expect(await ask('POST', '/dev/invoke', asked)).toEqual({
      status: 200,
      body: { requestId: 'r-1', durationMs: 2, payload: { status: 200 } },
    });
    const { arn } = functionOf('', 'api');
    expect(invoked.at(-1)).toEqual([`${arn}:live`, '{"kind":"operation"}', 'invoke']);
    await ask('POST', '/dev/invoke', { function: 'anineeplus-local-test-api' });
    expect(invoked.at(-1)).toEqual([arn, '{}', 'invoke']);
  });

  it.each([
    [{ function: 'nobody' }, 'function must be one of anineeplus-local-test-api'],
    [{ function: 'test/api', alias: 'graphql' }, 'alias must be one of live'],
  ])('refuses %j, saying why', async (body, message) => {
    expect(await ask('POST', '/dev/invoke', body)).toEqual({
      status: 400,
      body: { code: 'invalid-request', message },
    });
  });
});

it('shows invocations and resources', async () => {
  invocations.begin('i-1', 'f', 'http');
  invocations.denied({ functionName: 'f', action: 'a:B', resource: 'r', hint: 'h', at: 'now' });
  expect((await ask('GET', '/dev/invocations')).body).toMatchObject({
    invocations: [{ id: 'i-1', function: 'f', status: 'running', denied: [{ action: 'a:B' }] }],
  });
  expect((await ask('GET', '/dev/resources')).body).toEqual({ resources: assembly.resources });
});

it('shows traces as trees of their spans, over all functions', async () => {
  const span = { kind: 'server', service: 'shop', function: 'api', attributes: {}, links: [] };
  const at = (startMs: number, endMs: number) => ({ startMs: 1000 + startMs, endMs: 1000 + endMs });
  traces.add([
    { ...span, ...at(20, 25), traceId: 't1', spanId: 'c', parentSpanId: 'b', name: 'third', isError: true },
    { ...span, ...at(10, 30), traceId: 't1', spanId: 'b', parentSpanId: 'a', name: 'second', isError: false },
    { ...span, ...at(0, 12), traceId: 't1', spanId: 'a', parentSpanId: 'x', name: 'first', isError: false },
  ]);
  const summary = {
    id: 't1',
    root: 'first',
    startedAt: '1970-01-01T00:00:01.000Z',
    durationMs: 30,
    services: ['shop'],
    status: 'error',
  };
  expect(await ask('GET', '/dev/traces')).toEqual({
    status: 200,
    body: { traces: [{ ...summary, spans: 3 }] },
  });
  const { body } = await ask('GET', '/dev/traces/t1');
  expect(body).toMatchObject({
    ...summary,
    spans: [
      {
        name: 'first',
        startMs: 0,
        durationMs: 12,
        status: 'ok',
        children: [
          { name: 'second', startMs: 10, children: [{ name: 'third', status: 'error', durationMs: 5 }] },
        ],
      },
    ],
  });
  expect((await ask('GET', '/dev/traces/t2')).status).toBe(404);
});

it('finds traces by attributes of their spans, and what links to a trace', async () => {
  const span = {
    kind: 'server',
    service: 'shop',
    function: 'api',
    isError: false,
    name: 'n',
    spanId: 'a',
    startMs: 0,
    endMs: 1,
    parentSpanId: undefined,
  };
  traces.add([
    { ...span, traceId: 'created', attributes: { 'payment.id': 'pay_1' }, links: [] },
    { ...span, traceId: 'paid', attributes: { 'payment.id': 'pay_1', status: 200 }, links: ['created'] },
    { ...span, traceId: 'another', attributes: { 'payment.id': 'pay_2', status: 200 }, links: [] },
  ]);
  const found = async (query: string) =>
    ((await ask('GET', `/dev/traces?${query}`)).body as { traces: { id: string }[] }).traces.map(
      ({ id }) => id,
    );
  expect(await found('payment.id=pay_1')).toEqual(['paid', 'created']);
  expect(await found('payment.id=pay_1&status=200')).toEqual(['paid']);
  expect(await found('payment.id=pay_3')).toEqual([]);
  expect(await found('constructor=x')).toEqual([]);
  expect((await ask('GET', '/dev/traces/created')).body).toMatchObject({ linkedBy: ['paid'] });
  expect((await ask('GET', '/dev/traces/paid')).body).toMatchObject({
    linkedBy: [],
    spans: [{ links: ['created'] }],
  });
});

it('keeps the last 500 traces', () => {
  const store = createTraceStore();
  const span = { kind: 'server', service: 's', function: 'f', attributes: {}, links: [], isError: false };
  const ids = Array.from({ length: 501 }, (_, index) => `t${index}`);
  for (const traceId of ids) {
    const ended = { startMs: 0, endMs: 1, spanId: 'a', parentSpanId: undefined, name: 'n' };
    store.add([{ ...span, ...ended, traceId }]);
  }
  expect(store.list()).toHaveLength(500);
  expect([store.get('t0'), store.get('t500')?.root]).toEqual([undefined, 'n']);
});

it('lets the oldest trace go of what is asked most', () => {
  const store = createTraceStore();
  const span = { kind: 'server', service: 's', function: 'f', attributes: {}, links: [], isError: false };
  const ended = { ...span, startMs: 0, endMs: 1, spanId: 'a', parentSpanId: undefined };
  store.add([{ ...ended, traceId: 'paid', name: 'createPayment' }]);
  for (let index = 0; index < 600; index++) store.add([{ ...ended, traceId: `h${index}`, name: 'health' }]);
  expect(store.list()).toHaveLength(500);
  expect(store.get('paid')?.root).toBe('createPayment');
  expect([store.get('h100'), store.get('h101')?.root]).toEqual([undefined, 'health']);
});

describe('/dev/clock', () => {
  it('shows the time, and moves it forward', async () => {
    expect(await ask('GET', '/dev/clock')).toEqual({ status: 200, body: view });
    for (const [advance, ms] of Object.entries({
      '90s': 90_000,
      '15m': 900_000,
      '1h': 3_600_000,
      '2d': 172_800_000,
    })) {
      expect((await ask('POST', '/dev/clock', { advance })).body).toMatchObject({ offsetMs: ms, ran: [] });
      expect(advanced.at(-1)).toBe(ms);
    }
  });

  it.each([
    {},
    { advance: '-1h' },
    { advance: '0s' },
    { advance: '1w' },
    { advance: '1.5h' },
    { advance: 60 },
    { advance: '3651d' },
    { advance: '1h', to: 'x' },
    'nonsense',
  ])('refuses %j', async (body) => {
    const before = advanced.length;
    const answer = await ask('POST', '/dev/clock', body);
    const code = body === 'nonsense' ? 'invalid-request' : 'invalid-advance';
    expect([answer.status, answer.body]).toEqual([400, { code, message: expect.any(String) }]);
    expect(advanced).toHaveLength(before);
  });
});

describe('alarms and metrics', () => {
  it('are evaluated when they are asked for, by state and plugin', async () => {
    const shown = async (query: string) =>
      (
        (await ask('GET', `/dev/alarms${query}`)).body as { alarms: { name: string; state: string }[] }
      ).alarms.map((one) => [one.name, one.state]);
    expect(await shown('')).toEqual([['test-failed', 'OK']]);
    metrics.record({
      namespace: 'Test',
      name: 'failed',
      kind: 'count',
      unit: 'Count',
      values: [1],
      dimensionSets: [{}],
    });
    expect(await shown('?state=ALARM&plugin=test')).toEqual([['test-failed', 'ALARM']]);
    expect(await shown('?state=OK')).toEqual([]);
    expect(await shown('?plugin=other')).toEqual([]);
    expect((await ask('GET', '/dev/metrics')).body).toContain('failed_total 1\n');
  });

  it('have a runbook, which is read from the project', async () => {
    const { status, body } = await ask('GET', '/dev/alarms/test-failed/runbook');
    expect([status, body]).toEqual([
      200,
      { runbook: ALARM.runbook, text: expect.stringMatching(/^### Alarm throttles\n/) },
    ]);
    expect((await ask('GET', '/dev/alarms/other/runbook')).status).toBe(404);
  });

  it('are series by minute for each operation', async () => {
    const dimensions = { plugin: 'test', operation: 'list' };
    const record = { namespace: 'AnineePlus', name: 'plugin.operations.total', kind: 'count', unit: 'Count' };
    metrics.record({ ...record, kind: 'count', values: [1], dimensionSets: [dimensions] });
    const { body } = await ask('GET', '/dev/metrics/series?plugin=test&operation=list');
    expect(body).toMatchObject({ stepSeconds: 60, operations: [{ ...dimensions, calls: 1, errors: 0 }] });
    expect((await ask('GET', '/dev/metrics/series?plugin=other')).body).toMatchObject({ operations: [] });
  });

  it.each(['?since=yesterday', '?since=2100-01-01T00:00:00Z', '?from=1'])(
    'refuses series %s',
    async (query) => {
      const answer = await ask('GET', `/dev/metrics/series${query}`);
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    },
  );

  it.each(['?state=on', '?status=ALARM'])('refuses %s', async (query) => {
    const answer = await ask('GET', `/dev/alarms${query}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  });
});

it('runs one schedule by hand', async () => {
  expect((await ask('POST', '/dev/schedules/test/due/run')).body).toMatchObject({
    schedule: 'due',
    status: 'ok',
  });
  expect((await ask('POST', '/dev/schedules/test/other/run')).status).toBe(404);
  expect((await ask('GET', '/dev/schedules/test/due/run')).status).toBe(404);
  expect((await ask('POST', '/dev/schedules/test/due')).status).toBe(404);
});

it('is a plain 404 for anything else, and closed to pages of the web', async () => {
  expect(await ask('GET', '/dev/clocks')).toEqual({ status: 404, body: 'Not found\n' });
  expect((await ask('GET', '/dev/events', undefined, { origin: 'https://evil.example' })).status).toBe(403);
  expect((await ask('GET', '/dev/events', undefined, { origin: 'http://localhost:5173' })).status).toBe(200);
});

describe('an invocation', () => {
  const api = functionOf('', 'api');
  const outcome = (payload: unknown) =>
    ({ status: 'ok', payload: Buffer.from(JSON.stringify(payload)) }) as const;
  const event = {
    headers: { authorization: 'Bearer abcdefgh', 'user-agent': 'curl' },
    body: '{"amount":1,"clientSecret":"x","note":"sk_test_1 and more"}',
  };

  it('is shown with event and result, without secrets, and can be repeated as it was', async () => {
    const payload = Buffer.from(JSON.stringify(event));
    invocations.begin('i-1', api.name, 'http', { target: `${api.arn}:live`, payload });
    expect((await ask('GET', '/dev/invocations/i-1')).body).not.toHaveProperty('result');
    invocations.end('i-1', {
      outcome: outcome({ clientSecret: 'y', id: 'p' }),
      coldStart: true,
      durationMs: 3,
    });
    expect((await ask('GET', '/dev/invocations/i-1')).body).toMatchObject({
      id: 'i-1',
      coldStart: true,
      event: {
        headers: { authorization: '[redacted]', 'user-agent': 'curl' },
        body: '{"amount":1,"clientSecret":"[redacted]","note":"[redacted] and more"}',
      },
      result: { clientSecret: '[redacted]', id: 'p' },
    });
    expect((await ask('POST', '/dev/invoke', { repeat: 'i-1' })).status).toBe(200);
    expect(invoked.at(-1)).toEqual([`${api.arn}:live`, payload.toString(), 'invoke']);
  });

  it('is one line of a summary', async () => {
    const { body } = await ask('GET', `/dev/invocations?function=${api.name}&summary`);
    const { invocations: all } = body as { invocations: { id: string }[] };
    const [one] = all.filter(({ id }) => id === 'i-1');
    expect(one).toMatchObject({ id: 'i-1', trigger: 'http', status: 'ok', lines: 0, calls: 0, denials: 0 });
    expect(one).not.toHaveProperty('logs');
  });

  it('whose event is too long is neither shown nor repeated', async () => {
    invocations.begin('i-2', api.name, 'http', {
      target: api.arn,
      payload: Buffer.alloc(64 * 1024 + 1, '1'),
    });
    const { status, body } = await ask('GET', '/dev/invocations/i-2');
    expect([status, 'event' in (body as object)]).toEqual([200, false]);
    for (const id of ['i-2', 'i-3']) {
      const message = `there is no invocation ${id}, or its event is not kept: see GET /dev/invocations`;
      expect(await ask('POST', '/dev/invoke', { repeat: id })).toEqual({
        status: 404,
        body: { code: 'invocation-unknown', message },
      });
    }
    expect((await ask('GET', '/dev/invocations/i-3')).status).toBe(404);
  });

  it.each([{ repeat: 1 }, { repeat: 'i-1', function: 'test/api' }])('is not repeated by %j', async (body) => {
    expect(await ask('POST', '/dev/invoke', body)).toEqual({
      status: 400,
      body: {
        code: 'invalid-request',
        message: 'repeat is the id of an invocation, and nothing stands beside it',
      },
    });
  });
});
