import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { apiHandler } from '#runtime/adapters/api.ts';
import type { HttpResponse } from '#runtime/adapters/http-event.ts';
import { relayHandler } from '#runtime/adapters/stream.ts';
import type { LoadState } from '#runtime/lifecycle/registry-state.ts';
import { startEarly } from '#runtime/lifecycle/start-early.ts';
import { environment, httpEvent, lambdaContext, probe, probeOperations, quietTelemetry } from '../support.ts';

const INIT = Symbol.for('anineeplus.init');
const scope = globalThis as { [INIT]?: Promise<unknown> };
const MINUTES = 60_000;

/** What the registry and Secrets Manager answer, and what the plugin was asked. */
let state: LoadState;
let version: string;
let failing: { registry?: boolean; secret?: boolean; plugin?: boolean };
let calls: string[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  [state, version, failing, calls] = ['loaded', 'v1', {}, []];
});
afterEach(() => {
  vi.useRealTimers();
  delete scope[INIT];
});

/** An execution environment that begins: all that initialization does and waits for. */
async function initialized(variables: Readonly<Record<string, string>> = {}) {
  const documents = {
    async get() {
      calls.push('state');
      if (failing.registry) throw new Error('no connection');
      return { Item: { state, version: 1, configVersionId: version } };
    },
  };
  const secrets = {
    async getSecretValue() {
      calls.push('secret');
      if (failing.secret) throw new Error('no connection');
      return {
        SecretString: JSON.stringify({ configVersion: 1, values: { mode: version } }),
        VersionId: version,
      };
    },
  };
  const plugin = probe({
    initialize({ mode }) {
      calls.push(`initialize ${mode}`);
      if (failing.plugin) throw new Error('does not start');
      return { started: 1 };
    },
  });
  const handler = apiHandler(plugin, probeOperations, {
    environment: environment({
      AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9',
      ANINEEPLUS_AUTH: 'none',
      ANINEEPLUS_REGISTRY_TABLE: 'registry',
      ANINEEPLUS_CONFIG_SECRET: 'secret',
      ...variables,
    }),
    telemetry: quietTelemetry(),
    documents: () => documents,
    secrets: () => secrets,
  });
  await scope[INIT];
  return async () => {
    const { statusCode, body } = (await handler(httpEvent('GET /echo'), lambdaContext)) as HttpResponse;
    return statusCode === 200 ? 200 : `${statusCode} ${(JSON.parse(body) as { code: string }).code}`;
  };
}

describe('what the first call needs', () => {
  it('is read and initialized while the environment starts, and not again by the call', async () => {
    const call = await initialized();
    expect(calls.toSorted()).toEqual(['initialize v1', 'secret', 'state']);
    expect(await call()).toBe(200);
    expect(calls).toHaveLength(3);
  });

  it.each([
    ['registry', '503 registry-unavailable'],
    ['secret', '503 plugin-unhealthy'],
    ['plugin', '503 plugin-unhealthy'],
  ] as const)('is tried again by the call where the %s failed, which reports it', async (what, refusal) => {
    failing = { [what]: true };
    const call = await initialized();
    const before = calls.length;
    expect(await call()).toBe(refusal);
    expect(calls.length).toBeGreaterThan(before);
    failing = {};
    expect(await call()).toBe(200);
  });

  it('is not reported at all where it failed while the environment started, and works by now', async () => {
    failing = { registry: true, secret: true };
    const call = await initialized();
    failing = {};
    expect(await call()).toBe(200);
  });

  it('is not initialized for a plugin that is unloaded, which is loaded later', async () => {
    state = 'unloaded';
    const call = await initialized();
    expect(calls.filter((one) => one.startsWith('initialize'))).toEqual([]);
    expect(await call()).toBe('503 plugin-unloaded');
    state = 'loaded';
    vi.setSystemTime(Date.now() + 1001);
    expect(await call()).toBe(200);
  });

  it('is read again in an environment that was frozen, and the plugin started stays', async () => {
    const call = await initialized();
    vi.setSystemTime(Date.now() + 10 * MINUTES);
    expect(await call()).toBe(200);
    expect(calls.toSorted()).toEqual(['initialize v1', 'secret', 'secret', 'state', 'state']);
    state = 'unloaded';
    vi.setSystemTime(Date.now() + 10 * MINUTES);
    expect(await call()).toBe('503 plugin-unloaded');
  });

  it('is the configuration in force when the call comes', async () => {
    const call = await initialized();
    version = 'v2';
    vi.setSystemTime(Date.now() + 1001);
    expect(await call()).toBe(200);
    expect(calls.filter((one) => one.startsWith('initialize'))).toEqual(['initialize v1', 'initialize v2']);
  });

  it('is not touched outside of an execution environment', async () => {
    await initialized({ AWS_LAMBDA_RUNTIME_API: '' });
    expect(calls).toEqual([]);
  });

  it('is nothing for the relay, which starts with its first batch', async () => {
    const variables = { AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9', ANINEEPLUS_REGISTRY_TABLE: 'registry' };
    const bus = { ANINEEPLUS_BUS_NAME: 'bus', ANINEEPLUS_EVENT_SOURCE: 'source' };
    relayHandler({ environment: environment({ ...variables, ...bus }), telemetry: quietTelemetry() });
    expect(scope[INIT]).toBeUndefined();
  });
});

describe('an environment that starts', () => {
  const ready = async () => ({ services: undefined, config: {}, release: () => {} });
  const hangs = () => new Promise<never>(() => {});

  it('waits for a start that hangs no longer than its limit', async () => {
    const startedAt = performance.now();
    await startEarly({ lifecycle: { prefetch: () => {}, ready: hangs }, state: undefined }, 50);
    expect(performance.now() - startedAt).toBeGreaterThan(45);
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });

  it('keeps no services in use', async () => {
    const release = vi.fn();
    const lifecycle = { prefetch: () => {}, ready: async () => ({ ...(await ready()), release }) };
    await startEarly({ lifecycle, state: undefined });
    expect(release).toHaveBeenCalledOnce();
  });

  it('never fails, whatever throws', async () => {
    const prefetch = () => {
      throw new Error('no client');
    };
    await expect(startEarly({ lifecycle: { prefetch, ready }, state: undefined })).resolves.toBeUndefined();
  });
});
