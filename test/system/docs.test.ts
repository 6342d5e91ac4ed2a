import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type System, startSystem } from '../support/system.ts';
import { blocksOf } from '../unit/docs/markdown.ts';
import { differences } from '../unit/docs/shown-json.ts';

/** The commands of the README and of the payment pages are run as they stand; only the ports are the test's own. */
const root = join(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const scripts = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }).scripts;
const shellBlocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => (match[1] as string).trim());
const pluginLines = shellBlocks
  .filter((block) => block.startsWith('npm run plugins '))
  .flatMap((block) => block.split('\n'));
const curlLines = shellBlocks.filter((block) => block.startsWith('curl '));

let system: System;

beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system?.stop());

/** Runs a command of a page on this system. */
function answerOf(command: string): { readonly status: string; readonly body: string } {
  const here = command
    .replaceAll('http://localhost:3000', system.url)
    .replaceAll('http://127.0.0.1:12111', system.sandbox('stripe'))
    .replaceAll(
      'npm start --silent -- keys --json',
      `npm start --silent -- keys --json --state ${system.stateDir}`,
    );
  const lines = execFileSync('bash', ['-c', `${here} -s -w '\\n%{http_code}'`], {
    cwd: root,
    encoding: 'utf8',
  })
    .trim()
    .split('\n');
  return { status: lines.pop() ?? '', body: lines.join('\n') };
}

/** Commands that are followed by the answer that they get. */
const answered = blocksOf(readme).flatMap(({ language, text }, index, all) => {
  const next = all[index + 1];
  return language === 'sh' && text.startsWith('curl ') && next?.language === 'json'
    ? [{ command: text.trim(), answer: JSON.parse(next.text) as unknown }]
    : [];
});

describe('README.md', () => {
  it('shows the answers of the five lines of a newcomer', () => {
    expect(answered.map(({ command }) => /localhost:3000(\/\S+)/.exec(command)?.[1])).toEqual([
      '/plugins',
      '/plugins/health',
      '/plugins/load',
      '/graphql',
      '/webhooks/stripe',
    ]);
  });

  it.each(answered)('$command answers as it says', async ({ command, answer }) => {
    const asShown = () => expect(differences(answer, JSON.parse(answerOf(command).body))).toEqual([]);
    // The health of a provider is unknown until its first check has ended.
    if (command.includes('-X POST')) asShown();
    else await vi.waitFor(asShown, { timeout: 20_000, interval: 200 });
  });

  it('has the five lines of a newcomer and the first payment', () => {
    expect(curlLines).toHaveLength(6);
  });

  it.each([
    ['/plugins', 200],
    ['/plugins/health', 200],
    ['/plugins/load', 200],
    ['/graphql', 200],
    ['/webhooks/stripe', 400],
    ['/payments', 201],
  ])('its curl line for %s answers %i', (path, status) => {
    const command = curlLines.find(
      (line) => line.includes(`localhost:3000${path} `) || line.endsWith(`3000${path}`),
    );
    expect(command).toBeDefined();
    const run = (command as string).replace('http://localhost:3000', system.url);
    const output = execFileSync('bash', ['-c', `${run} -s -w '\\n%{http_code}'`], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(output.trim().split('\n').at(-1)).toBe(String(status));
  });

  it('has a line for every command that changes no file', () => {
    const named = pluginLines.map((line) => line.split(' ')[4]);
    expect(named).toEqual([
      'list',
      'health',
      'unload',
      'load',
      'audit',
      'explain',
      'graph',
      'diff',
      'doctor',
    ]);
  });

  it.each(pluginLines)('%s', (line) => {
    const onSystem = / (?:list|health|load|unload|audit)\b/.test(line) ? `${line} --url ${system.url}` : line;
    const { status, stderr } = spawnSync('bash', ['-c', onSystem.replace('npm run', 'npm run --silent')], {
      cwd: root,
      encoding: 'utf8',
    });
    // Another system may have the ports that the doctor looks at.
    if (line.endsWith('doctor')) expect([0, 1]).toContain(status);
    else expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('names only npm scripts that exist', () => {
    const named = [...readme.matchAll(/npm (?:run )?([a-z:]*[a-z])/g)].map((match) => match[1] as string);
    const known = new Set([...Object.keys(scripts), 'ci', 'install', 'alone', 'and', 'on', 'package']);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});

describe.each([
  ['STRIPE_INTEGRATION.md', ['201']],
  ['PAYPAL_INTEGRATION.md', ['201']],
  ['WEBHOOKS.md', ['400', '200', '200', '200']],
])('plugins/payment/%s', (file, statuses) => {
  const commands = blocksOf(readFileSync(join(root, 'plugins/payment', file), 'utf8'))
    .filter(({ language }) => language === 'sh')
    // A block with variables is one script; otherwise each line is a command.
    .flatMap(({ text }) => (/^[A-Z0-9]+=/m.test(text) ? [text.trim()] : text.trim().split(/\n(?! )/)));

  it('has commands that answer so', () => {
    expect(commands.map((command) => [command, answerOf(command).status])).toEqual(
      commands.map((command, index) => [command, statuses[index]]),
    );
  });
});
