import { DeleteCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apiHandler } from '#runtime/adapters/api.ts';
import { linkTo } from '#runtime/hash-chain.ts';
import { verifyChain } from '#runtime/verify-chain.ts';
import { stateKey } from '#runtime/lifecycle/registry-state.ts';
import type { HttpResponse } from '#runtime/adapters/http-event.ts';
import { startDynamo, type TestDynamo } from '#test/support/dynamodb.ts';
import { startHttp, type TestHttp } from '#test/support/http-server.ts';
import { pluginsApi } from '../../../../functions/platform/plugins/definition.ts';
import * as operations from '../../../../functions/platform/plugins/operations.ts';
import { deploymentAdapter } from '../../../../functions/platform/plugins/deployment.ts';
import { auditKey } from '../../../../functions/platform/registry/audit.ts';
import { createRegistryStore } from '../../../../functions/platform/registry/registry-store.ts';
import { beginMove, finishMove } from '../../../../functions/platform/plugins/move.ts';
import { transition } from '../../../../functions/platform/plugins/transition.ts';
import { environment, httpEvent, invokedBy, lambdaContext, quietTelemetry } from '../runtime/support.ts';
import { dataFolder, lambdaAt, plugin } from './support.ts';

const mistake = {
  code: 'PLG004',
  file: 'plugins/wrong/plugin.json',
  line: 3,
  path: '/author',
  given: 'nothing',
  allowed: 'Who wrote it.',
  fix: 'Add "author".',
  message: 'A required field is missing: given nothing; allowed: Who wrote it.',
};
const directory = {
  plugins: [
    plugin('base', [], ['on-event']),
    plugin('middle', ['base']),
    plugin('top', ['middle']),
    plugin('alone'),
    { ...plugin('new', [], ['on-event']), initialState: 'registered' as const },
  ],
  broken: [{ name: 'wrong', file: 'plugins/wrong/plugin.json', errors: [mistake] }],
};
const data = dataFolder({ 'directory.json': directory, 'openapi.json': { openapi: '3.1.0' } });

let dynamo: TestDynamo;
let lambda: TestHttp;
let tables = 0;
let table: string;
let enabled: boolean;
let updates: unknown[];
let invoked: string[];
let started: string[];
/** Pattern of the plugins whose queues may be asked for. */
let queueFunctions: string;
let failing: string | undefined;
/** Starts that are answered by an environment with the state from before. */
let unseen: number;
let hanging: string | undefined;
let crashing: string | undefined;

beforeAll(async () => {
  dynamo = await startDynamo();
  lambda = await startHttp(async (body, { method, url }) => {
    if (url.includes('/invocations')) {
      const name = decodeURIComponent(url).replace(
        /^.*\/functions\/anineeplus-test-(.*)-api:health\/.*$/,
        '$1',
      );
      if ((JSON.parse(body) as { kind: string }).kind === 'start') {
        started.push(name);
        if (unseen-- > 0) return { status: 200, body: { status: 'unloaded' } };
        const failed = { status: 'unhealthy', reason: 'initialize failed' };
        return { status: 200, body: name === failing ? failed : { status: 'healthy' } };
      }
      invoked.push(name);
      if (name === crashing) {
        const headers = { 'x-amz-function-error': 'Unhandled' };
        return { status: 200, headers, body: { errorMessage: 'no module of sk_test_1' } };
      }
      if (name === hanging) await new Promise((resolve) => setTimeout(resolve, 5000));
      return { status: 200, body: { status: name === 'alone' ? 'degraded' : 'healthy' } };
    }
    if (method === 'GET') {
      expect(decodeURIComponent(url)).toMatch(
        new RegExp(`FunctionName=anineeplus-test-${queueFunctions}-on-event:live`),
      );
      const EventSourceArn = 'arn:aws:sqs:us-east-1:0:q';
      return {
        status: 200,
        body: {
          EventSourceMappings: [{ UUID: 'u-1', EventSourceArn, State: enabled ? 'Enabled' : 'Disabled' }],
        },
      };
    }
    ({ Enabled: enabled } = JSON.parse(body) as { Enabled: boolean });
    updates.push(enabled);
    return { status: 202, body: { UUID: 'u-1' } };
  });
});
afterAll(async () => {
  await dynamo.stop();
  await lambda.stop();
});
beforeEach(async () => {
  table = `registry-${++tables}`;
  await dynamo.createTable(table);
  [enabled, updates, invoked, hanging, crashing] = [true, [], [], undefined, undefined];
  [started, failing, unseen, queueFunctions] = [[], undefined, 0, 'base'];
});

