import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apiHandler } from '#runtime/adapters/api.ts';
import { createStagesClient } from '#runtime/aws/api-gateway.ts';
import { startHttp, type TestHttp } from '#test/support/http-server.ts';
import { deploymentAdapter } from '../../../../functions/platform/plugins/deployment.ts';
import { pluginsApi } from '../../../../functions/platform/plugins/definition.ts';
import * as operations from '../../../../functions/platform/plugins/operations.ts';
import { createRouteThrottles } from '../../../../functions/platform/plugins/route-throttles.ts';
import { environment, invokedBy, quietTelemetry } from '../runtime/support.ts';
import { dataFolder, plugin } from './support.ts';

const API = 'abc123';
const data = dataFolder({
  'directory.json': { plugins: [plugin('shop')], broken: [] },
  'routes.json': {
    'POST /orders': 'shop',
    'GET /orders/{id}': 'shop',
    'POST /tickets': 'desk',
    'GET /plugins': 'platform',
  },
});

/** API Gateway's part: the routes of the API, and the settings that its stage has for some of them. */
let gateway: TestHttp;
let routes: Set<string>;
let settings: Map<string, unknown>;
let calls: { method: string; url: string; scope: string | undefined; body: string }[];
/** Errors that it answers with before it does anything, one after the other. */
let failing: readonly string[];
let slept: number[];

const refused = (code: string, status: number, message = code) => ({
  status,
  headers: { 'x-amzn-errortype': code },
  body: { message },
});
const STATUS: Readonly<Record<string, number>> = { ConflictException: 409, TooManyRequestsException: 429 };

beforeEach(async () => {
  [routes, settings, calls, failing, slept] = [
    new Set(['POST /orders', 'GET /orders/{id}']),
    new Map(),
    [],
    [],
    [],
  ];
  gateway = await startHttp((body, { method, url, headers }) => {
    const scope = /Credential=\w+\/\d+\/([\w-]+\/[\w-]+)\//.exec(headers.authorization ?? '')?.[1];
    calls.push({ method, url, scope, body });
    const [code, ...rest] = failing;
    failing = rest;
    if (code !== undefined) return refused(code, STATUS[code] ?? 403);
    const [, id, stage, key] =
      /^\/v2\/apis\/(\w+)\/stages\/([^/]+)(?:\/routesettings\/([^/]+))?$/.exec(url) ?? [];
    if (id !== API || stage !== '%24default') return refused('NotFoundException', 404);
    if (method === 'DELETE') {
      return settings.delete(decodeURIComponent(key ?? ''))
        ? { status: 204, body: undefined }
        : refused('NotFoundException', 404);
    }
    const given = (JSON.parse(body) as { routeSettings: Record<string, unknown> }).routeSettings;
    const next = new Map([...settings, ...Object.entries(given)]);
    // A stage takes no change while it has settings of a route that is not there.
    const lost = [...next.keys()].find((one) => !routes.has(one));
    if (lost)
      return refused(
        'NotFoundException',
        404,
        `Unable to find Route by key ${lost} within the provided RouteSettings`,
      );
    settings = next;
    return { status: 200, body: {} };
  });
});
afterEach(() => gateway.stop());

const stages = () =>
  createStagesClient({
    env: {
      AWS_ENDPOINT_URL: gateway.url,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIDTEST',
      AWS_SECRET_ACCESS_KEY: 'secret',
    },
    maxAttempts: 1,
  });

const throttlesOf = (owner: string, routesOf: Record<string, readonly [number, number]>, apiId = API) => ({
  plugin: owner,
  apiId,
  stage: '$default',
  routes: Object.entries(routesOf).map(([key, [rate, burst]]) => ({ key, rate, burst })),
});
const onWire = (rate: number, burst: number) => ({
  detailedMetricsEnabled: true,
  throttlingRateLimit: rate,
  throttlingBurstLimit: burst,
});
const owners: Readonly<Record<string, string>> = {
  'POST /orders': 'shop',
  'GET /orders/{id}': 'shop',
  'POST /tickets': 'desk',
  'GET /plugins': 'platform',
};

