import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManager,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { createConfigSource, type ConfigOptions } from '#runtime/lifecycle/config.ts';
import { readOverrides } from '#runtime/lifecycle/config-overrides.ts';
import { secret as marked } from '#runtime/schema/secret.ts';
import { awsError } from '../../aws.ts';

const schema = z.object({
  stripe: z.object({ secretKey: marked(z.string()), retries: z.optional(z.int()) }),
});

const client = new SecretsManager({ region: 'us-east-1' });
const secrets = mockClient(client);
let secret: string;
let failure: Error | undefined;
let reads: number;
let now: number;
let warnings: string[];
let refreshErrors: number;

beforeEach(() => {
  secret = '{"configVersion":1,"values":{"stripe":{"secretKey":"sk_1"}}}';
  [failure, reads, now, warnings, refreshErrors] = [undefined, 0, 0, [], 0];
  secrets.reset();
  secrets.on(GetSecretValueCommand, { SecretId: 'arn' }).callsFake(async () => {
    reads++;
    if (failure) throw failure;
    return { SecretString: secret, VersionId: `v${reads}` };
  });
});

const warn = (message: string): void => void warnings.push(message);

const overridesOf = (variables: Readonly<Record<string, string>>, secretsAllowed = true) =>
  readOverrides({
    plugin: 'payment',
    schema,
    envPrefix: 'PAYMENT_PLUGIN',
    variables,
    secretsAllowed,
    warn,
  });

function source(over: Partial<ConfigOptions> = {}) {
  return createConfigSource({
    shape: { plugin: 'payment', version: 1, migrations: {} },
    secretId: 'arn',
    client: () => client,
    overrides: overridesOf({}),
    warn,
    refreshFailed: () => void refreshErrors++,
    now: () => now,
    ...over,
  });
}

