import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { type Answer, type Json, eventually, request } from '#testing/client.ts';
import { copyProject } from '#testing/project.ts';
import { generatedPlugins, routeOf, writePlugins } from '../support/generated-plugins.ts';
import { payAtOnce } from '../support/payments.ts';
import { type System, startSystem } from '../support/system.ts';

vi.setConfig({ testTimeout: 400_000, hookTimeout: 400_000 });

const NAME = 'simple-plugin';
/** A plugin with a configuration, which shows the one that it works with. */
const [CONFIGURED] = generatedPlugins(1).map(({ name }) => name) as [string];
const isLong = process.env['FAULTS'] === 'all';
/** How long five callers change the plugins; `FAULTS=all` makes it a minute. */
const STORM_MS = isLong ? 60_000 : 6_000;
const SLOW_MS = 120_000;
/** How often the runner is killed while they do. */
const KILLS = isLong ? 10 : 2;
/** The list of receipts shows a hundred. */
const PAID_MAX = 90;

let project: string;
let system: System;

beforeAll(async () => {
  project = copyProject();
  writePlugins(project, generatedPlugins(1));
  system = await startSystem({ cwd: project, readyWithinMs: 300_000 });
});
afterAll(async () => {
  await system?.stop();
  rmSync(project, { recursive: true, force: true });
});
beforeEach(async () => {
  await request(system.url, 'DELETE', '/dev/faults');
});

const call = (method: string, path: string, body?: unknown, headers = {}): Promise<Answer> =>
  request(system.url, method, path, { body, headers });
const move = (to: string, name = NAME) => call('POST', `/plugins/${to}`, { name });
const statusOf = async (name = NAME): Promise<string> => (await call('GET', `/plugins/${name}`)).body.status;

/** Gives the plugin another greeting, on condition of the version in force now. */
async function configure(greeting: string): Promise<Answer> {
  const path = `/plugins/${CONFIGURED}/config`;
  const etag = (await call('GET', path)).headers.get('etag') ?? '';
  return call('PATCH', path, { greeting }, { 'if-match': etag });
}

/** The whole audit, oldest first. */
async function audit(name = NAME): Promise<Json[]> {
  const entries: Json[] = [];
  let before = '';
  do {
    const { body } = await call('GET', `/plugins/${name}/audit?limit=100${before}`);
    entries.push(...body.entries);
    before = body.next === undefined ? '' : `&before=${body.next}`;
  } while (before !== '');
  return entries.toReversed();
}

/**
 * Every change has an entry, each begins where the one of its kind before ended, and the last ends in the state of now.
 * @returns the entries of transitions, and those of the configuration
 */
async function expectWholeAudit(name = NAME) {
  const entries = await audit(name);
  expect(entries.map(({ version }) => version)).toEqual(entries.map((_, index) => index + 1));
  const transitions = entries.filter(({ after }) => after.state !== undefined);
  const states = transitions.map(({ after }) => after.state);
  expect(transitions.map(({ before }) => before.state)).toEqual(
    ['loaded', ...states].slice(0, states.length),
  );
  expect(states.at(-1) ?? 'loaded').toBe(await statusOf(name));
  return { transitions, changes: entries.filter((entry) => !transitions.includes(entry)) };
}

/**
 * The changes that the audit has are one chain that ends in the configuration in force, and are those of the history.
 * @returns the labels of the changes, oldest first
 */
async function expectWholeHistory(changes: readonly Json[]): Promise<readonly string[]> {
  const path = `/plugins/${CONFIGURED}/config`;
  const { body: current } = await call('GET', path);
  const versions: Json[] = (await call('GET', `${path}/versions`)).body.versions;
  expect(versions.filter(({ inForce }) => inForce).map(({ label }) => label)).toEqual([current.label]);
  const labels = changes.map(({ after }) => after.label as string);
  expect(new Set(labels).size).toBe(labels.length);
  expect(changes.slice(1).map(({ before }) => before.label)).toEqual(labels.slice(0, -1));
  expect(labels.at(-1)).toBe(current.label);
  // The history keeps the newest alone, and the one that the plugin began with is no change.
  const kept = versions.map(({ label }) => label).toReversed();
  const known = labels.slice(-kept.length);
  expect(kept.slice(-known.length)).toEqual(known);
  return labels;
}