describe('the throttles of a plugin', () => {
  const throttles = createRouteThrottles({
    client: stages,
    ownerOf: (key) => owners[key],
    sleep: async (ms) => void slept.push(ms),
  });

  it('are set in one call, in the form of the AWS SDK and signed for API Gateway', async () => {
    await throttles.replace(
      undefined,
      throttlesOf('shop', { 'POST /orders': [0.5, 3], 'GET /orders/{id}': [100, 200] }),
    );
    expect(calls).toEqual([
      {
        method: 'PATCH',
        url: '/v2/apis/abc123/stages/%24default',
        scope: 'eu-west-1/apigateway',
        body: JSON.stringify({
          routeSettings: { 'POST /orders': onWire(0.5, 3), 'GET /orders/{id}': onWire(100, 200) },
        }),
      },
    ]);
  });

  it('leave those of other plugins, and go before the route does', async () => {
    settings.set('POST /tickets', onWire(1, 1));
    routes.add('POST /tickets');
    const before = throttlesOf('shop', { 'POST /orders': [1, 1], 'GET /orders/{id}': [1, 1] });
    await throttles.replace(undefined, before);
    calls = [];
    await throttles.replace(before, throttlesOf('shop', { 'POST /orders': [2, 2] }));
    expect(calls.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'DELETE /v2/apis/abc123/stages/%24default/routesettings/GET%20%2Forders%2F%7Bid%7D',
      'PATCH /v2/apis/abc123/stages/%24default',
    ]);
    expect(Object.fromEntries(settings)).toEqual({
      'POST /tickets': onWire(1, 1),
      'POST /orders': onWire(2, 2),
    });
    await throttles.replace(throttlesOf('shop', { 'POST /orders': [2, 2] }), undefined);
    expect([...settings.keys()]).toEqual(['POST /tickets']);
    // The route can go now, and the stage takes changes for others.
    routes.delete('POST /orders');
    await throttles.replace(undefined, throttlesOf('desk', { 'POST /tickets': [5, 5] }));
    expect(settings.get('POST /tickets')).toEqual(onWire(5, 5));
  });

  it('are no error when they are gone already, with or without the API', async () => {
    await throttles.replace(throttlesOf('shop', { 'POST /orders': [1, 1] }), undefined);
    await throttles.replace(throttlesOf('shop', { 'POST /orders': [1, 1] }, 'gone'), undefined);
    expect(calls).toHaveLength(2);
  });

  it('are set on an API that stands in place of another, and not removed from that', async () => {
    await throttles.replace(
      throttlesOf('shop', { 'POST /orders': [1, 1], 'GET /orders/{id}': [1, 1] }, 'gone'),
      throttlesOf('shop', { 'POST /orders': [1, 1] }),
    );
    expect(calls.map(({ method }) => method)).toEqual(['PATCH']);
  });

  it.each(['POST /tickets', 'GET /plugins'])(
    'are refused for %s, which is another’s, before anything is changed',
    async (key) => {
      const wanted = throttlesOf('shop', { 'POST /orders': [1, 1], [key]: [1, 1] });
      await expect(throttles.replace(undefined, wanted)).rejects.toThrow(
        `The route "${key}" is not one of shop`,
      );
      expect(calls).toEqual([]);
    },
  );

  it('are those of an earlier version again when a deployment is rolled back', async () => {
    routes.add('PUT /orders');
    await throttles.replace(undefined, throttlesOf('shop', { 'PUT /orders': [1, 1] }));
    expect([...settings.keys()]).toEqual(['PUT /orders']);
  });

  it('wait for other stacks and for permissions, and for nothing else', async () => {
    failing = ['ConflictException', 'AccessDeniedException', 'TooManyRequestsException'];
    await throttles.replace(undefined, throttlesOf('shop', { 'POST /orders': [1, 1] }));
    expect([calls.length, slept]).toEqual([4, [1000, 1000, 1000]]);
    failing = Array.from({ length: 99 }, () => 'ConflictException');
    calls = [];
    await expect(
      throttles.replace(undefined, throttlesOf('shop', { 'POST /orders': [1, 1] })),
    ).rejects.toThrow('ConflictException');
    expect(calls).toHaveLength(13);
    failing = ['BadRequestException'];
    calls = [];
    await expect(
      throttles.replace(undefined, throttlesOf('shop', { 'POST /orders': [1, 1] })),
    ).rejects.toThrow('BadRequestException');
    expect(calls).toHaveLength(1);
  });

  it('fail for a route that the API does not have', async () => {
    routes.delete('POST /orders');
    await expect(
      throttles.replace(undefined, throttlesOf('shop', { 'POST /orders': [1, 1] })),
    ).rejects.toThrow('Unable to find Route by key POST /orders');
  });
});

