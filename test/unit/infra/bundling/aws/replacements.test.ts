import { userAgentMiddleware as original } from '@aws-sdk/core/client';
import type { UserAgentResolvedConfig } from '@aws-sdk/core/client';
import { NoOpLogger } from '@smithy/core/client';
import { loadConfig } from '@smithy/core/config';
import { HttpRequest } from '@smithy/core/protocols';
import type { BuildHandler, HandlerExecutionContext, Logger, MetadataBearer, UserAgent } from '@smithy/types';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { fromSharedConfigFiles } from '#infra/bundling/aws/replacements/config-files.ts';
import { Crc32Node } from '#infra/bundling/aws/replacements/crc32.ts';
import { defaultProvider } from '#infra/bundling/aws/replacements/credentials.ts';
import { resolveDefaultsModeConfig } from '#infra/bundling/aws/replacements/defaults-mode.ts';
import { EndpointCache } from '#infra/bundling/aws/replacements/endpoint-cache.ts';
import { loggerMiddleware } from '#infra/bundling/aws/replacements/logger.ts';
import { Sha256Node } from '#runtime/aws/sha256.ts';
import { userAgentMiddleware } from '#infra/bundling/aws/replacements/user-agent.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

describe('user agent', () => {
  const config = (custom?: UserAgent): UserAgentResolvedConfig => ({
    runtime: 'node',
    userAgentAppId: () => Promise.resolve('shop one'),
    defaultUserAgentProvider: () =>
      Promise.resolve<UserAgent>([
        ['aws-sdk-js', '3.1'],
        ['ua', '2.1'],
        ['os/linux', '6.1 (x)'],
        ['lang/js'],
        ['md/nodejs', '24.1'],
        ['api/DynamoDB', '3.1'],
      ]),
    ...(custom && { customUserAgent: custom }),
  });

  async function headersBy(middleware: typeof userAgentMiddleware, options: UserAgentResolvedConfig) {
    const request = new HttpRequest({ headers: {} });
    const next: BuildHandler<object, MetadataBearer> = () =>
      Promise.resolve({ response: {}, output: { $metadata: {} } });
    const context = { userAgent: [['lib/mapper', '1']] } as HandlerExecutionContext;
    await middleware(options)(next, context)({ input: {}, request });
    return request.headers;
  }

  test.each([[undefined], [[['shop/api', '7'], ['plain']] as UserAgent]])(
    'is what the SDK writes, but for the features of the call (custom: %j)',
    async (custom) => {
      const wanted = await headersBy(original as typeof userAgentMiddleware, config(custom));
      const headers = await headersBy(userAgentMiddleware, config(custom));
      expect(headers['x-amz-user-agent']).toBe(wanted['x-amz-user-agent']);
      expect(headers['user-agent']).toBe(wanted['user-agent']?.replace(/ m\/\S*/, ''));
      expect(headers['user-agent']).toContain('os/linux#6.1--x-');
    },
  );
});

describe('credentials', () => {
  test('are those of the environment', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    vi.stubEnv('AWS_SESSION_TOKEN', 'token');
    const provide = defaultProvider();
    expect(await provide()).toMatchObject({
      accessKeyId: 'key',
      secretAccessKey: 'secret',
      sessionToken: 'token',
    });
    expect(await provide()).toBe(await provide());
  });

  test('are read again before they expire', async () => {
    vi.useFakeTimers({ now: new Date('2026-01-01T00:00:00Z') });
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'first');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    vi.stubEnv('AWS_CREDENTIAL_EXPIRATION', '2026-01-01T01:00:00Z');
    const provide = defaultProvider();
    expect(await provide()).toMatchObject({ accessKeyId: 'first' });
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'second');
    expect(await provide()).toMatchObject({ accessKeyId: 'first' });
    vi.setSystemTime(new Date('2026-01-01T00:56:00Z'));
    await provide();
    expect(await provide()).toMatchObject({ accessKeyId: 'second' });
  });

  test('are missing with the variables that would hold them named', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', '');
    await expect(defaultProvider()()).rejects.toThrow(
      'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set',
    );
  });
});

test('a setting has its default where no variable sets it', async () => {
  await expect(fromSharedConfigFiles()()).rejects.toMatchObject({ tryNextLink: true });
  vi.stubEnv('SAMPLE', 'set');
  const selectors = (name: string) => ({
    environmentVariableSelector: (env: NodeJS.ProcessEnv) => env[name],
    configFileSelector: () => undefined,
    default: 'default',
  });
  expect(await loadConfig(selectors('SAMPLE'))()).toBe('set');
});

