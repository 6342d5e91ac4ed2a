import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Json, eventually, request } from '#testing/client.ts';
import {
  faults,
  fieldOf,
  generatedPlugins,
  type PluginFault,
  routeOf,
  writePlugins,
} from '../support/generated-plugins.ts';
import { copyProject } from '#testing/project.ts';
import { type System, startSystem } from '../support/system.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000 });

const CALLS_AT_ONCE = 8;

/** `SCALE=all` runs a hundred plugins, thirty of them broken; otherwise a few that work beside each kind of broken one. */
const isFull = process.env['SCALE'] === 'all';
const plugins = isFull ? generatedPlugins(100, 30) : generatedPlugins(faults.length + 6, faults.length);
const working = plugins.filter(({ fault }) => fault === undefined).map(({ name }) => name);
const broken = plugins.flatMap(({ name, fault }) => (fault === undefined ? [] : [{ name, fault }]));
const victim = working[0] ?? '';

/** The error that keeps a plugin out of the deployment; the others start and fail there. */
const refusals: Partial<Record<PluginFault, RegExp>> = {
  'broken-json': /^PLG002 in \S+\/plugin.json:\d+: /,
  'wrong-type': /^PLG006 in \S+\/plugin.json:\d+: .*"much".*Write an integer/,
  'unknown-field': /^PLG005 in \S+\/plugin.json:\d+: .*Write "license"/,
  'duplicate-name': /^PLG201 in \S+\/plugin.json:\d+: .*gen-001\/plugin.json:\d+/,
  'clashing-route': /^PLG202 in \S+\/plugin.json:\d+: .*GET \/generated\/gen-001.*gen-001\/plugin.json:\d+/,
  'clashing-field': /^PLG203 in \S+\/plugin.json:\d+: .*query gen001.*gen-001\/plugin.json:\d+/,
  'clashing-env-prefix': /^PLG206 in \S+\/plugin.json:\d+: .*GEN_001_PLUGIN.*gen-001\/plugin.json:\d+/,
  'long-aws-name': /^PLG109 in \S+\/plugin.json:\d+: .*at most 64 characters.*Shorten the name by 9/,
  'throws-on-import': /^PLG301 in \S+\/plugin.ts:1: .*no such warehouse/,
  'exits-on-import': /^PLG301 in \S+\/plugin.ts:1: .*ended the process with 7/,
};

/** What the health check says of a plugin that runs and has a fault. */
const ailments: Partial<Record<PluginFault, RegExp>> = {
  'hangs-in-initialize': /initialize has not finished after \d+ ms|did not answer within 4500 ms/,
  'exits-in-initialize': /its function "api" failed: .*exit/i,
  'eats-memory': /its function "api" failed: .*(exit|signal|memory)|did not answer within 4500 ms/i,
  'nonsense-health': /its function "api" answers with no health report/,
};

let project: string;
let system: System;

beforeAll(async () => {
  project = copyProject();
  writePlugins(project, plugins);
  // The first run of a machine has to bundle all of them.
  system = await startSystem({ cwd: project, readyWithinMs: 500_000 });
});
afterAll(async () => {
  await system?.stop();
  rmSync(project, { recursive: true, force: true });
});

const call = (method: string, path: string, body?: unknown) => request(system.url, method, path, { body });

/** Does something with each, a few at a time. */
async function each<T>(all: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  const left = [...all];
  const next = async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await act(one);
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, next));
}

it('has a fault of every kind among them, and an error or a reason for each', () => {
  expect(new Set(broken.map(({ fault }) => fault))).toEqual(new Set(faults));
  expect([...Object.keys(refusals), ...Object.keys(ailments)].toSorted()).toEqual([...faults].toSorted());
});