/** Waits until the plugin has counted each of these payments, and demands that it counted none twice. */
async function expectReceiptsOf(ids: readonly string[]): Promise<void> {
  const received = async (): Promise<string[]> =>
    (await request(system.url, 'GET', '/simple/receipts?limit=100')).body.receipts.map(
      ({ paymentId }: Json) => paymentId,
    );
  // A message that met the plugin while it was unloading comes again after six times the function's timeout.
  const all = await eventually(received, (found) => ids.every((id) => found.includes(id)), 200_000);
  expect(new Set(all).size).toBe(all.length);
}

it.each(['unload', 'load'] as const)(
  'a crash after any AWS call of POST /plugins/%s leaves a state from which the same call ends it',
  async (to) => {
    const from = to === 'load' ? 'unload' : 'load';
    let crashes = 0;
    for (let n = 1; ; n++) {
      expect((await move(from)).status).toBe(200);
      await request(system.url, 'POST', '/dev/faults', {
        body: { function: 'platform/plugins', kind: 'crash', call: { target: 'aws', n, when: 'after' } },
      });
      const { status } = await move(to);
      if (status === 200) break;
      expect(status).toBe(500);
      crashes += 1;
      expect(['loading', 'loaded', 'unloading', 'unloaded']).toContain(await statusOf());
      expect((await move(to)).body).toMatchObject({ status: `${to}ed` });
      expect(await statusOf()).toBe(`${to}ed`);
      await expectWholeAudit();
    }
    // Two writes of the registry, and reads around them.
    expect(crashes).toBeGreaterThan(5);
    await request(system.url, 'DELETE', '/dev/faults');
    const paid = await payAtOnce(system);
    expect((await move('load')).status).toBe(200);
    await expectReceiptsOf([paid]);
  },
  600_000,
);

/** Calls of the storm, with what each was answered. */
interface Storm {
  readonly moves: readonly { readonly name: string; readonly answer: Answer }[];
  readonly greetings: readonly { readonly greeting: string; readonly answer: Answer }[];
}

/** Whether each plugin was moved and the configuration changed; on a machine that does much else that takes longer. */
const isEnough = ({ moves, greetings }: Storm): boolean =>
  greetings.some(({ answer }) => answer.status === 200) &&
  [NAME, CONFIGURED].every((name) =>
    moves.some((one) => one.name === name && one.answer.body.changed === true),
  );

/** Five callers load, unload and configure two plugins until it is over, each without knowing of the others. */
function storm(isOver: (seen: Storm) => boolean): Storm & { readonly callers: readonly Promise<void>[] } {
  const moves: { name: string; answer: Answer }[] = [];
  const greetings: { greeting: string; answer: Answer }[] = [];
  let count = 0;
  const caller = async () => {
    while (!isOver({ moves, greetings })) {
      const dice = Math.random();
      if (dice < 0.3) {
        const greeting = `Hello ${(count += 1)}`;
        greetings.push({ greeting, answer: await configure(greeting) });
      } else {
        const name = dice < 0.65 ? NAME : CONFIGURED;
        const answer = await move(Math.random() < 0.5 ? 'load' : 'unload', name);
        moves.push({ name, answer });
      }
    }
  };
  return { moves, greetings, callers: Array.from({ length: 5 }, caller) };
}

