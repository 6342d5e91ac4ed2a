import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { pluginError } from '#events/catalog/errors.ts';
import { envelopeSchema } from '#events/catalog/contract.ts';
import { apiHandler } from '#runtime/adapters/api.ts';
import type { HttpResponse } from '#runtime/adapters/http-event.ts';
import type { DocumentClient } from '#runtime/aws/document-types.ts';
import { createDocumentClient } from '#runtime/aws/documents.ts';
import { platformProblem } from '#runtime/contract/errors.ts';
import { createErrorRecorder, type ErrorRecorderOptions } from '#runtime/error-tracking/error-recorder.ts';
import { createErrorStore } from '#runtime/error-tracking/error-store.ts';
import { describeFault, normalizedMessage, type Fault } from '#runtime/error-tracking/fault.ts';
import { environmentOf, startDynamo, type TestDynamo } from '#test/support/dynamodb.ts';
import { createErrorGroups, type ErrorGroups } from '../../../../functions/platform/plugins/error-groups.ts';
import { environment, httpEvent, lambdaContext, probe, probeOperations, quietTelemetry } from './support.ts';

let dynamo: TestDynamo;
let client: DocumentClient;
let tables = 0;
let table: string;
let groups: ErrorGroups;
const plugin = 'shop';

beforeAll(async () => {
  dynamo = await startDynamo();
  client = createDocumentClient({ env: environmentOf(dynamo) });
});
afterAll(() => dynamo?.stop());
beforeEach(async () => {
  table = `errors-${(tables += 1)}`;
  await dynamo.createTable(table);
  groups = createErrorGroups({ client, table, now: () => new Date() });
});

const fault = (error: unknown = new TypeError('no total'), more: Partial<Fault> = {}): Fault => ({
  operation: 'order',
  code: 'internal-error',
  error,
  requestId: 'r1',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  ...more,
});
const occurrences = (error?: unknown, count = 1) => ({
  ...describeFault(fault(error), { plugin, sourceFolder: undefined }),
  count,
  traceparent: undefined,
});
const store = (more: { readonly version?: string; readonly newGroupsMax?: number } = {}) =>
  createErrorStore({ client, table, plugin, version: '1.0.0', now: () => new Date(), ...more });
const events = async () => {
  const { Items = [] } = await dynamo.documents.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'PK = :pk AND begins_with(SK, :event)',
      ExpressionAttributeValues: { ':pk': `PLUGIN#${plugin}`, ':event': 'EVT#' },
    }),
  );
  return Items.flatMap(({ events: list }) => list as { readonly data: Record<string, unknown> }[]);
};

