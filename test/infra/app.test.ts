import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import {
  dataFile,
  fixture,
  ofType,
  scratch,
  assemblyOf,
  synth,
  templatesIn,
  type Template,
} from './synth.ts';

const run = promisify(execFile);
const repository = resolve(import.meta.dirname, '../..');
const appFile = join(repository, 'infra/app.ts');
const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}` };

interface Directory {
  readonly plugins: readonly { readonly name: string }[];
  readonly broken: readonly {
    readonly name: string;
    readonly file: string;
    readonly errors: readonly (Record<'code' | 'file' | 'path' | 'given' | 'allowed' | 'fix', string> & {
      readonly line: number;
    })[];
  }[];
}

// At the same time, since one of them waits for the end of the time that an import may take.
describe.concurrent('a synth in a process of its own', { timeout: 120_000 }, () => {
  test('comes out byte for byte the same by itself and through the CLI', async () => {
    const cwd = fixture('full');
    const [direct, cli] = [scratch(), scratch()];
    await run(process.execPath, [appFile], { cwd, env: { ...env, CDK_OUTDIR: direct } });
    await run(
      process.execPath,
      [join(repository, 'node_modules/aws-cdk/bin/cdk'), 'synth', '-q', '-o', cli],
      {
        cwd,
        env,
      },
    );
    const names = Object.keys(templatesIn(direct));
    expect(names).toHaveLength(3);
    for (const name of [...names.map((stack) => `${stack}.template.json`), 'schema.graphql']) {
      expect(readFileSync(join(cli, name), 'utf8')).toBe(readFileSync(join(direct, name), 'utf8'));
    }
  });

  test('with broken plugins stops with exit code 1, with all manifest errors at once on stderr', async () => {
    const failure = await run(process.execPath, [appFile], {
      cwd: fixture('broken'),
      env: { ...env, CDK_OUTDIR: scratch() },
    }).catch((error: unknown) => error as { code: number; stderr: string });
    expect(failure).toMatchObject({ code: 1 });
    expect(failure.stderr).toContain('plugins/manifest/plugin.json');
    expect(failure.stderr).toMatch(/PLG\d{3}/);
    expect(failure.stderr).not.toContain('at prepare');
  });
});

describe('the app', () => {
  test('is the same on every run, code included', async () => {
    const [first, second] = [await synth(fixture('full')), await synth(fixture('full'))];
    expect(second.templates).toEqual(first.templates);
  });

  test('keeps the sizes of all functions beside the templates', async () => {
    const { dir } = await assemblyOf(fixture('full'));
    const report = JSON.parse(readFileSync(join(dir, 'bundle-report.json'), 'utf8')) as Record<
      string,
      { entry: string; bytes: number; gzipBytes: number }[]
    >;
    expect(report['shop']?.map(({ entry }) => entry)).toEqual([
      'functions/api',
      'functions/sweep',
      'functions/webhook-courier',
    ]);
    for (const { bytes, gzipBytes } of Object.values(report).flat()) expect(bytes).toBeGreaterThan(gzipBytes);
  });
});

describe('pages of other origins', () => {
  const apiOf = (templates: Record<string, Template>, stage: string) =>
    ofType(templates[`anineeplus-${stage}-platform`] as Template, 'AWS::ApiGatewayV2::Api')[0];
  const prod = { stage: 'prod', auth: 'none' };

  test('are let in as configured', async () => {
    const origins = 'https://a.example, https://b.example:8443';
    const { templates } = await synth(fixture('full'), { ...prod, 'cors.origins': origins });
    expect(apiOf(templates, 'prod')?.Properties['CorsConfiguration']).toEqual({
      AllowOrigins: ['https://a.example', 'https://b.example:8443'],
      AllowMethods: ['GET', 'POST', 'PATCH', 'DELETE'],
      AllowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match'],
      ExposeHeaders: ['etag', 'location', 'retry-after', 'idempotent-replayed', 'x-request-id'],
      MaxAge: 300,
    });
    expect(apiOf(templates, 'prod')?.Metadata ?? {}).not.toHaveProperty('AnineePlus');
    const urls = Object.values(templates).flatMap((template) => ofType(template, 'AWS::Lambda::Url'));
    expect(urls.length).toBeGreaterThan(0);
    for (const { Properties } of urls) expect(Properties).not.toHaveProperty('Cors');
  });

  test('find the address of a deployed API in its description, which its function is told', async () => {
    const { templates } = await assemblyOf(fixture('full'), prod);
    const variables = (stage: string, from: Record<string, Template>) =>
      ofType(from[`anineeplus-${stage}-platform`] as Template, 'AWS::Lambda::Function').map(
        ({ Properties }) => (Properties['Environment'] as { Variables: object }).Variables,
      );
    const informed = variables('prod', templates).filter((names) => 'ANINEEPLUS_API_URL' in names);
    expect(informed).toMatchObject([
      { ANINEEPLUS_API_URL: { 'Fn::GetAtt': [expect.any(String), 'ApiEndpoint'] } },
    ]);
    const local = await assemblyOf(fixture('full'));
    expect(JSON.stringify(variables('local', local.templates))).not.toContain('ANINEEPLUS_API_URL');
  });

  test('are not let in where nothing is configured', async () => {
    const { templates } = await assemblyOf(fixture('full'), prod);
    expect(apiOf(templates, 'prod')?.Properties).not.toHaveProperty('CorsConfiguration');
  });

  test('of this machine are let in locally, with any port', async () => {
    const { templates } = await assemblyOf(fixture('full'));
    const api = apiOf(templates, 'local');
    expect(api?.Properties['CorsConfiguration']).toMatchObject({
      AllowOrigins: expect.arrayContaining(['http://localhost', 'https://127.0.0.1']),
    });
    expect(api?.Metadata?.['AnineePlus']).toEqual({ cors: { anyPort: true } });
  });

  test.each([
    ['https://a.example/', 'browsers send "https://a.example"'],
    ['https://a.example/path', 'browsers send "https://a.example"'],
    ['https://a.example:443', 'browsers send "https://a.example"'],
    ['https://A.example', 'browsers send "https://a.example"'],
    ['https://me@a.example', 'browsers send "https://a.example"'],
    ['a.example', 'does not begin with https://'],
    ['ftp://a.example', 'does not begin with https://'],
    ['https://', 'is no origin'],
    ['https://*.example', 'only "*" alone'],
    ['http://localhost:*', 'only "*" alone'],
    ['*,https://a.example', 'cannot stand beside others'],
    [{ a: 1 }, 'is neither a text nor a list'],
    [['https://a.example', 1], 'is no text'],
  ])('%j is refused', async (origins, rule) => {
    const synthesized = synth(fixture('full'), { ...prod, 'cors.origins': origins });
    await expect(synthesized).rejects.toMatchObject({
      code: 'cors-origins-invalid',
      message: expect.stringContaining(rule),
    });
  });
});

describe('authentication', () => {
  const authorizers = (template: Template | undefined) =>
    ofType(template as Template, 'AWS::ApiGatewayV2::Authorizer').map(({ Properties }) => Properties);

  test('local has an issuer of its own', async () => {
    const { templates } = await assemblyOf(fixture('full'));
    expect(authorizers(templates['anineeplus-local-platform'])[0]?.['JwtConfiguration']).toEqual({
      Issuer: 'https://local.anineeplus.dev/',
      Audience: ['anineeplus-local'],
    });
  });

  test('a stage that leaves it open is refused, with what to write', async () => {
    await expect(synth(fixture('full'), { stage: 'prod' })).rejects.toThrow(
      /stage "prod" has no authentication[\s\S]*"issuer"[\s\S]*"auth": "none"/,
    );
  });

  test.each([
    [{ auth: 'no' }],
    [{ auth: { issuer: 'http://idp.example.com/', audience: 'a' } }],
    [{ auth: { issuer: 'https://idp.example.com/' } }],
    [{ 'auth.issuer': 'https://idp.example.com/' }],
  ])('%j is refused', async (auth) => {
    await expect(synth(fixture('full'), { stage: 'prod', ...auth })).rejects.toThrow('"auth" is not valid');
  });

  test('the flat form of the command line works', async () => {
    const context = { stage: 'prod', 'auth.issuer': 'https://idp.example.com/', 'auth.audience': 'shop' };
    const { templates } = await assemblyOf(fixture('full'), context);
    expect(authorizers(templates['anineeplus-prod-platform'])[0]?.['JwtConfiguration']).toEqual({
      Issuer: 'https://idp.example.com/',
      Audience: ['shop'],
    });
  });

  test('"none" has to be written out, and opens every route', async () => {
    const { templates, dir } = await assemblyOf(fixture('full'), { stage: 'prod', auth: 'none' });
    expect(authorizers(templates['anineeplus-prod-platform'])).toEqual([]);
    const routes = Object.values(templates).flatMap((template) =>
      ofType(template, 'AWS::ApiGatewayV2::Route'),
    );
    expect(new Set(routes.map(({ Properties }) => Properties['AuthorizationType']))).toEqual(
      new Set(['NONE']),
    );
    const functions = Object.values(templates).flatMap((template) =>
      ofType(template, 'AWS::Lambda::Function'),
    );
    for (const { Properties } of functions) {
      expect(Properties).toHaveProperty('Environment.Variables.ANINEEPLUS_AUTH', 'none');
    }
    // The document says so once, for all operations: none of them names a scheme.
    const { security, ...rest } = dataFile(dir, 'openapi') as Record<string, unknown>;
    expect(security).toEqual([]);
    expect(JSON.stringify(rest)).not.toContain('"security"');
  });

  test('a stage name that AWS names cannot carry is refused', async () => {
    await expect(synth(fixture('full'), { stage: 'Prod_1', auth: 'none' })).rejects.toThrow(
      '"stage" is not valid',
    );
  });
});

describe('broken plugins', () => {
  test('are left out of a local run and listed with their reasons', { timeout: 60_000 }, async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const { templates, dir } = await synth(fixture('broken'), {}, { describeTimeoutMs: 2000 });
    const reported = warn.mock.calls.flat().join('\n');
    warn.mockRestore();
    expect(Object.keys(templates).sort()).toEqual([
      'anineeplus-local-platform',
      'anineeplus-local-plugin-good',
    ]);
    const { plugins, broken } = dataFile(dir, 'directory') as Directory;
    expect(plugins.map(({ name }) => name)).toEqual(['good']);
    const reasons = Object.fromEntries(
      broken.map(({ name, errors }) => [name, errors.map(({ given }) => given).join('\n')]),
    );
    expect(Object.keys(reasons)).toEqual(['exits', 'hangs', 'manifest', 'syntax', 'throws']);
    expect(reasons['exits']).toContain('ended the process with 7');
    expect(reasons['hangs']).toContain('took longer than');
    expect(reasons['syntax']).toContain('does-not-exist.ts');
    expect(reasons['throws']).toContain('the fixture throws while it is imported');

    const errors = broken.flatMap((plugin) => plugin.errors);
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['PLG004', 'PLG007', 'PLG301']));
    for (const { code, file, line, given, allowed, fix } of errors) {
      expect(reported).toContain(`${file}:${line}  ${code}`);
      for (const text of [given.split('\n')[0] ?? '', allowed, fix]) expect(reported).toContain(text);
    }
    expect(broken.find(({ name }) => name === 'manifest')?.errors[0]).toMatchObject({
      file: 'plugins/manifest/plugin.json',
      path: expect.stringMatching(/^\/\w+$/) as string,
    });
    expect(reported).not.toMatch(/syntax: +syntax/);
  });
});
