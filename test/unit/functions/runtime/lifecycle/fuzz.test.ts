import * as fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { apiHandler } from '#runtime/adapters/api.ts';
import type { HttpResponse } from '#runtime/adapters/http-event.ts';
import { definePlugin } from '#runtime/contract/plugin.ts';
import { secret } from '#runtime/schema/secret.ts';
import { fuzzed } from '#test/support/fuzz.ts';
import { damaged, mutated, textOf } from '#test/support/hostile.ts';
import {
  environment,
  httpEvent,
  invokedBy,
  lambdaContext,
  probeOperations,
  quietTelemetry,
} from '../support.ts';

const KEY = 'sk-hunter2-0123456789';
const good = { configVersion: 2, values: { bank: { key: KEY, retries: 3 }, mode: 'plain' } };
/** What may stand in a secret: values that nobody checked, another shape, no JSON, no text. */
const documents = fc.oneof(
  { weight: 5, arbitrary: mutated(good).map(textOf) },
  { weight: 2, arbitrary: damaged(textOf(good)).map(String) },
  mutated(good.values).map((values) => textOf({ configVersion: 1, values })),
  fc.constant(undefined),
);

/** A plugin with a secret, in a fresh execution environment, and the secret's text to change. */
function start(text: string | undefined) {
  const stored = { text, version: 1 };
  const telemetry = quietTelemetry();
  const plugin = definePlugin({
    manifest: {
      name: 'probe',
      version: '1.2.3',
      description: 'Has a secret',
      author: 'test',
      operations: {
        echo: { http: { method: 'POST', path: '/echo/{id}' } },
        look: { http: { method: 'GET', path: '/echo' } },
      },
      config: { version: 2, envPrefix: 'PROBE_PLUGIN' },
    },
    config: z.strictObject({
      bank: z.strictObject({ key: secret(z.string()), retries: z.optional(z.int()) }),
      mode: z._default(z.enum(['plain', 'fancy']), 'plain'),
    }),
    migrations: { 1: ({ bank, ...rest }) => ({ ...rest, bank: { ...(bank as object) } }) },
    initialize: (config) => ({ started: config.bank.key.length }),
  });
  const variables = {
    ANINEEPLUS_AUTH: 'none',
    ANINEEPLUS_CONFIG_SECRET: 'arn',
    ANINEEPLUS_REGISTRY_TABLE: 'registry',
  };
  const handler = apiHandler(plugin, probeOperations, {
    environment: environment(variables),
    telemetry,
    documents: () => ({
      get: async () => ({ Item: { state: 'loaded', version: 1, configVersionId: `v${stored.version}` } }),
    }),
    secrets: () => ({
      getSecretValue: async () => ({
        ...(stored.text !== undefined && { SecretString: stored.text }),
        VersionId: `v${stored.version}`,
      }),
    }),
  });
  return { stored, telemetry, handler };
}

const look = httpEvent('GET /echo', {});
const health = { kind: 'health' };
interface Health {
  readonly status: string;
  readonly reason?: string;
}

let now = Date.now();
afterEach(() => vi.restoreAllMocks());

it('starts the plugin or says that it cannot, on every way in, and shows nothing of what is stored', async () => {
  const property = fc.asyncProperty(documents, async (text) => {
    const { telemetry, handler } = start(text);
    const answer = (await handler(look, lambdaContext)) as HttpResponse;
    const report = (await handler(health, invokedBy('health'))) as Health;
    const isStarted = answer.statusCode === 200;
    if (!isStarted) {
      expect([answer.statusCode, (JSON.parse(answer.body) as { code: string }).code]).toEqual([
        503,
        'plugin-unhealthy',
      ]);
    }
    expect(report.status).toBe(isStarted ? 'healthy' : 'unhealthy');
    expect(JSON.stringify([answer, report, telemetry.lines])).not.toContain('hunter2');
  });
  await fc.assert(property, fuzzed(300));
});

it('goes on with the last good configuration when what is stored is not one any more', async () => {
  vi.spyOn(Date, 'now').mockImplementation(() => now);
  const property = fc.asyncProperty(documents, async (text) => {
    const fresh = (await start(text).handler(look, lambdaContext)) as HttpResponse;
    const isUsable = fresh.statusCode === 200;
    const { stored, telemetry, handler } = start(textOf(good));
    expect(await handler(look, lambdaContext)).toMatchObject({ statusCode: 200 });
    Object.assign(stored, { text, version: 2 });
    // Long enough for the registry to be read again.
    now += 2_000;
    expect(await handler(look, lambdaContext)).toMatchObject({ statusCode: 200 });
    const report = (await handler(health, invokedBy('health'))) as Health;
    expect(report.status).toBe(isUsable ? 'healthy' : 'degraded');
    if (!isUsable)
      expect(report.reason).toMatch(/^the stored configuration cannot be used, the last good one is: /);
    expect(telemetry.counts.get('plugin.config.refresh.errors') ?? 0).toBe(isUsable ? 0 : 1);
    expect(JSON.stringify([report, telemetry.lines])).not.toContain('hunter2');
    // Once it is mended, nothing is said of it any more.
    Object.assign(stored, { text: textOf(good), version: 3 });
    now += 2_000;
    expect(await handler(health, invokedBy('health'))).toMatchObject({ status: 'healthy' });
  });
  await fc.assert(property, fuzzed(300));
});
