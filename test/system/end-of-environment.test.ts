import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, type Json, request } from '#testing/client.ts';
import { copyProject } from '#testing/project.ts';
import { type System, startSystem } from '../support/system.ts';

let project: string;
let system: System;

beforeAll(async () => {
  project = copyProject();
  for (const name of ['attic', 'cellar']) {
    cpSync(join(import.meta.dirname, 'fixtures', name), join(project, 'plugins', name), { recursive: true });
  }
  system = await startSystem({ cwd: project });
});
afterAll(async () => {
  await system?.stop();
  rmSync(project, { recursive: true, force: true });
});

async function visit(plugin: string): Promise<number> {
  const { status, body } = await request(system.url, 'GET', `/${plugin}`);
  expect(status, system.output()).toBe(200);
  return body.pid;
}

/** What the last environment of a plugin has printed. */
async function printed(plugin: string): Promise<string> {
  const { body } = await request(
    system.url,
    'GET',
    `/dev/invocations?function=anineeplus-local-${plugin}-api`,
  );
  return body.invocations.flatMap(({ logs }: Json) => logs).join('\n');
}

/** Moving the clock starts every function anew: the environments that are idle end. */
const endEnvironments = () => request(system.url, 'POST', '/dev/clock', { body: { advance: '1m' } });

describe('the end of an environment', () => {
  it('calls onUnload where the plugin defines it, and sends no signal to others', async () => {
    const [attic, cellar] = [await visit('attic'), await visit('cellar')];
    await endEnvironments();
    await eventually(
      () => printed('attic'),
      (logs) => logs.includes(`attic ${attic} is unloaded`),
    );
    expect(await visit('attic')).not.toBe(attic);
    expect(await visit('cellar')).not.toBe(cellar);
    expect(await printed('cellar')).not.toContain('SIGTERM');
    expect(await printed('attic')).not.toContain('onUnload will not be called');
  });

  it('also when the whole system ends', async () => {
    const attic = await visit('attic');
    expect(await system.stop()).toBe(0);
    expect(system.output()).toContain(`attic ${attic} is unloaded`);
    expect(system.output()).not.toContain('got SIGTERM');
  });
});