function make() {
  const env = environment({
    ANINEEPLUS_REGISTRY_TABLE: table,
    ANINEEPLUS_AUTH: 'none',
    ANINEEPLUS_PLUGIN: 'platform',
  });
  const client = lambdaAt(lambda.url);
  const api = pluginsApi(data, {
    environment: env,
    documents: () => dynamo.documents,
    invoker: () => client,
    admin: () => client,
  });
  const handler = apiHandler(api, operations, { environment: env, telemetry: quietTelemetry() });
  return async (
    routeKey: string,
    body?: unknown,
    path?: Record<string, string>,
    query?: Record<string, string>,
  ) => {
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const event = httpEvent(routeKey, {
      ...text,
      ...(path && { path }),
      ...(query && { query }),
      anonymous: true,
    });
    const response = (await handler(event, lambdaContext)) as HttpResponse;
    return { status: response.statusCode, json: JSON.parse(response.body) };
  };
}
const registryAt = (now: () => Date) =>
  createRegistryStore({ client: dynamo.documents, table, now, initialStateOf: () => 'loaded' });
const actor = (by: string) => ({ by, requestId: 'r' });
const statuses = async (call: ReturnType<typeof make>) => {
  const { json } = await call('GET /plugins');
  return Object.fromEntries(
    json.plugins.map((one: { name: string; status: string }) => [one.name, one.status]),
  );
};
const audit = async (name: string) => {
  const { Items = [] } = await dynamo.documents.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'PK = :pk AND begins_with(SK, :audit)',
      ExpressionAttributeValues: { ':pk': `PLUGIN#${name}`, ':audit': 'AUDIT#' },
    }),
  );
  return Items;
};

