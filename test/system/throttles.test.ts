import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { eventually, type Json, request } from '#testing/client.ts';
import { createClock } from '#testing/clock.ts';
import { copyProject, editJson } from '#testing/project.ts';
import { type System, startSystem } from '../support/system.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 300_000 });

const PATH = '/simple/receipts';
/** One request in ten seconds: what comes at once sees the burst alone. */
const throttle = { rate: 0.1, burst: 5 };

let project: string;
let system: System;
const setThrottle = (given: object | undefined) =>
  editJson(join(project, 'plugins/examples/simple-plugin/plugin.json'), ({ operations }: Json) => {
    operations.listReceipts.http.throttle = given;
  });

beforeAll(async () => {
  project = copyProject();
  setThrottle(throttle);
  system = await startSystem({ cwd: project, watch: true });
});
afterAll(async () => {
  await system?.stop();
  rmSync(project, { recursive: true, force: true });
});

/** So many requests at once: how many have which status, and the answers. */
async function burst(count: number, path = PATH, init: RequestInit = {}) {
  const answers = await Promise.all(Array.from({ length: count }, () => fetch(system.url + path, init)));
  const statuses: Record<number, number> = {};
  for (const { status } of answers) statuses[status] = (statuses[status] ?? 0) + 1;
  const refused = answers.find(({ status }) => status === 429);
  return { statuses, refused, taken: statuses[200] ?? 0 };
}
const advance = (by: string) => createClock(() => system.url).advance(by);

/**
 * Expects that so many requests were taken as were free `sinceMs`, and at most those more for which the rate has given
 * since: a slow machine takes more.
 */
function expectTaken(taken: number, free: number, sinceMs: number, rate = throttle.rate): void {
  expect(taken).toBeGreaterThanOrEqual(free);
  expect(taken).toBeLessThanOrEqual(Math.floor(free + (rate * (performance.now() - sinceMs)) / 1000));
}

describe('a route with a throttle', () => {
  it('takes its burst at once, and answers everything else as API Gateway does', async () => {
    const sinceMs = performance.now();
    const { statuses, refused, taken } = await burst(40);
    expectTaken(taken, 5, sinceMs);
    expect(statuses).toEqual({ 200: taken, 429: 40 - taken });
    expect(refused?.headers.get('content-type')).toBe('application/json');
    expect(refused?.headers.has('retry-after')).toBe(false);
    expect(await refused?.json()).toEqual({ message: 'Too Many Requests' });
  });

  it('leaves all other routes alone, also those of the same plugin’s GraphQL', async () => {
    expect((await burst(60, '/plugins')).statuses).toEqual({ 200: 60 });
    const { status, body } = await request(system.url, 'POST', '/graphql', {
      body: { query: '{ receipts { receipts { eventId } } }' },
    });
    expect([status, body.errors]).toEqual([200, undefined]);
  });

  it('refuses before it looks at the token', async () => {
    const { statuses } = await burst(10, PATH, { headers: { authorization: 'Bearer nonsense' } });
    expect(statuses[429]).toBeGreaterThan(0);
    expect((statuses[401] ?? 0) + (statuses[429] ?? 0)).toBe(10);
  });

  it('has a page of another origin read the answer', async () => {
    const { refused } = await burst(10, PATH, { headers: { origin: 'http://localhost:5173' } });
    expect(refused?.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
  });

  it('takes its burst after a pause, and what its rate gives', async () => {
    await advance('1h');
    const sinceMs = performance.now();
    expectTaken((await burst(20)).taken, 5, sinceMs);
    await advance('30s');
    expectTaken((await burst(20)).taken, 3, sinceMs);
  });

  it('calls no function for what it refuses', async () => {
    const called = async () => {
      const path = '/dev/invocations?function=anineeplus-local-simple-plugin-api';
      const { body } = await request(system.url, 'GET', path);
      return (body.invocations as Json[]).filter(({ trigger }) => trigger === 'http').length;
    };
    await advance('1h');
    const before = await called();
    const { taken } = await burst(30);
    expect(taken).toBeLessThan(30);
    expect((await called()) - before).toBe(taken);
  });

  it('says so in the list of plugins and in the description of the API', async () => {
    const { body } = await request(system.url, 'GET', '/plugins/simple-plugin');
    expect(body.operations[0].http).toEqual({ method: 'GET', path: PATH, throttle });
    const { body: openApi } = await request(system.url, 'GET', '/openapi.json');
    expect(openApi.info.description).toContain('429');
  });
});

describe('a throttle that is changed while the system runs', () => {
  it('counts at once, and is gone when it is taken out', async () => {
    setThrottle({ rate: 0.1, burst: 8 });
    const takes = async () => (await burst(30)).taken;
    const raised = await eventually(takes, (taken) => taken >= 8, 100_000);
    expect(raised).toBeGreaterThanOrEqual(8);
    expect(raised).toBeLessThan(30);
    setThrottle(undefined);
    expect(await eventually(takes, (taken) => taken === 30, 100_000)).toBe(30);
  });
});

describe('the routes of the platform', () => {
  it('that ask every plugin have throttles, which the command line’s users do not meet', async () => {
    const sinceMs = performance.now();
    expectTaken((await burst(200, '/plugins/health')).taken, 100, sinceMs, 20);
    const laterMs = performance.now();
    const { taken, refused } = await burst(200, '/plugins/drift');
    expectTaken(taken, 20, laterMs, 2);
    expect(refused).toBeDefined();
  });
});
