import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { createConfigSource, type ConfigOptions } from '#runtime/config.ts';
import { startHttp, type TestHttp } from '#test/support/http-server.ts';

const schema = z.object({ stripe: z.object({ secretKey: z.string(), retries: z.optional(z.int()) }) });

let server: TestHttp;
let secret: string;
let status: number;
let reads: number;
let now: number;
let warnings: string[];

beforeEach(async () => {
  [secret, status, reads, now, warnings] = [
    '{"configVersion":1,"values":{"stripe":{"secretKey":"sk_1"}}}',
    200,
    0,
    0,
    [],
  ];
  server = await startHttp(() => {
    reads++;
    return {
      status,
      body: status === 200 ? { SecretString: secret, VersionId: `v${reads}` } : { __type: 'InternalFailure' },
    };
  });
});
afterEach(() => server.stop());

function source(over: Partial<ConfigOptions> = {}) {
  const client = new SecretsManagerClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  });
  return createConfigSource({
    plugin: 'payment',
    schema,
    secretId: 'arn',
    client: () => client,
    envPrefix: 'PAYMENT_PLUGIN',
    variables: {},
    warn: (message) => void warnings.push(message),
    now: () => now,
    ...over,
  });
}

describe('the configuration', () => {
  it('is the secret, with the environment on top', async () => {
    const variables = { PAYMENT_PLUGIN_STRIPE_RETRIES: '3', PAYMENT_PLUGIN_STRIPE_SECRET_KEY: '' };
    expect(await source({ variables }).current()).toEqual({
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
    status = 500;
    config.prefetch();
    await expect.poll(() => reads).toBe(1);
    await expect(config.current()).rejects.toThrow();
    status = 200;
    expect((await config.current()).values).toEqual({ stripe: { secretKey: 'sk_1' } });
  });

  it('stays as it was while the store is down', async () => {
    const config = source();
    const before = await config.current('a');
    status = 500;
    expect(await config.current('b')).toEqual(before);
    expect(warnings).toHaveLength(1);
    await config.current('b');
    expect(reads).toBe(2);
    status = 200;
    now += 5000;
    expect((await config.current('b')).version).toBe('v3');
  });

  it('fails when it was never readable', async () => {
    status = 500;
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
    source({ variables: { PAYMENT_PLUGIN_STRIPE_KEY: 'x' } });
    expect(warnings).toEqual(['Unknown configuration variable']);
  });
});
