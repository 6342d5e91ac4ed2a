import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, request } from '#testing/client.ts';
import { copyProject } from '#testing/project.ts';
import { typecheckOf } from '../support/project.ts';
import { startSystem, type System } from '../support/system.ts';
import { plugins } from '../unit/infra/cli/command-line.ts';

const root = join(import.meta.dirname, '../..');

// It builds and runs a project of its own, which no deployed stage has.
describe.skipIf(process.env['BASE_URL']?.startsWith('http'))('npm run plugins', { timeout: 300_000 }, () => {
  let project: string;
  let system: System;

  /** `npm run plugins -- …` in the project, as a newcomer types it. */
  const npm = (...args: readonly string[]) => {
    const { VITEST: _, ...env } = process.env;
    return spawnSync('npm', args, { cwd: project, encoding: 'utf8', env });
  };
  const cli = (...args: readonly string[]) => plugins(project, [...args, '--url', system.url]);

  beforeAll(async () => {
    project = copyProject();
    // Whoever has followed the README has it already.
    rmSync(join(project, 'plugins/hello'), { recursive: true, force: true });
    for (const part of ['vitest.config.ts', '.oxlintrc.json', '.oxfmtrc.json', 'test/support/temporary.ts'])
      cpSync(join(root, part), join(project, part));
    system = await startSystem({ cwd: project, watch: true });
  });
  afterAll(async () => {
    await system?.stop();
    rmSync(project, { recursive: true, force: true });
  });

  it('lists the plugins of the system, and how they are', async () => {
    const { status, stdout } = await cli('list');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^payment\t\d+\.\d+\.\d+\tloaded\t\d+\t/m);
    const health = await eventually(
      () => cli('health', '--json'),
      (answer) => (JSON.parse(answer.stdout) as { status: string }).status === 'healthy',
      60_000,
    );
    expect(health.status).toBe(0);
  });

  it('unloads and loads a plugin, again without a change', async () => {
    expect((await cli('unload', 'simple-plugin')).stdout).toBe('simple-plugin is unloaded\n');
    expect((await request(system.url, 'GET', '/simple/receipts')).body.code).toBe('plugin-unloaded');
    expect((await cli('unload', 'simple-plugin')).stdout).toBe('simple-plugin was already unloaded\n');
    expect((await cli('load', 'simple-plugin')).stdout).toBe('simple-plugin is loaded\n');
    expect((await request(system.url, 'GET', '/simple/receipts')).status).toBe(200);
  });

  it('names the nearest plugin for one that is not there', async () => {
    const { status, stdout, stderr } = await cli('load', 'simple-plugn');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(
      /^error: there is no plugin "simple-plugn"; fix: did you mean "simple-plugin"\? The plugins are: .*payment/,
    );
  });

  it('sends the token, which is in no message', async () => {
    const { body } = await request(system.url, 'POST', '/dev/token', {
      body: { sub: 'ada', tenant: 'default', scopes: ['simple:none'] },
    });
    const { status, stderr } = await plugins(project, ['list', '--url', system.url], {
      ANINEEPLUS_TOKEN: body.token as string,
    });
    expect(status).toBe(1);
    expect(stderr).toContain('forbidden');
    expect(stderr).not.toContain(body.token);
  });

  it('finds its own system at the ports in doctor', async () => {
    const { stdout } = await plugins(project, [
      'doctor',
      '--port',
      new URL(system.url).port,
      '--state',
      system.stateDir,
    ]);
    expect(stdout).toContain(`the API of the system that runs (process ${system.pid})`);
  });

  describe('new hello', () => {
    beforeAll(() => {
      const { status, stdout } = npm('run', 'plugins', '--', 'new', 'hello');
      expect({ status, stdout }).toMatchObject({ status: 0 });
      expect(stdout).toContain('curl http://localhost:3000/hello/greetings/Ada');
    });

    it('answers at its route and in GraphQL of the system that runs, without a restart', async () => {
      const greeting = { text: expect.stringMatching(/^Good \w+, Ada!$/) as string };
      const curl = (...args: readonly string[]) =>
        JSON.parse(spawnSync('curl', ['-s', ...args], { encoding: 'utf8' }).stdout || '{}') as object;
      const answer = await eventually(
        () => Promise.resolve(curl(`${system.url}/hello/greetings/Ada`)),
        (body) => 'text' in body,
        120_000,
      );
      expect(answer).toMatchObject(greeting);
      const query = { query: '{ helloGreeting(name: "Ada") { text } }' };
      expect(curl(`${system.url}/graphql`, '-d', JSON.stringify(query))).toEqual({
        data: { helloGreeting: greeting },
      });
      expect((await cli('list')).stdout).toMatch(/^hello\t0\.1\.0\tloaded\t1\t/m);
    });

    it('has the types of its manifest, which the system that runs writes anew when it is saved', async () => {
      const manifest = join(project, 'plugins/hello/plugin.json');
      const types = () => readFileSync(join(project, 'plugins/hello/plugin.d.json.ts'), 'utf8');
      expect(types()).toContain('"field":"helloGreeting"');
      const text = readFileSync(manifest, 'utf8');
      const tables = '"tables": { "guests": { "partitionKey": "PK" } },';
      writeFileSync(manifest, text.replace('"functions": {', `${tables}\n  "functions": {`));
      const hasGuests = (now: string) => now.includes('"guests"');
      await eventually(() => Promise.resolve(types()), hasGuests, 60_000);
      writeFileSync(manifest, text);
      await eventually(
        () => Promise.resolve(types()),
        (now) => !hasGuests(now),
        60_000,
      );
    });

    it('is valid', () => {
      const { status, stdout } = npm('run', '--silent', 'validate');
      expect(stdout).toMatch(/^\d+ plugins are valid\n$/);
      expect(status).toBe(0);
    });

    it('type-checks, and is formatted and linted as all code is', () => {
      const own = ['plugins/hello', 'test/unit/plugins/hello', 'test/system/plugins/hello'];
      const only = ['--project', typecheckOf(project, own)];
      expect(npm('run', '--silent', 'typecheck', '--', ...only)).toMatchObject({ status: 0, stdout: '' });
      expect(npm('run', '--silent', 'format:check', '--', ...own)).toMatchObject({ status: 0 });
      expect(npm('run', '--silent', 'lint', '--', ...own)).toMatchObject({ status: 0 });
    });

    it('passes its own tests', () => {
      const { status, stdout } = npm('test', '--', 'plugins/hello');
      expect(stdout).toMatch(/8 passed/);
      expect(status).toBe(0);
    });

    it('has its field in the schema that is kept for clients', () => {
      const schema = readFileSync(join(project, 'functions/platform/graphql/schema.graphql'), 'utf8');
      expect(schema).toContain('helloGreeting(');
    });

    it.each([
      ['hello', 'plugins/hello exists'],
      ['simple-plugin', 'has the name "simple-plugin"'],
      ['graphql', 'PLG202'],
      ['health', 'cannot be the name of a plugin'],
      ['Hello', 'lower case letters, digits and hyphens, a letter first'],
      ['../evil', 'cannot be the name of a plugin'],
    ])('refuses %s and leaves nothing behind', async (name, reason) => {
      const folders = ['.', 'plugins', 'test/unit/plugins', 'test/system/plugins'];
      const entries = () => folders.map((folder) => readdirSync(join(project, folder)).sort());
      const before = entries();
      const { status, stderr } = await plugins(project, ['new', name]);
      expect(status).toBe(1);
      expect(stderr).toContain(reason);
      expect(entries()).toEqual(before);
    });

    it('is drawn by graph', async () => {
      expect((await plugins(project, ['graph'])).stdout).toContain('plugin-hello["hello"]');
    });
  });
});