describe('the plugins', () => {
  it('are listed with their state, broken ones with their errors', async () => {
    const call = make();
    expect(await statuses(call)).toEqual({
      base: 'loaded',
      middle: 'loaded',
      top: 'loaded',
      alone: 'loaded',
      new: 'registered',
      wrong: 'failed',
    });
    expect((await call('GET /plugins/{name}', undefined, { name: 'wrong' })).json.errors).toEqual([mistake]);
    expect((await call('GET /plugins/{name}', undefined, { name: 'no' })).json.code).toBe('not-found');
    expect((await call('GET /openapi.json')).json).toEqual({ openapi: '3.1.0' });
  });

  it('are unloaded and loaded, once each, with an audit entry and their queues', async () => {
    const call = make();
    const moved = { name: 'base', cascade: true };
    expect(await call('POST /plugins/unload', moved)).toMatchObject({
      status: 200,
      json: { name: 'base', status: 'unloaded', changed: true, cascaded: ['top', 'middle'] },
    });
    expect(updates).toEqual([false]);
    expect(await call('POST /plugins/unload', { name: 'base' })).toMatchObject({
      status: 200,
      json: { changed: false },
    });
    expect(await call('POST /plugins/load', { name: 'top' })).toMatchObject({
      status: 409,
      json: { code: 'dependency-not-loaded', reasons: ['"base" is unloaded', '"middle" is unloaded'] },
    });
    expect((await call('POST /plugins/load', { name: 'top', cascade: true })).json.cascaded).toEqual([
      'base',
      'middle',
    ]);
    expect(updates).toEqual([false, true]);
    expect(
      (await audit('base')).map(({ action, before, after, by, version }) => [
        action,
        before.state,
        after.state,
        by,
        version,
      ]),
    ).toEqual([
      ['unload', 'loaded', 'unloading', 'anonymous', 1],
      ['unload', 'unloading', 'unloaded', 'anonymous', 2],
      ['load', 'unloaded', 'loading', 'anonymous', 3],
      ['load', 'loading', 'loaded', 'anonymous', 4],
    ]);
    expect(started.toSorted()).toEqual(['base', 'middle', 'top']);
  });

  it('have an audit that is read newest first, page by page', async () => {
    const call = make();
    await call('POST /plugins/unload', { name: 'alone' });
    await call('POST /plugins/load', { name: 'alone' });
    const page = async (query: Record<string, string>) =>
      (await call('GET /plugins/{name}/audit', undefined, { name: 'alone' }, query)).json;
    const first = await page({ limit: '3' });
    expect(first.entries[0]).toEqual({
      plugin: 'alone',
      version: 4,
      action: 'load',
      at: expect.any(String),
      by: 'anonymous',
      tenant: 'default',
      requestId: expect.any(String),
      sourceIp: '203.0.113.7',
      before: { state: 'loading' },
      after: { state: 'loaded' },
      previousHash: first.entries[1].hash,
      hash: first.head.hash,
    });
    expect(first.head.version).toBe(4);
    expect(first.entries.map(({ version }: { version: number }) => version)).toEqual([4, 3, 2]);
    const second = await page({ limit: '3', before: String(first.next) });
    expect(second.entries.map(({ version }: { version: number }) => version)).toEqual([1]);
    expect(second.next).toBeUndefined();
    expect((await call('GET /plugins/{name}/audit', undefined, { name: 'no' })).json.code).toBe('not-found');
  });

  it('have an audit that is read by action and by whom, in pages', async () => {
    const call = make();
    for (const to of ['unload', 'load', 'unload']) await call(`POST /plugins/${to}`, { name: 'alone' });
    const read = async (query: Record<string, string>) => {
      const { json } = await call('GET /plugins/{name}/audit', undefined, { name: 'alone' }, query);
      return [json.entries.map(({ version }: { version: number }) => version), json.next];
    };
    expect(await read({ action: 'unload' })).toEqual([[6, 5, 2, 1], undefined]);
    expect(await read({ action: 'unload', limit: '3' })).toEqual([[6, 5, 2], 2]);
    expect(await read({ action: 'unload', limit: '3', before: '2' })).toEqual([[1], undefined]);
    expect(await read({ by: 'nobody' })).toEqual([[], undefined]);
  });

  it('have an audit in which nothing is changed, removed or added unnoticed', async () => {
    const call = make();
    await call('POST /plugins/unload', { name: 'alone' });
    await call('POST /plugins/load', { name: 'alone' });
    const read = async () => (await call('GET /plugins/{name}/audit', undefined, { name: 'alone' })).json;
    const faults = async () => {
      const { entries, head } = await read();
      const found = verifyChain({ entries: entries.toReversed(), head, isGapless: true });
      return found.map(({ kind, version }) => `${kind} ${version}`);
    };
    const put = (item: object) => dynamo.documents.send(new PutCommand({ TableName: table, Item: item }));
    const remove = (version: number) =>
      dynamo.documents.send(new DeleteCommand({ TableName: table, Key: auditKey('alone', version) }));
    const [, two, , four] = (await audit('alone')) as [object, object, object, { hash: string }];
    expect(await faults()).toEqual([]);
    for (const changed of [
      { by: 'eve' },
      { at: '2020-01-01T00:00:00.000Z' },
      { after: { state: 'failed' } },
    ]) {
      await put({ ...two, ...changed });
      expect(await faults()).toEqual(['changed 2']);
    }
    await remove(2);
    expect(await faults()).toEqual(['removed 3']);
    await put(two);
    await remove(4);
    expect(await faults()).toEqual(['removed 4']);
    await put(four);
    expect(await faults()).toEqual([]);
    const { entries } = await read();
    const { hash: _hash, previousHash: _previous, ...newest } = entries[0];
    await put({ ...auditKey('alone', 5), ...linkTo(four.hash, { ...newest, version: 5 }) });
    expect(await faults()).toEqual(['inserted 5']);
  });

  it('that do not start are failed, and those that need them stay as they were', async () => {
    const call = make();
    await call('POST /plugins/unload', { name: 'base', cascade: true });
    failing = 'middle';
    const answer = await call('POST /plugins/load', { name: 'top', cascade: true });
    expect(answer).toMatchObject({
      status: 409,
      json: { code: 'load-failed', reasons: ['"middle": initialize failed'] },
    });
    expect(await statuses(call)).toMatchObject({ base: 'loaded', middle: 'failed', top: 'unloaded' });
    const { json } = await call('GET /plugins/{name}', undefined, { name: 'middle' });
    expect(json.reason).toBe('initialize failed');
    const health = (await call('GET /plugins/health')).json.plugins;
    expect(health.find(({ name }: { name: string }) => name === 'middle').health).toEqual({
      status: 'unhealthy',
      reason: 'it could not be loaded: initialize failed',
    });
    failing = undefined;
    expect((await call('POST /plugins/load', { name: 'top', cascade: true })).json).toEqual({
      name: 'top',
      status: 'loaded',
      changed: true,
      cascaded: ['middle'],
    });
    expect((await call('GET /plugins/{name}', undefined, { name: 'middle' })).json.reason).toBeUndefined();
    const entries = await audit('middle');
    expect(entries.map(({ version }) => version)).toEqual(entries.map((_, index) => index + 1));
    expect(entries.find(({ after }) => after.state === 'failed')).toMatchObject({
      action: 'load',
      reason: 'initialize failed',
    });
  });

  it('are asked again where an environment has not seen the transition yet', async () => {
    const call = make();
    await call('POST /plugins/unload', { name: 'alone' });
    unseen = 2;
    expect((await call('POST /plugins/load', { name: 'alone' })).json.status).toBe('loaded');
    expect(started).toEqual(['alone', 'alone', 'alone']);
  });

  it('are not failed by a check of a transition that another one has followed', async () => {
    const registry = registryAt(() => new Date());
    const services = { directory, registry, mappings: { set: async () => {} } };
    await beginMove(services, 'alone', 'unloaded', actor('me'));
    const older = await beginMove(services, 'alone', 'loaded', actor('me'));
    await beginMove(services, 'alone', 'unloaded', actor('another'));
    await beginMove(services, 'alone', 'loaded', actor('another'));
    if (older === undefined) throw new Error('nothing was begun');
    await expect(finishMove(services, older, actor('me'), 'boom')).rejects.toMatchObject({
      code: 'transition-conflict',
    });
    expect((await registry.read('alone')).state).toBe('loading');
  });

  it.each(['loading', 'unloading'] as const)(
    'left %s by a call that died go where the next one wants',
    async (state) => {
      const call = make();
      await dynamo.documents.send(
        new PutCommand({
          TableName: table,
          Item: { ...stateKey('alone'), state, version: 7, updatedAt: '2026-01-01T00:00:00.000Z' },
        }),
      );
      const [there, back] = state === 'loading' ? ['unload', 'load'] : ['load', 'unload'];
      expect((await statuses(call)).alone).toBe(state);
      expect((await call(`POST /plugins/${back}`, { name: 'alone' })).json.changed).toBe(true);
      expect((await statuses(call)).alone).toBe(`${back}ed`);
      expect((await call(`POST /plugins/${there}`, { name: 'alone' })).json.changed).toBe(true);
      expect((await audit('alone')).map(({ version }) => version)).toEqual([8, 9, 10]);
    },
  );

  it.each([
    ['POST /plugins/unload', { name: 'base' }, 409, 'dependents-loaded'],
    ['POST /plugins/load', { name: 'wrong' }, 409, 'plugin-broken'],
    ['POST /plugins/load', { name: 'nobody' }, 404, 'not-found'],
    ['POST /plugins/load', {}, 400, 'invalid-request'],
    ['POST /plugins/load', { name: 'top', force: true }, 400, 'invalid-request'],
  ])('%s %j is a %i %s', async (routeKey, body, status, code) => {
    expect(await make()(routeKey, body)).toMatchObject({ status, json: { code } });
    expect(updates).toEqual([]);
  });

  it('change state one time when many ask at once', async () => {
    const call = make();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => call('POST /plugins/unload', { name: 'alone' })),
    );
    expect(answers.filter(({ json }) => json.changed === true)).toHaveLength(1);
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
    expect((await audit('alone')).map(({ after }) => after.state)).toEqual(['unloading', 'unloaded']);
  });

  it('leave the queues as the registry has it, when one transition overtakes another', async () => {
    const registry = registryAt(() => new Date());
    let flowing = true;
    let overtaken = false;
    const services = {
      directory,
      registry,
      now: () => new Date(),
      sleep: async () => {},
      startFailure: async () => undefined,
      mappings: {
        async set(_plugin: string, _functions: readonly string[], on: boolean) {
          if (!overtaken) {
            overtaken = true;
            await transition(
              { name: 'base', to: 'loaded', cascade: false, actor: actor('another') },
              services,
            );
          }
          flowing = on;
        },
      },
    };
    const overtakenBy = transition(
      { name: 'base', to: 'unloaded', cascade: true, actor: actor('me') },
      services,
    );
    await expect(overtakenBy).rejects.toMatchObject({ status: 409, code: 'transition-conflict' });
    expect([(await registry.read('base')).state, flowing]).toEqual(['loaded', true]);
  });

  it('answer when nobody can work with the old state any more, also to one that joins a little later', async () => {
    let now = Date.parse('2026-11-23T10:00:00Z');
    const slept: number[] = [];
    const clock = () => new Date(now);
    const services = {
      directory,
      registry: registryAt(clock),
      mappings: { set: async () => {} },
      startFailure: async () => undefined,
      now: clock,
      sleep: async (ms: number) => {
        slept.push(ms);
        if (slept.length > 1) return;
        now += 400;
        await transition(request, services);
        now += ms - 400;
      },
    };
    const request = { name: 'alone', to: 'unloaded' as const, cascade: false, actor: actor('me') };
    await transition(request, services);
    await transition(request, services);
    expect(slept).toEqual([1050, 650]);
  });
});

