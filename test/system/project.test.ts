import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Json, eventually, request } from '#testing/client.ts';
import { paymentsOf } from '../support/payments.ts';
import { startTestPlatform } from '#testing/platform.ts';
import { copyProject, editJson } from '#testing/project.ts';
import { type System, startSystem } from '../support/system.ts';

/** What a developer does to a project while, or before, it runs. */
let project: string;
let system: System;

const manifestOf = (plugin: string) => join(project, 'plugins', plugin, 'plugin.json');

/** A project and a system of it for the tests of a suite, changed before it starts. */
function withSystem(change: () => void, { watch }: { readonly watch: boolean }): void {
  beforeAll(async () => {
    project = copyProject();
    change();
    system = await startSystem({ cwd: project, watch });
  });
  afterAll(async () => {
    await system?.stop();
    rmSync(project, { recursive: true, force: true });
  });
}

// Several of these build a system anew.
vi.setConfig({ testTimeout: 300_000 });

describe('a permission that is missing', () => {
  it('fails the call, naming function, action, resource and the line to add', async () => {
    await using platform = await startTestPlatform({
      plugins: ['payment'],
      revoke: { 'payment/api': ['table:payments:write'] },
    });
    const answer = await platform.request('POST', '/payments', { body: { amount: 100, currency: 'usd' } });
    expect(answer).toMatchObject({ status: 500, body: { code: 'access-denied' } });
    for (const part of [
      'anineeplus-local-payment-api',
      'dynamodb:PutItem',
      ':table/anineeplus-local-payment-payments',
      'add "table:payments:write" to permissions.api in plugins/payment/plugin.json',
    ]) {
      expect(answer.body.detail).toContain(part);
    }
  });
});

describe('a plugin with five mistakes', () => {
  it('has five errors at once, and the synth stops with 1', () => {
    project = copyProject();
    editJson(manifestOf('examples/simple-plugin'), (manifest) => {
      manifest.version = 'one';
      manifest.engine = '*';
      manifest.descripton = manifest.description;
      delete manifest.description;
      manifest.functions.api.memoryMb = 5;
    });
    const run = spawnSync(process.execPath, ['infra/app.ts'], { cwd: project, encoding: 'utf8' });
    rmSync(project, { recursive: true, force: true });
    expect(run.status).toBe(1);
    const report = run.stdout + run.stderr;
    expect(report.match(/PLG\d{3}/g)).toHaveLength(5);
    expect(report).not.toContain('    at ');
  });
});

describe('broken plugins', () => {
  withSystem(
    () => {
      addPlugin('throws', 'throw new Error("no such warehouse");');
      addPlugin('hangs', 'return new Promise(() => {});');
      const file = manifestOf('examples/simple-plugin');
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace('"manifestVersion": 1,', '"manifestVersion": 1'),
      );
    },
    { watch: false },
  );

  it('are listed unhealthy with the reason when initialize throws or hangs; the others work', async () => {
    const health = async () => (await request(system.url, 'GET', '/plugins/health')).body.plugins as Json[];
    const of = (plugins: Json[], name: string) => plugins.find((plugin) => plugin.name === name)?.health;
    // A provider that was slow to answer is unknown at first.
    const plugins = await eventually(health, (now) => of(now, 'payment')?.status === 'healthy', 30_000);
    const healthOf = (name: string) => of(plugins, name);
    expect(healthOf('throws')).toMatchObject({
      status: 'unhealthy',
      reason: expect.stringContaining('warehouse'),
    });
    expect(healthOf('hangs')).toMatchObject({
      status: 'unhealthy',
      // Its own deadline names initialize; on a slow machine the caller's comes first.
      reason: expect.stringMatching(/has not finished|did not answer/),
    });
    expect(healthOf('payment')).toMatchObject({ status: 'healthy' });
    expect((await paymentsOf(system).create()).status).toBe(201);
  });

  it('are listed with their error when the manifest does not parse, while the others run', async () => {
    const { body } = await request(system.url, 'GET', '/plugins');
    expect(body.plugins.find((plugin: Json) => plugin.name === 'simple-plugin')).toMatchObject({
      status: 'failed',
    });
    expect((await paymentsOf(system).create()).status).toBe(201);
  });
});

/** A build waits for its turn where other tests use the processors; how fast it is, the bench measures. */
const RELOADED_WITHIN_MS = 60_000;

