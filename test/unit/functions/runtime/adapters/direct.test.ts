import { describe, expect, it } from 'vitest';
import { apiHandler } from '#runtime/adapters/api.ts';
import type { Reply } from '#runtime/contract/reply.ts';
import { environment, invokedBy, probe, probeOperations, quietTelemetry } from '../support.ts';

const lambdaContext = invokedBy('call_shop_api');
const options = {
  // Who calls is another file's business: see calls.test.ts.
  environment: environment({
    ANINEEPLUS_AUTH: 'none',
    ANINEEPLUS_CALLERS: '{"call_shop_api":["echo"]}',
  }),
  telemetry: quietTelemetry(),
};
const event = { kind: 'operation', operation: 'echo', input: { amount: '1.10' }, requestId: 'r-7' };

async function call(over: Record<string, unknown> = {}) {
  return (await apiHandler(probe(), probeOperations, options)({ ...event, ...over }, lambdaContext)) as Reply<
    Record<string, unknown>
  >;
}

describe('a direct call', () => {
  it('runs the operation', async () => {
    const reply = await call({ idempotencyKey: 'k' });
    expect(reply).toMatchObject({ status: 201, body: { got: { amount: '1.10' }, requestId: 'r-7' } });
    expect(reply.body['key']).toMatchObject({ key: 'k' });
  });

  it('takes null for an optional member as left out', async () => {
    const { body } = await call({ input: { amount: '1', limit: null, fail: null } });
    expect(body['got']).toEqual({ amount: '1' });
  });

  it.each([
    ['an unknown operation', { operation: 'toString' }, 403, 'call-denied'],
    ['a token that is no text', { token: 5 }, 400, 'invalid-request'],
    ['an input that does not fit', { input: { limit: 'x' } }, 400, 'invalid-request'],
    ['a crash', { input: { fail: 'crash' } }, 500, 'internal-error'],
  ])('answers %s with a problem instead of failing', async (_, over, status, code) => {
    expect(await call(over)).toMatchObject({ status, body: { status, code, requestId: 'r-7' } });
  });
});

describe('a health check', () => {
  const health = (plugin: ReturnType<typeof probe>) =>
    apiHandler(plugin, probeOperations, options)({ kind: 'health' }, invokedBy('health'));

  it('is healthy once the plugin is initialized', async () => {
    expect(await health(probe())).toEqual({ status: 'healthy' });
  });

  it('reports why initialize failed, without secrets', async () => {
    const plugin = probe({ initialize: () => Promise.reject(new Error('bad key sk_live_abc')) });
    expect(await health(plugin)).toEqual({
      status: 'unhealthy',
      reason: 'Plugin "probe": could not start: bad key [redacted]',
    });
  });

  it('names where initialize threw, on this machine', async () => {
    const error = Object.assign(new Error('boom'), {
      stack: 'Error: boom\n    at Object.initialize (/plugins/probe/plugin.ts:8:31)',
    });
    const plugin = probe({ initialize: () => Promise.reject(error) });
    const reasonOn = async (stage: string) => {
      const variables = { ANINEEPLUS_STAGE: stage, ANINEEPLUS_SOURCE_FOLDER: 'plugins/probe' };
      const handler = apiHandler(plugin, probeOperations, {
        ...options,
        environment: environment(variables),
      });
      return handler({ kind: 'health' }, invokedBy('health'));
    };
    const reason = 'Plugin "probe": could not start: boom';
    expect(await reasonOn('local')).toMatchObject({ reason: `${reason}, at plugins/probe/plugin.ts:8:31` });
    expect(await reasonOn('prod')).toMatchObject({ reason });
  });

  it.each([
    ['AWS', { name: 'AccessDeniedException', $metadata: {} }, 'AccessDeniedException'],
    ['the network', { code: 'ECONNREFUSED', syscall: 'connect' }, 'ECONNREFUSED'],
  ])(
    'names no account and no host outside of the local runner, when an error is of %s',
    async (_, more, shown) => {
      const error = Object.assign(new Error('arn:aws:sts::123456789012:x at 10.0.0.7'), more);
      const plugin = probe({ initialize: () => Promise.reject(error) });
      expect(await health(plugin)).toEqual({
        status: 'unhealthy',
        reason: `Plugin "probe": could not start: ${shown}`,
      });
    },
  );

  it('names the plugin whose initialize hangs', async () => {
    const plugin = probe({ initialize: () => new Promise(() => {}) });
    expect(await health(plugin)).toEqual({
      status: 'unhealthy',
      reason: 'Plugin "probe": initialize has not finished after 1500 ms',
    });
  });
});

describe('a start', () => {
  type Hooks = Parameters<typeof probe>[0];
  const start = (hooks: Hooks) =>
    apiHandler(probe(hooks), probeOperations, { ...options, initializeTimeoutMs: 50 })(
      { kind: 'start' },
      invokedBy('health'),
    );

  it('initializes and loads the plugin, and does not ask for its health', async () => {
    const done: string[] = [];
    const answer = await start({
      initialize: () => ({ started: done.push('initialize') }),
      onLoad: () => void done.push('onLoad'),
      health: () => ({ status: 'unhealthy', reason: String(done.push('health')) }),
    });
    expect(answer).toEqual({ status: 'healthy' });
    expect(done).toEqual(['initialize', 'onLoad']);
  });

  it.each<[string, Hooks, string]>([
    ['initialize throws', { initialize: () => Promise.reject(new Error('boom')) }, 'could not start: boom'],
    ['onLoad throws', { onLoad: () => Promise.reject(new Error('no room')) }, 'could not start: no room'],
    [
      'initialize hangs',
      { initialize: () => new Promise(() => {}) },
      'initialize has not finished after 50 ms',
    ],
  ])('says why it fails when %s', async (_, hooks, reason) => {
    expect(await start(hooks)).toEqual({ status: 'unhealthy', reason: `Plugin "probe": ${reason}` });
  });
});

describe('initialize', () => {
  it('runs once for many calls', async () => {
    const handler = apiHandler(probe(), probeOperations, options);
    const replies = await Promise.all([1, 2, 3].map(() => handler(event, lambdaContext)));
    expect(replies.map((reply) => (reply as Reply<{ services: unknown }>).body.services)).toEqual(
      Array.from({ length: 3 }, () => ({ started: 1 })),
    );
  });

  it('is tried again after a failure', async () => {
    let attempts = 0;
    const plugin = probe({
      initialize: () => (++attempts === 1 ? Promise.reject(new Error('not yet')) : { started: attempts }),
    });
    const handler = apiHandler(plugin, probeOperations, options);
    expect(await handler(event, lambdaContext)).toMatchObject({
      status: 503,
      body: { code: 'plugin-unhealthy' },
    });
    expect(await handler(event, lambdaContext)).toMatchObject({
      status: 201,
      body: { services: { started: 2 } },
    });
  });
});