describe('a plugin that is loaded by hand', () => {
  it('is registered until somebody loads it', async () => {
    [enabled, queueFunctions] = [false, 'new'];
    const call = make();
    expect((await call('GET /plugins/{name}', undefined, { name: 'new' })).json.status).toBe('registered');
    expect((await call('POST /plugins/load', { name: 'new' })).json).toMatchObject({ changed: true });
    expect(updates).toEqual([true]);
    const [first] = await audit('new');
    expect(first).toMatchObject({ before: { state: 'registered' }, after: { state: 'loading' } });
  });
});

describe('drift between registry and deployment', () => {
  const drift = async () => (await make()('GET /plugins/drift')).json.drift;

  it('is none as long as queues are as they should be', async () => {
    queueFunctions = '(base|new)';
    enabled = true;
    // The queue of a plugin that nobody has loaded yet is switched off when it is deployed.
    expect(await drift()).toEqual([
      {
        plugin: 'new',
        kind: 'queue-state',
        detail: 'It is registered, but not every event source mapping of on-event is disabled.',
        fix: 'POST /plugins/unload {"name":"new"}',
      },
    ]);
  });

  it('names queues that somebody has switched, and the call that mends them', async () => {
    queueFunctions = '(base|new)';
    enabled = false;
    expect(await drift()).toEqual([
      {
        plugin: 'base',
        kind: 'queue-state',
        detail: 'It is loaded, but not every event source mapping of on-event is enabled.',
        fix: 'POST /plugins/load {"name":"base"}',
      },
    ]);
    expect((await make()('POST /plugins/load', { name: 'base' })).json.changed).toBe(false);
    expect(updates).toEqual([true]);
  });

  it('names transitions whose call has died, and plugins that are not deployed any more', async () => {
    queueFunctions = '(base|new)';
    const registry = registryAt(() => new Date('2026-01-01T00:00:00Z'));
    for (const name of ['alone', 'removed']) {
      await beginMove({ registry }, name, 'unloaded', actor('me'));
    }
    expect((await drift()).map(({ plugin: name, kind }: Record<string, string>) => [name, kind])).toEqual([
      ['alone', 'unfinished-transition'],
      ['new', 'queue-state'],
      ['removed', 'not-deployed'],
    ]);
  });
});

