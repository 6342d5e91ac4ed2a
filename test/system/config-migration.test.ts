import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { eventually, type Json, request } from '#testing/client.ts';
import { createClock } from '#testing/clock.ts';
import { copyProject, editJson } from '#testing/project.ts';
import { type System, startSystem } from '../support/system.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let project: string;
let system: System;
const folder = (name: string) => join(project, 'plugins/notes', name);

beforeAll(async () => {
  project = copyProject();
  for (const name of ['notes', 'digest'])
    cpSync(join(import.meta.dirname, 'fixtures', name), join(project, 'plugins', name), { recursive: true });
  mkdirSync(folder('config'));
  writeFileSync(folder('config/local.json'), '{"title":"of the stage"}');
  system = await startSystem({ cwd: project });
});
afterAll(async () => {
  await system?.stop();
  rmSync(project, { recursive: true, force: true });
});

const PATH = '/plugins/notes/config';
const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  request(system.url, method, path, { ...(body !== undefined && { body }), headers });
const read = () => ask('GET', PATH);
const notes = async () => (await ask('GET', '/notes')).body;
const change = async (method: string, path: string, body: unknown) =>
  ask(method, path, body, { 'if-match': (await read()).headers.get('etag') ?? '' });
const patch = (body: unknown) => change('PATCH', PATH, body);

/** The second version of the plugin: `title` is now `heading.text`. @returns brings the first version back */
function upgrade(): () => void {
  const before = ['plugin.json', 'plugin.ts', 'config/local.json'].map(
    (name) => [folder(name), readFileSync(folder(name), 'utf8')] as const,
  );
  editJson(folder('plugin.json'), (manifest: Json) => {
    manifest.version = '2.0.0';
    manifest.config.version = 2;
  });
  const code = readFileSync(folder('plugin.ts'), 'utf8')
    .replace(
      "title: z._default(z.string(), 'untitled'),",
      "heading: z._default(z.strictObject({ text: z.string() }), { text: 'untitled' }),",
    )
    .replace('initialize({ title, key })', 'initialize({ heading: { text: title }, key })')
    .replace(
      '  async initialize',
      '  migrations: { 1: ({ title, ...rest }) => ({ ...rest, heading: { text: title } }) },\n  async initialize',
    );
  writeFileSync(folder('plugin.ts'), code);
  writeFileSync(folder('config/local.json'), '{"heading":{"text":"of the stage"}}');
  return () => {
    for (const [file, text] of before) writeFileSync(file, text);
  };
}

async function redeploy(edit: () => void): Promise<void> {
  await system.kill9();
  edit();
  await system.restart();
}

describe('a plugin with a configuration', () => {
  it('begins with the values of the stage, which the secret goes before', async () => {
    expect(await notes()).toEqual({ title: 'of the stage', hasKey: false });
    expect((await read()).body).toMatchObject({ label: 'cfg-1', values: {}, overridden: [] });
    expect((await patch({ title: 'first', key: 'key-hunter2' })).body).toMatchObject({
      label: 'cfg-2',
      values: { title: 'first', key: '********' },
      changed: ['title', 'key'],
    });
    await eventually(notes, ({ title, hasKey }) => title === 'first' && hasKey);
  });

  it.each([
    ['throw', 'initialize', 'refused [redacted]'],
    ['hang', 'initialize', 'initialize has not finished after 3000 ms'],
    ['block', 'check', 'did not answer within 12000 ms, or crashed'],
    ['sick', 'health', 'it is sick'],
  ])('keeps the old one when the new one lets it %s', async (title, step, reason) => {
    const answer = await patch({ title });
    expect(answer).toMatchObject({ status: 422, body: { code: 'config-rejected', step } });
    expect(answer.body.reason).toContain(reason);
    expect(JSON.stringify(answer.body)).not.toContain('hunter2');
    expect((await read()).body.label).toBe('cfg-2');
    await eventually(notes, (body) => body.title === 'first');
  });
});