describe('CloudFormation', () => {
  const send = () => Promise.reject(new Error('no table is asked for throttles'));

  /** Sends what CloudFormation sends, numbers as texts, and gives its answers. */
  async function ask(type: string, properties: object, old?: object, alias = 'deployment') {
    const answers: Record<string, unknown>[] = [];
    const cloudFormation = await startHttp((body) => {
      answers.push(JSON.parse(body) as Record<string, unknown>);
      return { status: 200, body: {} };
    });
    const env = environment({
      ANINEEPLUS_REGISTRY_TABLE: 'registry',
      ANINEEPLUS_PLUGIN: 'platform',
      ANINEEPLUS_STAGE: 'local',
    });
    const documents = () => ({ send }) as never;
    const api = pluginsApi(data, { environment: env, documents, stages });
    const handler = apiHandler(api, operations, {
      environment: env,
      telemetry: quietTelemetry(),
      deployment: deploymentAdapter({ stage: 'local' }),
    });
    const result = await handler(
      {
        RequestType: type,
        ResourceType: 'Custom::AnineePlusRouteThrottles',
        ResponseURL: cloudFormation.url,
        StackId: 'stack',
        RequestId: 'request',
        LogicalResourceId: 'RouteThrottles',
        ResourceProperties: properties,
        ...(old && { OldResourceProperties: old }),
      },
      invokedBy(alias),
    ).catch((error: unknown) => error);
    await cloudFormation.stop();
    return { answers, result };
  }
  const asTexts = (given: ReturnType<typeof throttlesOf>) => ({
    ServiceToken: 'arn',
    ServiceTimeout: '120',
    stageVersion: 'x',
    ...given,
    routes: given.routes.map(({ key, rate, burst }) => ({ key, rate: String(rate), burst: String(burst) })),
  });
  const orders = asTexts(throttlesOf('shop', { 'POST /orders': [0.5, 3] }));
  const both = asTexts(throttlesOf('shop', { 'POST /orders': [0.5, 3], 'GET /orders/{id}': [9, 9] }));

  it('creates, changes and removes them', async () => {
    expect((await ask('Create', both)).answers).toEqual([
      {
        Status: 'SUCCESS',
        PhysicalResourceId: 'shop-throttles',
        StackId: 'stack',
        RequestId: 'request',
        LogicalResourceId: 'RouteThrottles',
      },
    ]);
    expect(Object.fromEntries(settings)).toEqual({
      'POST /orders': onWire(0.5, 3),
      'GET /orders/{id}': onWire(9, 9),
    });
    expect((await ask('Update', orders, both)).answers).toMatchObject([{ Status: 'SUCCESS' }]);
    expect([...settings.keys()]).toEqual(['POST /orders']);
    expect((await ask('Delete', orders)).answers).toMatchObject([{ Status: 'SUCCESS' }]);
    expect(settings.size).toBe(0);
  });

  it.each([
    ['of another plugin', throttlesOf('shop', { 'POST /tickets': [1, 1] }), /not one of shop, but of desk/],
    ['without numbers', { ...orders, routes: [{ key: 'POST /orders', rate: 'many', burst: '1' }] }, /./],
    ['without an API', { ...orders, apiId: undefined }, /./],
  ])('is told that a resource %s fails', async (_, properties, reason) => {
    const { answers, result } = await ask('Create', properties);
    expect(answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringMatching(reason) }]);
    expect(result).toBeInstanceOf(Error);
    expect(settings.size).toBe(0);
  });

  it.each(['live', 'health', 'graphql', undefined])('is nobody who comes by the alias %s', async (alias) => {
    const { answers } = await ask('Create', orders, undefined, alias ?? '$LATEST');
    expect([answers, calls]).toEqual([[], []]);
  });
});