describe('a deployment', () => {
  /** What CloudFormation sends for the mappings of a plugin, and what it is answered. */
  async function ask(
    requestType = 'Create',
    documents = () => dynamo.documents,
    alias = 'deployment',
    stage = 'local',
  ) {
    const answers: unknown[] = [];
    const cloudFormation = await startHttp((body, { method }) => {
      answers.push({ method, ...(JSON.parse(body) as object) });
      return { status: 200, body: {} };
    });
    const env = environment({ ANINEEPLUS_REGISTRY_TABLE: table, ANINEEPLUS_PLUGIN: 'platform' });
    const client = lambdaAt(lambda.url);
    const api = pluginsApi(data, { environment: env, documents, admin: () => client });
    const handler = apiHandler(api, operations, {
      environment: env,
      telemetry: quietTelemetry(),
      deployment: deploymentAdapter({ stage }),
    });
    const event = {
      RequestType: requestType,
      ResourceType: 'Custom::AnineePlusQueueState',
      ResponseURL: cloudFormation.url,
      StackId: 'stack',
      RequestId: 'request',
      LogicalResourceId: 'QueueState',
      ResourceProperties: { ServiceToken: 'arn', plugin: 'base', mappings: ['u-1'] },
    };
    const result = await handler(event, invokedBy(alias)).catch((error: unknown) => error);
    await cloudFormation.stop();
    return { answers, result };
  }
  const success = {
    method: 'PUT',
    Status: 'SUCCESS',
    PhysicalResourceId: 'base-queues',
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'QueueState',
  };

  it('stops the queues of a plugin that is unloaded, and starts those of one that is loaded', async () => {
    await make()('POST /plugins/unload', { name: 'base', cascade: true });
    [enabled, updates] = [true, []];
    expect((await ask()).answers).toEqual([success]);
    expect(updates).toEqual([false]);
    await make()('POST /plugins/load', { name: 'base' });
    [enabled, updates] = [false, []];
    expect((await ask('Update')).answers).toEqual([success]);
    expect(updates).toEqual([true]);
  });

  it('leaves alone what is as it should be, and what is deleted', async () => {
    expect((await ask()).answers).toEqual([success]);
    enabled = false;
    expect((await ask('Delete')).answers).toEqual([success]);
    expect(updates).toEqual([]);
  });

  it('fails when the registry cannot be read, so that nobody believes the queues to be right', async () => {
    const send = () => Promise.reject(new Error('no table'));
    const broken = { send } as unknown as typeof dynamo.documents;
    const { answers, result } = await ask('Create', () => broken);
    expect(answers).toMatchObject([{ Status: 'FAILED', Reason: 'The plugin registry cannot be read' }]);
    expect(result).toBeInstanceOf(Error);
  });

  it('is answered at an address of CloudFormation, which is the local runner’s only locally', async () => {
    enabled = false;
    const { answers, result } = await ask('Create', undefined, undefined, 'prod');
    expect(answers).toEqual([]);
    expect(String(result)).toContain('ResponseURL is not an address of CloudFormation');
    expect(updates).toEqual([]);
  });

  it('is CloudFormation’s alone', async () => {
    enabled = false;
    for (const alias of ['live', 'health', 'graphql']) {
      const { answers, result } = await ask('Create', undefined, alias);
      expect(answers).toEqual([]);
      expect(JSON.stringify(result)).toContain('call-denied');
    }
    expect(updates).toEqual([]);
  });
});