test.each([
  [{}, {}, 'legacy'],
  [{}, { AWS_DEFAULTS_MODE: 'standard' }, 'standard'],
  [{ defaultsMode: 'Mobile' }, { AWS_DEFAULTS_MODE: 'standard' }, 'mobile'],
  [{ defaultsMode: 'auto', region: 'eu-west-1' }, { AWS_REGION: 'eu-west-1' }, 'in-region'],
  [
    { defaultsMode: () => Promise.resolve('auto'), region: 'eu-west-1' },
    { AWS_REGION: 'us-east-1' },
    'cross-region',
  ],
])('defaults of %j with %j are %s', async (given, variables, wanted) => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  expect(await resolveDefaultsModeConfig(given)()).toBe(wanted);
});

test('unknown defaults are refused', async () => {
  await expect(resolveDefaultsModeConfig({ defaultsMode: 'fast' })()).rejects.toThrow(
    'Invalid parameter for "defaultsMode", expect auto, in-region, cross-region, mobile, standard, legacy, got fast',
  );
});

describe('logger', () => {
  const logged: unknown[] = [];
  const logger = {
    info: (line: unknown) => logged.push(line),
    error: (line: unknown) => logged.push(line),
  } as unknown as Logger;
  const context = (given: Logger): HandlerExecutionContext => ({
    clientName: 'C',
    commandName: 'P',
    logger: given,
    inputFilterSensitiveLog: () => 'input',
    outputFilterSensitiveLog: (output: unknown) => output,
  });
  const answer = { response: {}, output: { $metadata: { attempts: 1 }, Item: 1 } };

  test('is told of answers and errors', async () => {
    await loggerMiddleware()(() => Promise.resolve(answer), context(logger))({ input: {} });
    const failure = Object.assign(new Error('no'), { $metadata: { attempts: 3 } });
    const failing = loggerMiddleware()(() => Promise.reject(failure), context(logger))({ input: {} });
    await expect(failing).rejects.toBe(failure);
    const names = { clientName: 'C', commandName: 'P', input: 'input' };
    expect(logged).toEqual([
      { ...names, output: { Item: 1 }, metadata: { attempts: 1 } },
      { ...names, error: failure, metadata: { attempts: 3 } },
    ]);
  });

  test('costs nothing where it drops everything', () => {
    const next = () => Promise.resolve(answer);
    expect(loggerMiddleware()(next, context(new NoOpLogger()))).toBe(next);
  });
});

test('SHA-256 and its HMAC are those of the published vectors', async () => {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  const hash = new Sha256Node();
  hash.update(Buffer.from('ab'));
  hash.update(Buffer.from('c'));
  const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  expect(hex(await hash.digest())).toBe(abc);
  expect(hex(await hash.digest())).toBe(abc);
  hash.reset();
  expect(hex(await hash.digest())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  // RFC 4231, case 2.
  const keyed = new Sha256Node('Jefe');
  keyed.update(Buffer.from('what do ya want for nothing?'));
  expect(hex(await keyed.digest())).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
  expect(() => keyed.update(Buffer.from('more'))).toThrow('already finished');
});

test('CRC-32 is that of the published vector', async () => {
  const sum = new Crc32Node();
  sum.update(Buffer.from('12345'));
  sum.update(Buffer.from('6789'));
  expect(sum.digestSync()).toBe(0xcbf43926);
  expect(Buffer.from(await sum.digest()).toString('hex')).toBe('cbf43926');
  sum.reset();
  expect(sum.digestSync()).toBe(0);
});

test('discovered endpoints are kept until they expire or newer ones need the room', () => {
  vi.useFakeTimers();
  const cache = new EndpointCache(2);
  cache.set('a', [{ Address: 'a.example', CachePeriodInMinutes: 1 }]);
  cache.set('b', [{ Address: 'b.example', CachePeriodInMinutes: 2 }]);
  expect(cache.getEndpoint('a')).toBe('a.example');
  vi.advanceTimersByTime(60_000);
  expect(cache.get('a')).toBeUndefined();
  expect(cache.has('a')).toBe(false);
  cache.set('c', [{ Address: 'c.example', CachePeriodInMinutes: 2 }]);
  cache.set('d', [{ Address: 'd.example', CachePeriodInMinutes: 2 }]);
  expect(cache.getEndpoint('b')).toBeUndefined();
  expect(cache.getEndpoint('d')).toBe('d.example');
  cache.clear();
  expect(cache.has('d')).toBe(false);
});