describe('the configuration', () => {
  it('is the secret, with the environment on top', async () => {
    const variables = { PAYMENT_PLUGIN_STRIPE_RETRIES: '3', PAYMENT_PLUGIN_STRIPE_SECRET_KEY: '' };
    expect(await source({ overrides: overridesOf(variables) }).current()).toEqual({
      values: { stripe: { secretKey: 'sk_1', retries: 3 } },
      version: 'v1',
    });
  });

  it('needs no secret where the manifest has none', async () => {
    expect(await source({ secretId: undefined }).current()).toEqual({ values: {}, version: 'none' });
    expect(reads).toBe(0);
  });

  it('is read once by many, and again when it is old or the registry names another version', async () => {
    const config = source();
    await Promise.all([config.current('a'), config.current('a'), config.current('a')]);
    now = 299_999;
    await config.current('a');
    expect(reads).toBe(1);
    expect((await config.current('b')).version).toBe('v2');
    now += 300_000;
    expect((await config.current('b')).version).toBe('v3');
  });

  it('is read before it is asked for, and not again when that was the version in force', async () => {
    const config = source();
    config.prefetch();
    expect((await config.current('v1')).version).toBe('v1');
    await config.current('v1');
    config.prefetch();
    expect(reads).toBe(1);
  });

  it('is read again when reading it beforehand failed', async () => {
    const config = source();
    failure = awsError('InternalServiceError');
    config.prefetch();
    await expect.poll(() => reads).toBe(1);
    await expect(config.current()).rejects.toThrow();
    failure = undefined;
    expect((await config.current()).values).toEqual({ stripe: { secretKey: 'sk_1' } });
  });

  it('stays as it was while the store is down', async () => {
    const config = source();
    const before = await config.current('a');
    failure = awsError('InternalServiceError');
    expect(await config.current('b')).toEqual(before);
    expect(warnings).toHaveLength(1);
    expect(refreshErrors).toBe(1);
    await config.current('b');
    expect(reads).toBe(2);
    failure = undefined;
    now += 5000;
    expect((await config.current('b')).version).toBe('v3');
  });

  it('fails when it was never readable', async () => {
    failure = awsError('InternalServiceError');
    await expect(source().current()).rejects.toThrow();
  });

  it('is read again once after an upstream refused the credentials', async () => {
    const config = source();
    await config.current();
    config.invalidate();
    await config.current();
    config.invalidate();
    await config.current();
    expect(reads).toBe(2);
    now += 10_000;
    config.invalidate();
    await config.current();
    expect(reads).toBe(3);
  });

  it('never quotes a secret that is not JSON', async () => {
    secret = 'sk_live_oops';
    const error = await source()
      .current()
      .catch((caught: unknown) => caught);
    expect(String(error)).toContain('"payment"');
    expect(String(error)).not.toContain('oops');
  });

  it('warns of a variable that stands for nothing', () => {
    overridesOf({ PAYMENT_PLUGIN_STRIPE_KEY: 'x' });
    expect(warnings).toEqual(['Unknown configuration variable']);
  });

  it('is the current version while a rotation has another one pending', async () => {
    const stages: Record<string, { SecretString: string; VersionId: string }> = {
      AWSCURRENT: { SecretString: '{"values":{"stripe":{"secretKey":"sk_1"}}}', VersionId: 'v1' },
      AWSPENDING: { SecretString: '{"values":{"stripe":{"secretKey":"sk_2"}}}', VersionId: 'v2' },
    };
    secrets.on(GetSecretValueCommand).callsFake(async ({ VersionStage = 'AWSCURRENT', VersionId }) => {
      expect(VersionId).toBeUndefined();
      return stages[VersionStage];
    });
    const config = source();
    const keyOf = async (wanted: string) =>
      (await config.current(wanted)).values as { stripe: { secretKey: string } };
    expect((await keyOf('v1')).stripe.secretKey).toBe('sk_1');
    // The registry may name the new version a moment before the store has moved its stage.
    await Promise.all([keyOf('v2'), keyOf('v2'), keyOf('v2')]);
    expect((await keyOf('v2')).stripe.secretKey).toBe('sk_1');
    expect(secrets.commandCalls(GetSecretValueCommand)).toHaveLength(2);
    stages['AWSCURRENT'] = stages['AWSPENDING'] as (typeof stages)[string];
    now += 300_000;
    expect((await keyOf('v2')).stripe.secretKey).toBe('sk_2');
  });

  it.each([
    'AccessDeniedException',
    'DecryptionFailure',
    'ResourceNotFoundException',
    'InvalidRequestException',
    'ThrottlingException',
  ])('fails with %s as long as nothing was read, and is read again at the next call', async (name) => {
    const config = source();
    failure = awsError(name);
    await expect(config.current()).rejects.toMatchObject({ name });
    failure = undefined;
    expect((await config.current()).version).toBe('v2');
    failure = awsError(name);
    now += 300_000;
    expect((await config.current()).version).toBe('v2');
    expect(warnings).toEqual(['Configuration could not be refreshed; the last good one stays']);
  });

  it('refuses a secret that is binary', async () => {
    secrets.on(GetSecretValueCommand).resolves({ SecretBinary: new Uint8Array([1]), VersionId: 'v1' });
    await expect(source().current()).rejects.toThrow('is not valid JSON');
  });

  it('lets the secret go before the values of the stage, and variables before both', async () => {
    secret = '{"configVersion":1,"values":{"stripe":{"secretKey":"sk_1","retries":2}}}';
    const stageValues = { stripe: { retries: 1, timeout: 9 } };
    const overrides = overridesOf({ PAYMENT_PLUGIN_STRIPE_SECRET_KEY: 'sk_env' });
    expect((await source({ stageValues, overrides }).current()).values).toEqual({
      stripe: { secretKey: 'sk_env', retries: 2, timeout: 9 },
    });
  });

  it('takes no secret from a variable where that is not allowed', async () => {
    const variables = { PAYMENT_PLUGIN_STRIPE_SECRET_KEY: 'sk_env', PAYMENT_PLUGIN_STRIPE_RETRIES: '3' };
    const overrides = overridesOf(variables, false);
    expect((await source({ overrides }).current()).values).toEqual({
      stripe: { secretKey: 'sk_1', retries: 3 },
    });
    expect(overrides.paths).toEqual([['stripe', 'retries']]);
    expect(warnings).toEqual(['A variable must not set a secret value here and is ignored']);
  });
});