describe('many plugins, some of them broken', () => {
  it('are all listed, each broken one with its reason', async () => {
    const { body } = await call('GET', '/plugins');
    const listed = (body.plugins as Json[]).filter(({ name }) => name.startsWith('gen-'));
    expect(listed).toHaveLength(plugins.length);
    for (const { name, fault } of plugins) {
      const refusal = fault && refusals[fault];
      const shown = listed.filter((one) => one.name === (fault === 'duplicate-name' ? victim : name));
      if (refusal === undefined) {
        expect(shown[0], name).toMatchObject({ status: 'loaded', version: '1.0.0' });
        continue;
      }
      const failed = shown.filter(({ status }) => status === 'failed');
      expect(failed[0], name).toMatchObject({ reason: expect.stringMatching(refusal) });
      for (const one of failed) expect(one.errors, name).toHaveLength(1);
    }
  });

  it('answer the health check before it times out, and each with its own answer once all were checked', async () => {
    const health = async () => {
      // A check that waited for those that hang would be ended by the timeout of its function.
      const { status, body } = await call('GET', '/plugins/health');
      expect(status).toBe(200);
      return body.plugins as Json[];
    };
    const of = (all: Json[], name: string) => all.find((one) => one.name === name)?.health;
    expect((await health()).filter(({ name }) => name.startsWith('gen-'))).toHaveLength(plugins.length);
    const ailing = broken.filter(({ fault }) => ailments[fault]);
    // One whose check the deadline has cut off is `unknown`, and comes before the slow ones the next time.
    const all = await eventually(
      health,
      (now) =>
        working.every((name) => of(now, name).status === 'healthy') &&
        ailing.every(({ name }) => of(now, name).status !== 'unknown'),
      200_000,
    );
    for (const { name, fault } of ailing) {
      expect(of(all, name), fault).toMatchObject({
        status: 'unhealthy',
        reason: expect.stringMatching(ailments[fault] as RegExp),
      });
    }
  });

  it('answer calls over HTTP and GraphQL where they work', async () => {
    await each(working, async (name) => {
      expect(await call('GET', routeOf(name))).toMatchObject({
        status: 200,
        body: { plugin: name, greeting: 'Hello', found: false },
      });
    });
    for (let from = 0; from < working.length; from += 10) {
      const some = working.slice(from, from + 10);
      const query = `{ ${some.map((name) => `${fieldOf(name)} { plugin }`).join(' ')} }`;
      const { body } = await call('POST', '/graphql', { query });
      expect(body.data).toEqual(Object.fromEntries(some.map((name) => [fieldOf(name), { plugin: name }])));
    }
  });

  it('answer with a clear error where they start and fail', async () => {
    const wanted: Partial<Record<PluginFault, object>> = {
      'hangs-in-initialize': { status: 503, body: { code: 'plugin-unhealthy' } },
      // As API Gateway answers for a function that ends without an answer.
      'exits-in-initialize': { status: 500 },
      'eats-memory': { status: 500 },
      'nonsense-health': { status: 200, body: { greeting: 'Hello' } },
    };
    await each(
      broken.filter(({ fault }) => wanted[fault]),
      async ({ name, fault }) => {
        expect(await call('GET', routeOf(name)), name).toMatchObject(wanted[fault] as object);
      },
    );
  });

  it('have nothing half registered where they are refused', async () => {
    const refused = broken.filter(({ fault }) => refusals[fault] && fault !== 'duplicate-name');
    const openApi = JSON.stringify((await call('GET', '/openapi.json')).body);
    expect(openApi).toContain(`"${routeOf(victim)}"`);
    const { body } = await call('GET', '/dev/resources');
    const resources = JSON.stringify(body);
    expect(resources).toContain(`anineeplus-local-${victim}-`);
    await each(refused, async ({ name }) => {
      expect(openApi).not.toContain(`"${routeOf(name)}"`);
      expect(resources).not.toContain(`anineeplus-local-${name}-`);
      expect((await call('GET', routeOf(name))).status).toBe(404);
      const query = `{ ${fieldOf(name)} { plugin } }`;
      expect((await call('POST', '/graphql', { query })).body.errors[0].message).toContain(fieldOf(name));
      expect(await call('POST', '/plugins/load', { name })).toMatchObject({
        status: 409,
        body: { code: 'plugin-broken', reasons: [expect.stringMatching(/^PLG\d{3} in /)] },
      });
    });
  });

  it('leave a plugin whose name, route, field and prefix they claim as it is', async () => {
    expect((await call('GET', `/plugins/${victim}`)).body).toMatchObject({ status: 'loaded' });
    const moved = async (to: string) => (await call('POST', `/plugins/${to}`, { name: victim })).body;
    expect(await moved('unload')).toMatchObject({ status: 'unloaded', changed: true });
    expect(await call('GET', routeOf(victim))).toMatchObject({
      status: 503,
      body: { code: 'plugin-unloaded' },
    });
    expect(await moved('load')).toMatchObject({ status: 'loaded', changed: true });
    expect((await call('GET', routeOf(victim))).body).toMatchObject({ plugin: victim });
  });
});