describe('faults are of one group', () => {
  const print = (error: unknown, more: Partial<Fault> = {}) =>
    describeFault(fault(error, more), { plugin, sourceFolder: undefined }).group.fingerprint;

  it.each([
    ['order 17 of "Ada" is gone', 'order 4 of "Grace Hopper" is gone'],
    ['no pay_01m8nbgqwtkzgk3svqfv5aj8ym', 'no pay_01m8nbgqwtkzgk3svqfv5aj8yn'],
    ['key 88fb44e7-31df-4b53-8539-91980240bd9b', 'key 0f8e4e25-ac23-4794-b387-0348686e18e8'],
  ])('whatever differs between %j and %j', (one, other) => {
    expect(normalizedMessage(one)).toBe(normalizedMessage(other));
    expect(print(new Error(one))).toBe(print(new Error(other)));
  });

  it('by operation, code, error and message', () => {
    const all = [
      print(new Error('a')),
      print(new Error('b')),
      print(new TypeError('a')),
      print(new Error('a'), { operation: 'pay' }),
      print(new Error('a'), { code: 'timed-out' }),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  it('by the innermost error, however it was wrapped', () => {
    const cause = new RangeError('out of range');
    const { group } = describeFault(fault(platformProblem('plugin-unavailable', { cause })), {
      plugin,
      sourceFolder: undefined,
    });
    expect(group).toMatchObject({ type: 'RangeError', message: 'out of range' });
  });
});

describe('a group', () => {
  it('counts, and keeps the latest occurrence, the versions and the first time', async () => {
    await store()(occurrences());
    await store({ version: '1.1.0' })(occurrences(undefined, 4));
    const [group, ...others] = await groups.list(plugin);
    expect(others).toEqual([]);
    expect(group).toMatchObject({
      plugin,
      status: 'open',
      operation: 'order',
      code: 'internal-error',
      type: 'TypeError',
      message: 'no total',
      count: 5,
      regressions: 0,
      versions: ['1.0.0', '1.1.0'],
      sample: { requestId: 'r1', traceId: '4bf92f3577b34da6a3ce929d0e0e4736', version: '1.1.0' },
    });
    expect((group?.lastSeen ?? '') >= (group?.firstSeen ?? 'z')).toBe(true);
  });

  it('is an event when it is new and when it comes again after it was resolved, and never else', async () => {
    const { fingerprint } = occurrences().group;
    const mark = (status: 'resolved' | 'ignored') =>
      groups.setStatus(plugin, fingerprint, { status, by: 'ada' });
    await store()(occurrences());
    await store()(occurrences());
    expect((await events()).map(({ data }) => data['occurrence'])).toEqual(['first']);
    expect(await mark('resolved')).toMatchObject({ status: 'resolved', statusBy: 'ada', count: 2 });
    await store()(occurrences());
    const [group] = await groups.list(plugin);
    expect(group).toMatchObject({ status: 'open', regressions: 1, count: 3 });
    expect(group).not.toHaveProperty('statusBy');
    await mark('ignored');
    await store()(occurrences());
    expect(await groups.list(plugin)).toMatchObject([{ status: 'ignored', count: 4 }]);
    const published = await events();
    expect(published.map(({ data }) => data['occurrence'])).toEqual(['first', 'regression']);
    for (const event of published) expect(envelopeSchema(pluginError).safeParse(event).error).toBeUndefined();
    expect(await groups.setStatus(plugin, 'unknown', { status: 'resolved', by: 'ada' })).toBeUndefined();
  });

  it('is made once, with one event, however many environments find it at once', async () => {
    await Promise.all(Array.from({ length: 8 }, () => store()(occurrences()).catch(() => undefined)));
    const list = await groups.list(plugin);
    expect(list).toHaveLength(1);
    expect(await events()).toHaveLength(1);
  });

  it('is that of all others when a day has had too many new ones', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) await store({ newGroupsMax: 2 })(occurrences(new Error(name)));
    const list = await groups.list(plugin);
    expect(
      Object.fromEntries(
        list.map(({ fingerprint, message, count }) => [
          fingerprint === 'others' ? fingerprint : message,
          count,
        ]),
      ),
    ).toEqual({
      a: 1,
      b: 1,
      others: 3,
    });
    expect(await events()).toHaveLength(2);
  });
});

describe('the recorder', () => {
  const recorder = (more: Partial<ErrorRecorderOptions> = {}) => {
    const { log, lines } = quietTelemetry();
    const options = {
      client,
      table,
      plugin,
      version: '1.0.0',
      sourceFolder: undefined,
      now: () => new Date(),
      log,
    };
    return { ...createErrorRecorder({ ...options, ...more }), lines };
  };

  it('writes the first faults at once, and the others together when it may write again', async () => {
    const { record, flush } = recorder({ burst: 2, everyMs: 200 });
    for (let i = 0; i < 7; i++) await record(fault(), 10_000);
    expect(await groups.list(plugin)).toMatchObject([{ count: 2 }]);
    await new Promise((resolve) => setTimeout(resolve, 250));
    await flush(10_000);
    expect(await groups.list(plugin)).toMatchObject([{ count: 7 }]);
    await flush(10_000);
    expect(await groups.list(plugin)).toMatchObject([{ count: 7 }]);
  });

  it('neither fails nor loses a fault when the table does not answer', async () => {
    const update = vi.fn<DocumentClient['update']>().mockRejectedValueOnce(new Error('no'));
    const { record, lines } = recorder({
      client: {
        ...client,
        update: (input) => (update.mock.calls.length === 0 ? update(input) : client.update(input)),
      },
    });
    await record(fault(), 10_000);
    expect(lines).toMatchObject([{ level: 'warn', message: 'An error could not be recorded' }]);
    await record(fault(), 10_000);
    expect(await groups.list(plugin)).toMatchObject([{ count: 2 }]);
  });

  it('lets no answer wait for a table that hangs', async () => {
    const hanging = { ...client, update: () => new Promise<never>(() => {}) };
    await recorder({ client: hanging }).record(fault(), 100);
  });
});

describe('a function that fails', () => {
  beforeEach(() => {
    for (const [name, value] of Object.entries(environmentOf(dynamo))) vi.stubEnv(name, value);
    return () => vi.unstubAllEnvs();
  });
  const call = async (body: object) => {
    const handler = apiHandler(probe(), probeOperations, {
      environment: environment({ ANINEEPLUS_ERRORS_TABLE: table }),
      telemetry: quietTelemetry(),
    });
    const event = httpEvent('POST /echo/{id}', { path: { id: '1' }, body: JSON.stringify(body) });
    return (await handler(event, lambdaContext)) as HttpResponse;
  };

  it('has its fault recorded, without secrets, and answers as ever', async () => {
    expect((await call({ fail: 'crash' })).statusCode).toBe(500);
    const list = await groups.list('probe');
    expect(list).toMatchObject([
      { operation: 'echo', code: 'internal-error', type: 'Error', count: 1, sample: { requestId: 'req-1' } },
    ]);
    expect(JSON.stringify(list)).not.toContain('sk_test_123');
  });

  it('that refuses has nothing to record', async () => {
    expect((await call({ fail: 'problem' })).statusCode).toBe(418);
    expect((await call({ nonsense: true })).statusCode).toBe(400);
    expect(await groups.list('probe')).toEqual([]);
  });
});
