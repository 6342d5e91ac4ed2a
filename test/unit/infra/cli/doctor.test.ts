import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkEngine } from '#infra/cli/doctor/engine.ts';
import { checkPorts, findCommand } from '#infra/cli/doctor/ports.ts';
import { checkSettings } from '#infra/cli/doctor/settings.ts';
import { checkState } from '#infra/cli/doctor/state.ts';
import { checkCdk, checkNode } from '#infra/cli/doctor/tools.ts';
import { loadManifests } from '#infra/manifest/load.ts';
import { manifestSchema } from '#infra/manifest/schema.ts';
import { javaScriptProject } from '../bundling/plugin-project.ts';
import { manifest, project } from '../manifest/fixture.ts';
import { plugins } from './command-line.ts';

const open = new Set<() => void>();
afterEach(() => open.forEach((close) => close()));

async function listen(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.add(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** A project in which the command line of CDK has a version. */
const withCdk = (version: string | undefined, declared = version) =>
  project({
    'package.json': { devDependencies: { ...(declared !== undefined && { 'aws-cdk': declared }) } },
    ...(version !== undefined && { 'node_modules/aws-cdk/package.json': { name: 'aws-cdk', version } }),
  });

describe('doctor looks at', () => {
  it.each([
    ['24.1.0', 'ok'],
    ['22.12.0', 'warn'],
    ['18.20.0', 'fail'],
  ])('Node.js %s: %s', (version, status) => expect(checkNode(version)).toMatchObject({ status }));

  it.each([
    ['2.1148.1', '2.1148.1', 'ok', ''],
    ['2.1148.1', '^2.1148.1', 'warn', 'npm install --save-dev --save-exact aws-cdk@2.1148.1'],
    ['3.0.0', '3.0.0', 'fail', 'npm install --save-dev --save-exact aws-cdk@2.1148.1'],
    [undefined, undefined, 'warn', 'run npm ci'],
  ])('aws-cdk %s, declared as %s: %s', (version, declared, status, fix) => {
    expect(checkCdk(withCdk(version, declared))).toMatchObject({ status, fix });
  });

  it('the engine: the one that is installed, another one, a container, none', async () => {
    const machine = { platform: 'beos', arch: 'm68k' };
    const containerEngines = async () => ({
      program: undefined,
      silent: [{ program: 'docker', reason: 'no daemon' }],
    });
    expect(await checkEngine({})).toMatchObject({ status: 'ok', detail: 'dynoxide 1.2.1' });
    expect(await checkEngine({ machine, containerEngines })).toMatchObject({
      status: 'fail',
      detail: 'no DynamoDB engine; docker: no daemon',
      fix: 'start docker or podman, or set DYNAMODB_ENDPOINT to a running DynamoDB',
    });
    const mac = { platform: 'darwin', arch: 'arm64' };
    expect(await checkEngine({ machine: mac, containerEngines })).toMatchObject({
      fix: expect.stringContaining('npm install --no-save @dynoxide/darwin-arm64@1.2.1, or start docker'),
    });
    const podman = async () => ({ program: 'podman', silent: [] });
    expect(await checkEngine({ machine: mac, containerEngines: podman })).toMatchObject({
      status: 'ok',
      detail: 'DynamoDB Local in podman',
    });
    const endpoint = 'http://127.0.0.1:8000';
    expect(await checkEngine({ endpoint, machine, containerEngines })).toMatchObject({
      status: 'ok',
      detail: `DYNAMODB_ENDPOINT is ${endpoint}`,
    });
    expect(
      await checkEngine({ machine: mac, containerEngines, binaryOf: () => '/nowhere/dynoxide' }),
    ).toMatchObject({ status: 'fail', detail: expect.stringContaining('does not run') });
  });

  it('ports: whether they are free, or which process has them', async () => {
    const [taken, sandbox] = [await listen(), await listen()];
    const withSandbox = manifestSchema.parse(
      manifest('shop', { sandbox: { courier: { entry: 'sandbox/main.ts', port: sandbox } } }),
    );
    const [api, courier] = await checkPorts(taken, [withSandbox], undefined);
    expect(api).toMatchObject({ status: 'fail', fix: expect.stringContaining('--port <number>') });
    expect(courier).toMatchObject({
      status: 'fail',
      fix: expect.stringContaining('--sandbox-port courier=<number>'),
    });
    if (process.platform === 'linux') expect(api?.detail).toContain(`process ${process.pid}: `);
    const [own] = await checkPorts(taken, [], process.pid);
    if (process.platform === 'linux') expect(own).toMatchObject({ status: 'ok' });
    open.forEach((close) => close());
    open.clear();
    expect((await checkPorts(taken, [], undefined))[0]).toMatchObject({ status: 'ok' });
  });

  it('ports whose process it cannot see, with the command that can', () => {
    expect(findCommand(3000, 'darwin')).toBe('lsof -nP -iTCP:3000 -sTCP:LISTEN');
    expect(findCommand(3000, 'win32')).toBe('netstat -ano | findstr :3000');
  });

  it('the state folder', () => {
    const root = project({ 'package.json': {}, 'a-file': 'x' });
    expect(checkState(join(root, '.local'))).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining('can be made'),
    });
    mkdirSync(join(root, '.local'));
    expect(checkState(join(root, '.local'))).toMatchObject({ status: 'ok' });
    expect(checkState(join(root, 'a-file'))).toMatchObject({ status: 'fail' });
    writeFileSync(join(root, '.local', 'runtime.json'), JSON.stringify({ pid: process.pid }));
    expect(checkState(join(root, '.local')).detail).toContain(`in use by process ${process.pid}`);
    chmodSync(join(root, '.local'), 0o700);
  });

  it('variables that are no value of a configuration, also with a misspelt prefix', async () => {
    const root = javaScriptProject({
      manifest: manifest('shop', {
        config: { version: 1, envPrefix: 'SHOP_PLUGIN' },
        functions: { api: { entry: 'functions/api.js' } },
      }),
      config: 'z.object({ courier: z.object({ apiKey: z.optional(z.string()) }) })',
    });
    const check = () => checkSettings(root, {}, loadManifests(root).plugins);
    expect(await check()).toEqual([{ name: '.env', status: 'ok', detail: 'sets nothing', fix: '' }]);
    writeFileSync(
      join(root, '.env'),
      'SHOP_PLUGIN_COURIER_API_KEY=secret-1\nSHOP_PLUGIN_COURIER_APIKEY=secret-2\nSHOP_PLUGN_COURIER_API_KEY=secret-3\nOTHER=1\n',
    );
    const checks = await check();
    expect(checks.map(({ status, detail, fix }) => [status, detail, fix])).toEqual([
      [
        'warn',
        'SHOP_PLUGIN_COURIER_APIKEY is no value of any configuration',
        'write SHOP_PLUGIN_COURIER_API_KEY',
      ],
      [
        'warn',
        'SHOP_PLUGN_COURIER_API_KEY is no value of any configuration',
        'write SHOP_PLUGIN_COURIER_API_KEY',
      ],
    ]);
    expect(JSON.stringify(checks)).not.toContain('secret-');
  });
});

describe('doctor', () => {
  it('prints a line for each, and every error of a plugin; it exits with 1 when something fails', async () => {
    const functions = { api: { entry: 'functions/api.js' } };
    const root = javaScriptProject(
      { manifest: manifest('aaa', { functions }) },
      { manifest: manifest('bbb', { functions, nonsense: 1 }) },
    );
    const port = await listen();
    const { status, stdout, stderr } = await plugins(root, ['doctor', '--port', String(port)]);
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    const lines = stdout.trim().split('\n');
    expect(lines.map((line) => line.split('\t').slice(0, 2))).toEqual([
      ['node', 'ok'],
      ['engine', 'ok'],
      ['aws-cdk', 'ok'],
      ['state', 'ok'],
      [`port ${port}`, 'fail'],
      ['.env', 'ok'],
      ['plugins', 'fail'],
    ]);
    expect(lines.at(-1)).toContain('PLG005 in plugins/bbb/plugin.json');
    const json = JSON.parse((await plugins(root, ['doctor', '--json'])).stdout) as { checks: object[] };
    expect(json.checks).toHaveLength(7);
  });
});
