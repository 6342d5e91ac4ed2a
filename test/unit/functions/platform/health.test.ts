import { GetCommand, DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, Lambda } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { apiHandler } from '#runtime/adapters/api.ts';
import type { HttpResponse } from '#runtime/adapters/http-event.ts';
import { pluginsApi } from '../../../../functions/platform/plugins/definition.ts';
import * as operations from '../../../../functions/platform/plugins/operations.ts';
import { awsError, invoked } from '../aws.ts';
import { environment, httpEvent, lambdaContext, quietTelemetry } from '../runtime/support.ts';
import { dataFolder, plugin } from './support.ts';

const region = { region: 'us-east-1' };
const documents = DynamoDBDocument.from(new DynamoDBClient(region));
const lambdas = new Lambda(region);
const dynamo = mockClient(documents);
const lambda = mockClient(lambdas);
beforeEach(() => {
  dynamo.reset();
  lambda.reset();
  dynamo.on(GetCommand).resolves({});
  lambda.on(InvokeCommand).resolves(invoked({ status: 'healthy' }));
});

const files = { 'directory.json': { plugins: [plugin('base'), plugin('alone')], broken: [] } };
const functionOf = (name: string) => ({ FunctionName: `anineeplus-${name}-api:health` });

async function get(path = '/plugins/health', stage = 'prod', data: Record<string, unknown> = files) {
  const env = environment({
    ANINEEPLUS_STAGE: stage,
    ANINEEPLUS_FUNCTION_PREFIX: 'anineeplus-',
    ANINEEPLUS_REGISTRY_TABLE: 'registry',
    ANINEEPLUS_AUTH: 'none',
    ANINEEPLUS_PLUGIN: 'platform',
  });
  const api = pluginsApi(dataFolder(data), {
    environment: env,
    documents: () => documents,
    invoker: () => lambdas,
  });
  const handler = apiHandler(api, operations, { environment: env, telemetry: quietTelemetry() });
  const response = (await handler(
    httpEvent(`GET ${path}`, { anonymous: true }),
    lambdaContext,
  )) as HttpResponse;
  const json = JSON.parse(response.body);
  const of = (name: string) => json.plugins.find((one: { name: string }) => one.name === name)?.health;
  return { status: response.statusCode, json, of };
}

describe('the health of the plugins', () => {
  it('is healthy when nothing is wrong', async () => {
    expect((await get()).json).toMatchObject({ status: 'healthy', plugins: [{}, {}] });
  });

  it('is reported although the registry cannot be read, with the reason', async () => {
    const text = 'User: arn:aws:sts::123456789012:assumed-role/x is not authorized';
    dynamo.on(GetCommand).rejects(awsError('AccessDeniedException', text));
    const { status, json, of } = await get();
    expect([status, json.status, json.reason]).toEqual([
      200,
      'degraded',
      'the plugin registry failed: AccessDeniedException',
    ]);
    expect(of('base')).toEqual({ status: 'healthy' });
    expect(JSON.stringify(json)).not.toContain('123456789012');
    expect((await get('/plugins/health', 'local')).json.reason).toContain('is not authorized');
  });

  it('names a registry that is throttled or does not answer', async () => {
    dynamo.on(GetCommand).rejects(awsError('ProvisionedThroughputExceededException'));
    expect((await get()).json).toMatchObject({
      status: 'degraded',
      reason: 'the plugin registry is throttled',
    });
    dynamo.on(GetCommand).callsFake(() => new Promise(() => {}));
    expect((await get()).json).toMatchObject({
      status: 'degraded',
      reason: 'the plugin registry did not answer within 2000 ms',
    });
  });

  it('is reported although one plugin may not be called, is throttled, crashes or answers nonsense', async () => {
    const base = lambda.on(InvokeCommand, functionOf('base'));
    base.rejects(awsError('AccessDeniedException', 'arn:aws:lambda:us-east-1:123456789012:function:x'));
    const denied = await get();
    expect(denied).toMatchObject({ status: 200, json: { status: 'unhealthy' } });
    expect(denied.of('base').reason).toBe('its function "api" failed: AccessDeniedException');
    expect(denied.of('alone')).toEqual({ status: 'healthy' });

    base.rejects(awsError('TooManyRequestsException', 'Rate exceeded'));
    const throttled = await get();
    expect(throttled.json.status).toBe('degraded');
    expect(throttled.of('base')).toEqual({ status: 'degraded', reason: 'its function "api" is throttled' });

    base.resolves(invoked({ errorMessage: 'Task timed out after 10.00 seconds' }, 'Unhandled'));
    expect((await get()).of('base').reason).toContain('Task timed out');

    for (const nonsense of [{ status: 'fine' }, {}, null]) {
      base.resolves(invoked(nonsense));
      const told = await get();
      expect(told.json.status).toBe('unhealthy');
      expect(told.of('base').reason).toBe('its function "api" answers with no health report');
    }
  });

  it('is unknown while a plugin does not know, and worse than that when another is ill', async () => {
    lambda.on(InvokeCommand, functionOf('base')).resolves(invoked({ status: 'unknown' }));
    expect((await get()).json.status).toBe('unknown');
    lambda.on(InvokeCommand, functionOf('alone')).resolves(invoked({ status: 'degraded' }));
    expect((await get()).json.status).toBe('degraded');
  });

  it('is reported although the list of plugins cannot be read', async () => {
    expect(await get('/plugins/health', 'prod', {})).toMatchObject({
      status: 200,
      json: {
        status: 'unhealthy',
        reason: expect.stringMatching(/^the list of plugins failed: ENOENT/),
        plugins: [],
      },
    });
  });
});

describe('the list of the plugins', () => {
  it('is a 503 that may be asked for again while the registry cannot be read', async () => {
    dynamo.on(GetCommand).rejects(awsError('ThrottlingException'));
    expect(await get('/plugins')).toMatchObject({ status: 503, json: { code: 'registry-unavailable' } });
  });
});
