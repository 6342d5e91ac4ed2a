import { GetSecretValueCommand, SecretsManager } from '@aws-sdk/client-secrets-manager';
import type { Context } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { paymentSucceeded } from '#events/catalog/payment.ts';
import { apiHandler } from '#runtime/adapters/api.ts';
import { subscriptionHandler } from '#runtime/adapters/queue.ts';
import { scheduleHandler } from '#runtime/adapters/schedule.ts';
import { webhookHandler } from '#runtime/adapters/webhook.ts';
import type { HealthReport } from '#runtime/contract/health.ts';
import { definePlugin } from '#runtime/contract/plugin.ts';
import { schedule } from '#runtime/contract/schedule.ts';
import { subscription } from '#runtime/contract/subscription.ts';
import { webhook } from '#runtime/contract/webhook.ts';
import { secret } from '#runtime/schema/secret.ts';
import { awsError } from '../../aws.ts';
import { environment, httpEvent, invokedBy, quietTelemetry } from '../support.ts';

const KEY = 'key-hunter2';
const client = new SecretsManager({ region: 'us-east-1' });
const secrets = mockClient(client);
let versions: Record<string, unknown>;
let started: unknown[];
let loaded: number;
let initialize: (config: { key: string; word: string }) => unknown;
let health: () => HealthReport | Promise<HealthReport>;

beforeEach(() => {
  versions = { v1: { configVersion: 2, values: { key: KEY, word: 'good' } } };
  [started, loaded] = [[], 0];
  initialize = (config) => void started.push(config);
  health = () => ({ status: 'healthy' });
  secrets.reset();
  secrets.on(GetSecretValueCommand).callsFake(({ VersionId: id = 'v1' }: { VersionId?: string }) => {
    const document = versions[id];
    if (document === undefined) throw awsError('ResourceNotFoundException');
    return { SecretString: JSON.stringify(document), VersionId: id };
  });
});

function pluginOf() {
  return definePlugin({
    manifest: {
      name: 'probe',
      version: '1.0.0',
      description: '',
      author: '',
      operations: {},
      webhooks: { bank: { path: '/webhooks/bank' } },
      events: { subscribes: { paid: { type: 'payment.succeeded', version: '^1.0.0' } } },
      schedules: { sweep: { function: 'sweep' } },
      config: { version: 2, envPrefix: 'PROBE_PLUGIN' },
    },
    config: z.strictObject({ key: secret(z.string()), word: z.string() }),
    migrations: { 1: ({ text, ...rest }) => ({ ...rest, word: text }) },
    initialize: (config) => initialize(config),
    onLoad: () => void loaded++,
    health: () => health(),
  });
}

const optionsWith = (variables: Record<string, string> = {}) => ({
  environment: environment({
    ANINEEPLUS_CONFIG_SECRET: 'arn',
    ANINEEPLUS_CONFIG_STAGE_VALUES: '{"word":"from the stage"}',
    ...variables,
  }),
  telemetry: quietTelemetry(),
  secrets: () => client,
  initializeTimeoutMs: 200,
});

const handler = (variables: Record<string, string> = {}) =>
  apiHandler(pluginOf(), {}, optionsWith(variables));

const ask = (event: object, alias = 'config', variables = {}) =>
  handler(variables)({ kind: 'config', ...event }, invokedBy(alias));
const check = (versionId: string) => ask({ ask: 'check', versionId });