it('five callers at once lose no transition, no version of a configuration, no event and no entry of the audit', async () => {
  const before = { [NAME]: (await audit()).length, [CONFIGURED]: (await audit(CONFIGURED)).length };
  const until = Date.now() + STORM_MS;
  const over = new AbortController();
  const paid: string[] = [];
  const read = async (path: string) => {
    while (!over.signal.aborted) {
      const { status, body } = await call('GET', path);
      if (status !== 200) expect(body.code).toBe('plugin-unloaded');
    }
  };
  const payer = async () => {
    while (!over.signal.aborted && paid.length < PAID_MAX) {
      paid.push(await payAtOnce(system));
      await sleep(STORM_MS / PAID_MAX);
    }
  };
  const { callers, ...seen } = storm(
    (now) => Date.now() > until && (isEnough(now) || Date.now() > until + SLOW_MS),
  );
  const stormed = Promise.all(callers).finally(() => over.abort());
  await Promise.all([stormed, read('/simple/receipts'), read(routeOf(CONFIGURED)), payer()]);

  for (const { answer } of seen.moves)
    if (answer.status !== 200) expect(answer.body.code).toBe('transition-conflict');
  for (const { answer } of seen.greetings)
    if (answer.status !== 200) expect(answer.body.code).toBe('precondition-failed');
  for (const name of [NAME, CONFIGURED]) {
    const { transitions } = await expectWholeAudit(name);
    const ended = transitions.filter(
      ({ version, after }) => version > (before[name] ?? 0) && /^(un)?loaded$/.test(after.state),
    );
    const changed = seen.moves.filter((one) => one.name === name && one.answer.body.changed === true);
    expect(ended.length, name).toBe(changed.length);
    expect(changed.length, name).toBeGreaterThan(0);
  }
  const { changes } = await expectWholeAudit(CONFIGURED);
  const labels = await expectWholeHistory(changes);
  const accepted = seen.greetings.filter(({ answer }) => answer.status === 200);
  expect(accepted.length).toBeGreaterThan(0);
  expect(new Set(accepted.map(({ answer }) => answer.body.label))).toEqual(
    new Set(labels.slice(-accepted.length)),
  );

  for (const name of [NAME, CONFIGURED]) expect((await move('load', name)).status).toBe(200);
  const { greeting } = (await call('GET', `/plugins/${CONFIGURED}/config`)).body.values;
  await eventually(
    async () => (await call('GET', routeOf(CONFIGURED))).body.greeting,
    (now) => now === greeting,
    30_000,
  );
  await expectReceiptsOf(paid);
});

it('kill -9 of the runner amid transitions and changes leaves the old state or the new one, and the next calls repair it', async () => {
  for (let kill = 0; kill < KILLS; kill += 1) {
    let isOver = false;
    const { callers } = storm(() => isOver);
    // A call that the runner dies in has no answer.
    const ended = Promise.allSettled(callers);
    await sleep(500 + Math.random() * 2_500);
    isOver = true;
    await system.kill9();
    await ended;
    await system.restart();

    const { greeting } = (await call('GET', `/plugins/${CONFIGURED}/config`)).body.values;
    expect(greeting ?? 'Hello').toMatch(/^Hello( \d+| after kill \d+)?$/);
    for (const name of [NAME, CONFIGURED]) {
      expect(['loading', 'loaded', 'unloading', 'unloaded']).toContain(await statusOf(name));
      expect((await move('load', name)).body).toMatchObject({ status: 'loaded' });
    }
    const last = `Hello after kill ${kill}`;
    expect((await configure(last)).status).toBe(200);
    for (const name of [NAME, CONFIGURED]) expect(await statusOf(name)).toBe('loaded');
    await expectWholeAudit(NAME);
    await expectWholeHistory((await expectWholeAudit(CONFIGURED)).changes);
    await eventually(
      async () => (await call('GET', routeOf(CONFIGURED))).body.greeting,
      (now) => now === last,
      30_000,
    );
  }
  const paid = await payAtOnce(system);
  await expectReceiptsOf([paid]);
});