describe('the health of the plugins', () => {
  it('is the worst of those that should work', async () => {
    const call = make();
    const { status, json } = await call('GET /plugins/health');
    expect(status).toBe(200);
    expect(json.status).toBe('unhealthy');
    expect(
      json.plugins.map((one: { name: string; health: { status: string } }) => [one.name, one.health.status]),
    ).toEqual([
      ['alone', 'degraded'],
      ['base', 'healthy'],
      ['middle', 'healthy'],
      ['new', 'unloaded'],
      ['top', 'healthy'],
      ['wrong', 'unhealthy'],
    ]);
    expect(json.plugins.at(-1).health).toEqual({
      status: 'unhealthy',
      reason:
        'PLG004 in plugins/wrong/plugin.json:3: A required field is missing: given nothing; ' +
        'allowed: Who wrote it.; fix: Add "author".',
      errors: [mistake],
    });
    await call('GET /plugins/health');
    expect(invoked.toSorted()).toEqual(['alone', 'base', 'middle', 'top']);
  });

  it('says why a plugin does not answer, waits for none that hangs, and does not ask one that is unloaded', async () => {
    const call = make();
    await call('POST /plugins/unload', { name: 'alone' });
    hanging = 'base';
    crashing = 'top';
    const { json } = await call('GET /plugins/health');
    const of = (name: string) => json.plugins.find((one: { name: string }) => one.name === name).health;
    expect(of('alone')).toEqual({ status: 'unloaded' });
    expect(of('base')).toEqual({
      status: 'unhealthy',
      reason: 'its function "api" did not answer within 4500 ms',
    });
    expect(of('top')).toEqual({
      status: 'unhealthy',
      reason: 'its function "api" failed: no module of [redacted]',
    });
    expect(invoked).not.toContain('alone');
  });
});