describe('the check of a configuration', () => {
  it('starts the plugin on that version, apart from the one in force', async () => {
    versions['v2'] = { configVersion: 2, values: { key: 'new', word: 'better' } };
    const run = handler();
    expect(await run({ kind: 'config', ask: 'check', versionId: 'v2' }, invokedBy('config'))).toEqual({
      ok: true,
    });
    expect(started).toEqual([{ key: 'new', word: 'better' }]);
    expect(loaded).toBe(0);
    await run({ kind: 'health' }, invokedBy('health'));
    expect(started.at(-1)).toEqual({ key: KEY, word: 'good' });
    expect(loaded).toBe(1);
  });

  it('answers for a plugin that cannot start on the one in force', async () => {
    versions = {
      v1: { configVersion: 2, values: {} },
      v2: { configVersion: 2, values: { key: 'a', word: 'b' } },
    };
    expect(await check('v2')).toEqual({ ok: true });
  });

  it('names the members that do not fit, and no value', async () => {
    versions['v2'] = { configVersion: 2, values: { key: 7, word: KEY, wort: 'x' } };
    const answer = await check('v2');
    expect(answer).toEqual({
      ok: false,
      step: 'schema',
      reason: 'does not fit',
      faults: [
        { path: 'key', message: 'must be of type string' },
        { path: 'wort', message: 'is not known here' },
      ],
    });
  });

  it.each([
    ['throws', 'it refused [redacted]', () => Promise.reject(new Error(`it refused ${KEY}`))],
    ['hangs', 'initialize has not finished after 3000 ms', () => new Promise(() => {})],
  ])('says that initialize %s, without secrets', { timeout: 10_000 }, async (_, reason, start) => {
    initialize = start;
    const answer = await check('v1');
    expect(answer).toMatchObject({ ok: false, step: 'initialize', faults: [] });
    expect(JSON.stringify(answer)).toContain(reason);
    expect(JSON.stringify(answer)).not.toContain(KEY);
  });

  it.each<[string, string, () => HealthReport | Promise<HealthReport>]>([
    [
      'is unhealthy',
      'no access with [redacted]',
      () => ({ status: 'unhealthy', reason: `no access with ${KEY}` }),
    ],
    ['throws', 'health threw', () => Promise.reject(new Error('health threw'))],
    ['hangs', 'health has not finished after 3000 ms', () => new Promise(() => {})],
  ])('says that its health %s, without secrets', { timeout: 10_000 }, async (_, reason, report) => {
    health = report;
    const answer = await check('v1');
    expect(answer).toMatchObject({ ok: false, step: 'health' });
    expect(JSON.stringify(answer)).toContain(reason);
    expect(JSON.stringify(answer)).not.toContain(KEY);
  });

  it('takes a plugin that is degraded or has not asked yet', async () => {
    for (const status of ['degraded', 'unknown'] as const) {
      health = () => ({ status });
      expect(await check('v1')).toEqual({ ok: true });
    }
  });

  it('refuses what is newer than the code', async () => {
    versions['v2'] = { configVersion: 3, values: { key: KEY } };
    expect(await check('v2')).toMatchObject({
      ok: false,
      step: 'migration',
      faults: [{ path: 'configVersion', message: 'is 3, and this version of the plugin knows up to 2' }],
    });
  });

  it('fails as a whole where the secret cannot be read', async () => {
    await expect(check('none')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it.each(['live', 'health', 'graphql', 'call_a_b', undefined])('is not for the alias %s', async (alias) => {
    const before = secrets.calls().length;
    const event = { kind: 'config', ask: 'check', versionId: 'v1' };
    const outcome = await Promise.resolve(handler()(event, invokedBy(alias))).catch(
      (error: unknown) => error,
    );
    expect(JSON.stringify(outcome)).toMatch(/call-denied|not granted|unhealthy/);
    expect(secrets.calls()).toHaveLength(before);
    expect(started).toEqual([]);
  });

  it('is all that its alias may ask for', async () => {
    await expect(handler()(httpEvent('GET /x'), invokedBy('config'))).rejects.toThrow();
    await expect(ask({ ask: 'write', versionId: 'v1' })).rejects.toThrow();
  });
});

describe('the reading of a configuration', () => {
  it('has the values of an older one as this code takes them', async () => {
    versions['v0'] = { configVersion: 1, values: { key: KEY, text: 'old' } };
    expect(await ask({ ask: 'read', versionId: 'v0' })).toEqual({
      configVersion: 2,
      migrated: { key: KEY, word: 'old' },
      overridden: [],
    });
  });

  it('has no values of a current one, and the paths that variables override', async () => {
    const variables = { PROBE_PLUGIN_WORD: 'mine', PROBE_PLUGIN_KEY: 'ignored outside of local' };
    expect(await ask({ ask: 'read', versionId: 'v1' }, 'config', variables)).toEqual({
      configVersion: 2,
      overridden: [['word']],
    });
  });
});

describe('a function that serves no operation', () => {
  const bank = webhook({ summary: 'Takes', handle: async () => ({ outcome: 'ignored' }) });
  const paid = subscription({ event: paymentSucceeded, handle: async () => {} });
  const sweep = schedule({ summary: 'Sweeps', run: async () => {} });

  it.each<[string, () => (event: unknown, context: Context) => Promise<unknown>]>([
    ['webhook', () => webhookHandler(pluginOf(), 'bank', bank, optionsWith())],
    ['subscription', () => subscriptionHandler(pluginOf(), 'paid', paid, optionsWith())],
    ['schedule', () => scheduleHandler(pluginOf(), { sweep }, optionsWith({ ANINEEPLUS_FUNCTION: 'sweep' }))],
  ])('but a %s checks a configuration too, for the config function alone', async (_, make) => {
    versions['v2'] = { configVersion: 2, values: { key: 'new', word: 7 } };
    const run = make();
    const event = { kind: 'config', ask: 'check', versionId: 'v2' };
    expect(await run(event, invokedBy('config'))).toMatchObject({ ok: false, step: 'schema' });
    const read = { ...event, ask: 'read', versionId: 'v1' };
    expect(await run(read, invokedBy('config'))).toMatchObject({ configVersion: 2 });
    const other: unknown = await run(event, invokedBy('health')).catch((error: unknown) => error);
    expect(other).not.toHaveProperty('step');
    expect(started).toEqual([]);
  });
});