describe('a plugin without an operation', () => {
  const lines = async () =>
    ((await createClock(() => system.url).runSchedule('digest/send')) as Json).result.summary.lines;
  const setLines = (value: unknown) =>
    ask('PATCH', '/plugins/digest/config', { lines: value }, { 'if-match': '*' });

  it('has its configuration checked by the function that its schedule starts', async () => {
    expect(await lines()).toBe(3);
    expect((await setLines(5)).body).toMatchObject({ label: 'cfg-2', changed: ['lines'], overridden: [] });
    await eventually(lines, (value) => value === 5);
    const rejected = await setLines(0);
    expect(rejected.body).toMatchObject({ status: 422, code: 'config-rejected', step: 'schema' });
    expect(await lines()).toBe(5);
  });
});

const key = randomBytes(32).toString('base64');
let envelope: Json;
let downgrade: () => void;

describe('its next version, with another shape of the configuration', () => {
  beforeAll(async () => {
    envelope = (await ask('POST', `${PATH}/export`, { key })).body;
    await redeploy(() => (downgrade = upgrade()));
  });

  it('works with the stored document, which stays as it is', async () => {
    expect(await notes()).toEqual({ title: 'first', hasKey: true });
    expect((await read()).body).toMatchObject({
      label: 'cfg-2',
      configVersion: 2,
      storedConfigVersion: 1,
      values: { heading: { text: 'first' }, key: '********' },
    });
  });

  it('stores the new shape at the next change, and keeps the old one as history', async () => {
    const changed = await patch({ heading: { text: 'second' } });
    expect(changed.body).toMatchObject({ label: 'cfg-3', configVersion: 2, changed: ['heading.text'] });
    expect(changed.body).not.toHaveProperty('storedConfigVersion');
    await eventually(notes, (body) => body.title === 'second' && body.hasKey);
    const { versions } = (await ask('GET', `${PATH}/versions`)).body;
    expect(versions.map((one: Json) => [one.label, one.configVersion, one.inForce])).toEqual([
      ['cfg-3', 2, true],
      ['cfg-2', 1, false],
      ['cfg-1', 1, false],
    ]);
    const old = await ask('GET', `${PATH}/versions/cfg-2`);
    // The names of the old shape are not known any more, so nothing of it is shown.
    expect(old.body.values).toEqual({ title: '********', key: '********' });
  });

  it('leaves code that was rolled back the version before, with a warning', async () => {
    await redeploy(downgrade);
    expect(await notes()).toEqual({ title: 'first', hasKey: true });
    const { invocations } = (await ask('GET', '/dev/invocations?function=anineeplus-local-notes-api')).body;
    const logs = invocations.flatMap((one: Json) => one.logs).join('\n');
    expect(logs).toContain('The configuration in force is newer than this code; the one before it is used');
    expect(logs).toContain('plugin.config.refresh.errors');
    await redeploy(() => void upgrade());
    expect(await notes()).toEqual({ title: 'second', hasKey: true });
  });

  it('returns to values of the old shape in the new one, as a version of its own', async () => {
    const answer = await change('POST', `${PATH}/rollback`, { version: 'cfg-2' });
    expect(answer.body).toMatchObject({
      label: 'cfg-4',
      configVersion: 2,
      values: { heading: { text: 'first' }, key: '********' },
    });
    await eventually(notes, (body) => body.title === 'first' && body.hasKey);
  });

  it('has an entry of the audit for each of them', async () => {
    const { body } = await ask('GET', '/plugins/notes/audit');
    expect(body.entries.map(({ action }: Json) => action)).toEqual([
      'config-rollback',
      'config-write',
      'config-export',
      'config-write',
    ]);
  });

  it('takes an export of the old shape into a system that is empty', async () => {
    const empty = await startSystem({ cwd: project });
    try {
      expect(JSON.stringify(envelope)).not.toContain('hunter2');
      const { status, body } = await request(empty.url, 'POST', `${PATH}/import`, {
        body: { key, envelope },
        headers: { 'if-match': '*' },
      });
      expect({ status, body }).toMatchObject({
        status: 200,
        body: { label: 'cfg-2', values: { heading: { text: 'first' }, key: '********' } },
      });
      // The function that has checked it may use what it read as it started for a second more.
      const notesOf = async () => (await request(empty.url, 'GET', '/notes')).body;
      expect(await eventually(notesOf, ({ title }) => title === 'first')).toEqual({
        title: 'first',
        hasKey: true,
      });
    } finally {
      await empty.stop();
    }
  });
});
