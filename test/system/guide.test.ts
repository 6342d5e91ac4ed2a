import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { eventually, type Json, request } from '#testing/client.ts';
import { copyProject } from '#testing/project.ts';
import { typecheckOf } from '../support/project.ts';
import { startSystem, type System } from '../support/system.ts';
import { type Block, blocksOf } from '../unit/docs/markdown.ts';

/** The tutorial of the guide, done as it is written: its files, its commands, its answers. */
const root = join(import.meta.dirname, '../..');
const blocks = ['plugins/DEVELOPMENT_GUIDE.md', 'plugins/LOCAL.md'].flatMap((page) =>
  blocksOf(readFileSync(join(root, page), 'utf8')),
);
const files = blocks.filter(({ info }) => info !== '');
const quotes = blocks.filter(({ language }) => language === 'text').map(({ text }) => text.trim());

interface Step {
  readonly command: string;
  readonly status: number;
  readonly answer: Json;
}

/** A command, and the JSON block after it; "answers <status>" stands in the prose around them. */
const steps = blocks.flatMap((block, index): Step[] => {
  const answer = blocks[index + 1];
  if (block.language !== 'sh' || answer?.language !== 'json') return [];
  const status = /answers (\d{3})/.exec(answer.before) ?? /answers (\d{3})/.exec(block.before);
  return [{ command: block.text.trim(), status: Number(status?.[1]), answer: expected(answer) }];
});

/** `"..."` in the guide is any text; a run may ask for the plugin's state beside the calls that are shown, as the guide says. */
function expected({ text }: Block): Json {
  return JSON.parse(text, (name, value: unknown) => {
    if (value === '...') return expect.any(String);
    return name === 'awsCalls' ? expect.arrayContaining(value as string[]) : value;
  });
}

let project: string;
let system: System | undefined;

const inProject = (path: string) => join(project, path);
const manifest = 'plugins/greeter/plugin.json';
const textOf = (path: string) => files.find(({ info }) => info === path)?.text ?? '';

/** Writes a file of the guide with one place changed. */
function change(path: string, from: string, to: string): void {
  expect(textOf(path)).toContain(from);
  writeFileSync(inProject(path), textOf(path).replace(from, to));
}

function run(command: string, args: readonly string[]) {
  const { VITEST: _, ...env } = process.env;
  return spawnSync(command, args, { cwd: project, encoding: 'utf8', env });
}

function curl(command: string): { status: number; body: Json } {
  const here = command.replaceAll('http://localhost:3000', system?.url ?? '');
  const { stdout } = run('bash', ['-c', `${here} -s -w '\\n%{http_code}'`]);
  const lines = stdout.trim().split('\n');
  return { status: Number(lines.pop()), body: JSON.parse(lines.join('\n')) };
}

const greet = (name: string) => request(system?.url ?? '', 'POST', '/greetings', { body: { name } });
/** Greets somebody new each time, until the answer is as it should be. */
function greetUntil(accept: (answer: { status: number; body: Json }) => boolean) {
  let count = 0;
  return eventually(() => greet(`somebody ${(count += 1)} ${Date.now()}`), accept, 60_000);
}

// It builds a project of its own, which no deployed stage has.
describe.skipIf(process.env['BASE_URL']?.startsWith('http'))('the tutorial', { timeout: 160_000 }, () => {
  beforeAll(() => {
    project = copyProject();
    for (const part of ['vitest.config.ts', 'test/support/dynamodb.ts', 'test/support/temporary.ts'])
      cpSync(join(root, part), inProject(part));
    for (const { info, text } of files) {
      mkdirSync(dirname(inProject(info)), { recursive: true });
      writeFileSync(inProject(info), text);
    }
  });

  afterAll(async () => {
    await system?.stop();
    rmSync(project, { recursive: true, force: true });
  });

  it('has all its files and commands', () => {
    expect(
      files.map(({ info }) => dirname(info)).filter((folder) => folder.includes('greeter')),
    ).toHaveLength(11);
    expect(steps.length).toBeGreaterThanOrEqual(11);
    expect(steps.filter(({ status }) => Number.isNaN(status))).toEqual([]);
  });

  it('makes a manifest that is valid', () => {
    expect(run(process.execPath, ['infra/validate.ts'])).toMatchObject({ status: 0, stderr: '' });
  });

  it('makes code that type-checks', () => {
    const own = typecheckOf(project, [
      'plugins/greeter',
      'test/unit/plugins/greeter',
      'test/system/plugins/greeter',
    ]);
    expect(run('node_modules/.bin/tsc', ['--project', own])).toMatchObject({ status: 0, stdout: '' });
  });

  it('has tests that pass', () => {
    const { status, stdout } = run(process.execPath, [
      'node_modules/vitest/vitest.mjs',
      'run',
      'plugins/greeter',
    ]);
    expect(stdout).toMatch(/3 passed/);
    expect(status).toBe(0);
  });

  describe('in the running system', () => {
    beforeAll(async () => {
      system = await startSystem({ cwd: project, watch: true });
    });

    it.each(steps)('answers $status to $command', async ({ command, status, answer }) => {
      const answersSo = () => expect(curl(command)).toMatchObject({ status, body: answer });
      // Reads are what the guide does after "a moment".
      if (command.includes('-X POST')) answersSo();
      else await vi.waitFor(answersSo, { timeout: 30_000, interval: 50 });
    });

    it('has the new words after a change, while it runs', async () => {
      change('plugins/greeter/operations/greet.ts', 'Hello', 'Good day');
      const { body } = await greetUntil(({ body: { text } }) => !String(text).startsWith('Hello'));
      expect(body.text).toMatch(/^Good day, somebody/);
      expect(body.payments).toBe(1);
      expect(system?.output()).toContain('reloaded greeter');
    });

    it('names the line that is missing in the permissions', async () => {
      change(
        manifest,
        '"api": ["table:greetings:read", "table:greetings:write"]',
        '"api": ["table:greetings:read"]',
      );
      const { body } = await greetUntil(({ status }) => status !== 201);
      const line = quotes.find((quote) => quote.startsWith('add '));
      expect(line).toContain('table:greetings:write');
      expect(body).toMatchObject({ code: 'access-denied', detail: expect.stringContaining(line ?? 'none') });
      expect(system?.output()).toContain(line);
    });

    it('says why it cannot start when a function has no permission on the table at all', async () => {
      change(manifest, '"api": ["table:greetings:read", "table:greetings:write"]', '"api": []');
      const { status, body } = await greetUntil((answer) => answer.body.code === 'plugin-unhealthy');
      expect(status).toBe(503);
      expect(body.detail).toContain('No table "greetings" for this function');
    });

    it('is gone when its folder is', async () => {
      rmSync(inProject('plugins/greeter'), { recursive: true });
      const gone = await eventually(
        () => request(system?.url ?? '', 'GET', '/plugins/greeter'),
        ({ status }) => status === 404,
        60_000,
      );
      expect(gone.body.code).toBe('not-found');
    });
  });

  it('shows the error of the manifest as it is', () => {
    for (const { info, text } of files) {
      mkdirSync(dirname(inProject(info)), { recursive: true });
      writeFileSync(inProject(info), text);
    }
    change(manifest, '"api": ["table:greetings:read"', '"api": ["table:greeting:read"');
    const { status, stderr } = run(process.execPath, ['infra/validate.ts']);
    expect(status).toBe(1);
    expect(quotes).toContain(stderr.trim());
  });
});