describe('editing a project while it runs', () => {
  withSystem(
    () => {
      addPlugin('starts-not', 'throw new Error("no such warehouse");');
      addThrowingOperation();
    },
    { watch: true },
  );

  it('tells of what throws with the file, the line and the column of its author', async () => {
    const { url } = system;
    const go = () => request(url, 'GET', '/throws/go');

    const detail = 'boom [redacted], at plugins/throws/operations/go.ts';
    expect(await go()).toMatchObject({
      status: 500,
      body: { code: 'internal-error', detail: `${detail}:7:11` },
    });
    const { body } = await request(url, 'GET', '/plugins/health');
    const unwell = body.plugins.find((plugin: Json) => plugin.name === 'starts-not');
    expect(unwell.health.reason).toMatch(/no such warehouse, at plugins\/starts-not\/plugin\.ts:5:\d+$/);
    expect(system.output()).toContain('"at":"plugins/throws/operations/go.ts:7:11"');
    expect(system.output()).toMatch(/"at":"plugins\/starts-not\/plugin\.ts:5:\d+"/);

    writeFileSync(throwingFile(), throwingOperation('// One line.\n// And another.\n'));
    await eventually(go, (answer) => answer.body.detail === `${detail}:9:11`, RELOADED_WITHIN_MS);
    expect(system.output()).not.toContain('sk_test_abc123');
  });

  it('reloads an operation without losing state, and keeps the last good one on an error', async () => {
    const payments = paymentsOf(system);
    const { body } = await payments.create();
    const file = join(project, 'plugins/payment/payments/get-payment.ts');
    const source = readFileSync(file, 'utf8');
    const edited = source
      .replace('=> viewOf(', '=> ({ ...viewOf(')
      .replace('(context))', "(context)), orderReference: 'edited' })");
    expect(edited).not.toBe(source);
    const reference = async () => (await payments.get(body.id)).body.orderReference as string | undefined;

    writeFileSync(file, edited);
    await eventually(reference, (now) => now === 'edited', RELOADED_WITHIN_MS);

    writeFileSync(file, `${source}\nexport const broken = ;\n`);
    const told = () => Promise.resolve(system.output());
    await eventually(told, (output) => output.includes('get-payment.ts'), RELOADED_WITHIN_MS);
    expect(await reference()).toBe('edited');

    writeFileSync(file, source);
    await eventually(reference, (now) => now === undefined, RELOADED_WITHIN_MS);
    expect((await payments.get(body.id)).body).toMatchObject({ id: body.id, status: 'requires_action' });
  });

  it('keeps a plugin that breaks on its last good build, and the list of plugins says why until it is mended', async () => {
    const { url } = system;
    const listed = async () => (await request(url, 'GET', '/plugins/simple-plugin')).body;
    const file = join(project, 'plugins/examples/simple-plugin/functions/api.ts');
    const source = readFileSync(file, 'utf8');

    writeFileSync(file, source.replace('{ listReceipts });', '{} as never);'));
    const broken = await eventually(listed, ({ status }) => status === 'failed', RELOADED_WITHIN_MS * 2);
    expect(broken.reason).toMatch(
      /^PLG302 in plugins\/examples\/simple-plugin\/plugin\.json:12: .*last good build/,
    );
    // A synth that ran already may see the file before its change is reported.
    const told = () => Promise.resolve(system.output());
    const line = 'plugins/examples/simple-plugin/plugin.json:12  PLG302';
    await eventually(told, (output) => output.includes(line), RELOADED_WITHIN_MS);
    expect((await request(url, 'GET', '/simple/receipts')).status).toBe(200);

    writeFileSync(file, source);
    const mended = await eventually(listed, ({ status }) => status === 'loaded', RELOADED_WITHIN_MS * 2);
    expect(mended).not.toHaveProperty('reason');
    expect((await request(url, 'GET', '/simple/receipts')).status).toBe(200);
  });
});

function addPlugin(name: string, initialize: string): void {
  const root = join(project, 'plugins', name);
  mkdirSync(join(root, 'functions'), { recursive: true });
  const manifest = {
    manifestVersion: 1,
    name,
    version: '1.0.0',
    description: 'A plugin that cannot start',
    author: 'test',
    engine: '^1.0.0',
    operations: {},
    functions: { api: { entry: 'functions/api.ts', memoryMb: 128, timeoutSeconds: 10 } },
    permissions: {},
  };
  writeFileSync(join(root, 'plugin.json'), JSON.stringify(manifest));
  writeFileSync(
    join(root, 'plugin.ts'),
    `import * as z from 'zod/mini';
     import { definePlugin } from '#runtime/contract/plugin.ts';
     import manifest from './plugin.json' with { type: 'json' };
     export const plugin = definePlugin({ manifest, config: z.object({}),
       initialize: () => { ${initialize} } });`,
  );
  writeFileSync(
    join(root, 'functions/api.ts'),
    `import { apiHandler } from '#runtime/adapters/api.ts';
     import { plugin } from '../plugin.ts';
     export const handler = apiHandler(plugin, {});`,
  );
}

const throwingFile = () => join(project, 'plugins/throws/operations/go.ts');

/** @param lines what stands above the operation */
const throwingOperation = (lines: string) => `import * as z from 'zod/mini';
import { operation } from '#runtime/contract/operation.ts';
${lines}
export const go = operation({
  summary: 'Throws', input: z.strictObject({}), output: z.object({}), errors: {}, idempotency: 'none',
  run: async () => {
    throw new Error('boom sk_test_abc123');
  },
});
`;

function addThrowingOperation(): void {
  addPlugin('throws', 'return {};');
  editJson(manifestOf('throws'), (manifest) => {
    const http = { method: 'GET', path: '/throws/go' };
    manifest.operations = { go: { function: 'api', scope: 'throws:go', http } };
  });
  const folder = join(project, 'plugins/throws');
  const entry = join(folder, 'functions/api.ts');
  const withGo = readFileSync(entry, 'utf8').replace('plugin, {}', 'plugin, { go }');
  writeFileSync(entry, `import { go } from '../operations/go.ts';\n${withGo}`);
  mkdirSync(join(folder, 'operations'));
  writeFileSync(throwingFile(), throwingOperation(''));
}