describe('a configuration of another version', () => {
  const shape: ConfigOptions['shape'] = {
    plugin: 'payment',
    version: 3,
    migrations: {
      1: ({ key, ...rest }) => ({ ...rest, stripe: { secretKey: key } }),
      2: ({ stripe, ...rest }) => ({ ...rest, stripe: { ...(stripe as object), retries: 5 } }),
    },
  };

  it('is brought to the version that the code knows, step by step, and stays stored as it is', async () => {
    secret = '{"configVersion":1,"values":{"key":"sk_1"}}';
    const config = source({ shape });
    expect((await config.current()).values).toEqual({ stripe: { secretKey: 'sk_1', retries: 5 } });
    expect(secrets.calls()).toHaveLength(1);
    secret = '{"configVersion":2,"values":{"stripe":{"secretKey":"sk_2"}}}';
    expect(await config.reading('v2')).toMatchObject({
      stored: { configVersion: 2, values: { stripe: { secretKey: 'sk_2' } } },
      document: { configVersion: 3, values: { stripe: { secretKey: 'sk_2', retries: 5 } } },
    });
  });

  it('needs no step while it is empty', async () => {
    secret = '{"configVersion":1,"values":{}}';
    const { document } = await source({ shape: { ...shape, migrations: {} } }).reading('v');
    expect(document).toEqual({ configVersion: 3, values: {} });
  });

  it('is refused while it is newer, and the last good one stays', async () => {
    const config = source();
    await config.current('a');
    secret = '{"configVersion":2,"values":{"stripe":{"secretKey":"sk_secret"}}}';
    expect((await config.current('b')).values).toEqual({ stripe: { secretKey: 'sk_1' } });
    expect(refreshErrors).toBe(1);
  });

  describe('that is newer than the code of a fresh environment', () => {
    let previous: string | undefined;

    beforeEach(() => {
      secret = '{"configVersion":2,"values":{"stripe":{"secretKey":"sk_secret"}}}';
      previous = '{"configVersion":1,"values":{"stripe":{"secretKey":"sk_1"}}}';
      secrets.on(GetSecretValueCommand, { SecretId: 'arn', VersionStage: 'AWSPREVIOUS' }).callsFake(() => {
        if (failure) throw failure;
        const $metadata = {};
        if (previous === undefined) throw new ResourceNotFoundException({ message: 'none', $metadata });
        return { SecretString: previous, VersionId: 'v0' };
      });
    });

    it('gives way to the one before, with a warning and the metric', async () => {
      const config = source();
      expect(await config.current('v1')).toEqual({
        values: { stripe: { secretKey: 'sk_1' } },
        version: 'v0',
      });
      expect(warnings).toEqual([
        'The configuration in force is newer than this code; the one before it is used',
      ]);
      expect(refreshErrors).toBe(1);
      await config.current('v1');
      expect(secrets.calls()).toHaveLength(2);
    });

    it('gives way without another read where the registry names it after it was read beforehand', async () => {
      const config = source();
      config.prefetch();
      await config.current();
      expect((await config.current('v1')).version).toBe('v0');
      expect(secrets.calls()).toHaveLength(2);
      expect([warnings.length, refreshErrors]).toEqual([1, 1]);
    });

    it('is taken once it has a shape that the code knows', async () => {
      const config = source();
      await config.current('v1');
      secret = '{"configVersion":1,"values":{"stripe":{"secretKey":"sk_3"}}}';
      expect((await config.current('v2')).values).toEqual({ stripe: { secretKey: 'sk_3' } });
    });

    it.each([
      ['is newer too', '{"configVersion":3,"values":{"a":1}}'],
      ['is not there', undefined],
    ])('is refused where the one before %s', async (_, text) => {
      previous = text;
      await expect(source().current()).rejects.toThrow(
        'configVersion is 2, and this version of the plugin knows up to 1',
      );
      expect(refreshErrors).toBe(0);
    });

    it('fails with the reason why the one before cannot be read', async () => {
      const config = source();
      secrets
        .on(GetSecretValueCommand, { SecretId: 'arn', VersionStage: 'AWSPREVIOUS' })
        .rejects(awsError('ThrottlingException'));
      await expect(config.current()).rejects.toMatchObject({ name: 'ThrottlingException' });
    });

    it('is not replaced where a certain version is asked for', async () => {
      await expect(source().reading('v1')).rejects.toThrow('configVersion is 2');
    });
  });

  it.each([
    [{}, 'no migration leads from there to 2'],
    [
      {
        1: () => {
          throw new TypeError('sk_1 is no number');
        },
      },
      'its migration threw TypeError',
    ],
    [{ 1: () => [] as never }, 'its migration returned no object'],
  ])('is refused where a step fails, without its values', async (migrations, message) => {
    secret = '{"configVersion":1,"values":{"key":"sk_1"}}';
    const error = await source({ shape: { plugin: 'payment', version: 2, migrations } })
      .current()
      .catch((caught: unknown) => caught);
    expect(String(error)).toContain(message);
    expect(String(error)).not.toContain('sk_1');
  });

  it.each([
    ['[]', 'values must be an object'],
    ['{"values":3}', 'values must be an object'],
    ['{"configVersion":"x"}', 'configVersion must be a positive integer'],
    ['{"configVersion":0}', 'configVersion must be a positive integer'],
  ])('is refused as %s', async (text, message) => {
    secret = text;
    await expect(source().current()).rejects.toThrow(message);
  });
});
