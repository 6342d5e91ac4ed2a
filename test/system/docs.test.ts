import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type System, startSystem } from '../support/system.ts';

/** The commands of the README are run as they stand; only the port is the test's own. */
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

describe('README.md', () => {
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
    const known = new Set([...Object.keys(scripts), 'ci', 'alone', 'and', 'on', 'package']);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});
