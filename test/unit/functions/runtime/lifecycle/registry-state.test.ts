import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { apiHandler } from '#runtime/adapters/api.ts';
import { createStateReader } from '#runtime/lifecycle/registry-state.ts';
import { startDynamo, type TestDynamo } from '#test/support/dynamodb.ts';
import {
  environment,
  httpEvent,
  invokedBy,
  lambdaContext,
  probe,
  probeOperations,
  quietTelemetry,
} from '../support.ts';

let dynamo: TestDynamo;
beforeAll(async () => {
  dynamo = await startDynamo();
  await dynamo.createTable('registry');
});
afterAll(() => dynamo.stop());

const put = (state: string) =>
  dynamo.documents.send(
    new PutCommand({ TableName: 'registry', Item: { PK: 'PLUGIN#probe', SK: 'STATE', state, version: 3 } }),
  );
beforeEach(() => put('loaded'));

describe('the state of a plugin', () => {
  it('is loaded where nobody has said anything', async () => {
    const reader = createStateReader({
      client: () => dynamo.documents,
      table: 'registry',
      plugin: 'new',
      initial: 'loaded',
    });
    expect(await reader.read()).toEqual({ state: 'loaded', configVersionId: undefined, version: 0 });
  });

  it('is registered there, where the manifest says that it is loaded by hand', async () => {
    const plugin = { plugin: 'new', initial: 'registered' } as const;
    const reader = createStateReader({ client: () => dynamo.documents, table: 'registry', ...plugin });
    expect((await reader.read()).state).toBe('registered');
  });

  it('is never older than the cache allows, and outlives an outage', async () => {
    let now = 0;
    let up = true;
    const reader = createStateReader({
      client: () => {
        if (!up) throw new Error('down');
        return dynamo.documents;
      },
      table: 'registry',
      plugin: 'probe',
      initial: 'loaded',
      now: () => now,
    });
    expect((await reader.read()).state).toBe('loaded');
    await put('unloaded');
    now = 999;
    expect((await reader.read()).state).toBe('loaded');
    now = 1000;
    expect((await reader.read()).state).toBe('unloaded');
    up = false;
    now = 9000;
    expect((await reader.read()).state).toBe('unloaded');
  });

  it('is a 503 as long as it was never readable', async () => {
    const reader = createStateReader({
      client: () => dynamo.documents,
      table: 'gone',
      plugin: 'probe',
      initial: 'loaded',
    });
    await expect(reader.read()).rejects.toThrow(expect.objectContaining({ code: 'registry-unavailable' }));
  });

  it('closes every way in', async () => {
    await put('unloaded');
    const telemetry = quietTelemetry();
    const warnings = vi.spyOn(telemetry.logger, 'warn');
    const handler = apiHandler(probe(), probeOperations, {
      environment: environment({
        ANINEEPLUS_REGISTRY_TABLE: 'registry',
        ANINEEPLUS_CALLERS: '{"call_shop_api":["echo"]}',
      }),
      telemetry,
      documents: () => dynamo.documents,
    });
    expect(await handler(httpEvent('GET /echo'), lambdaContext)).toMatchObject({
      statusCode: 503,
      headers: { 'retry-after': '30', 'content-type': 'application/problem+json' },
    });
    expect(
      await handler({ kind: 'operation', operation: 'echo', input: {} }, invokedBy('call_shop_api')),
    ).toMatchObject({
      status: 503,
      body: { code: 'plugin-unloaded' },
    });
    expect(await handler({ kind: 'health' }, invokedBy('health'))).toEqual({ status: 'unloaded' });
    // Unloaded on purpose: nothing is broken.
    expect(telemetry.finished.map(({ isFault }) => isFault)).toEqual([false, false, false]);
    expect(warnings).not.toHaveBeenCalled();
    expect(telemetry.lines).toEqual([]);
  });
});
