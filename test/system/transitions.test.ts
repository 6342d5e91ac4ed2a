import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Json, eventually, request } from '#testing/client.ts';
import { payAtOnce } from '../support/payments.ts';
import { type System, startSystem } from '../support/system.ts';

const NAME = 'simple-plugin';
/** How long five callers load and unload the plugin; `FAULTS=all` makes it a minute. */
const STORM_MS = process.env['FAULTS'] === 'all' ? 60_000 : 6_000;

let system: System;

beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system?.stop());
beforeEach(async () => {
  await request(system.url, 'DELETE', '/dev/faults');
});

const move = (to: string) => request(system.url, 'POST', `/plugins/${to}`, { body: { name: NAME } });
const statusOf = async (): Promise<string> =>
  (await request(system.url, 'GET', `/plugins/${NAME}`)).body.status;

/** The whole audit, oldest first. */
async function audit(): Promise<Json[]> {
  const entries: Json[] = [];
  let before = '';
  do {
    const path = `/plugins/${NAME}/audit?limit=100${before}`;
    const { body } = await request(system.url, 'GET', path);
    entries.push(...body.entries);
    before = body.next === undefined ? '' : `&before=${body.next}`;
  } while (before !== '');
  return entries.toReversed();
}

/** Every change has an entry, each begins where the one before ended, and the last ends in the state of now. */
async function expectWholeAudit(): Promise<void> {
  const entries = await audit();
  expect(entries.map(({ version }) => version)).toEqual(entries.map((_, index) => index + 1));
  const states = entries.map(({ after }) => after.state);
  expect(entries.map(({ before }) => before.state)).toEqual(['loaded', ...states.slice(0, -1)]);
  expect(states.at(-1)).toBe(await statusOf());
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

it('five callers at once lose no transition, no event and no entry of the audit', async () => {
  const until = Date.now() + STORM_MS;
  const isOver = () => Date.now() > until;
  const answers: number[] = [];
  const paid: string[] = [];
  const callers = Array.from({ length: 5 }, async () => {
    while (!isOver()) {
      const { status, body } = await move(Math.random() < 0.5 ? 'load' : 'unload');
      answers.push(status);
      if (status !== 200) expect(body.code).toBe('transition-conflict');
    }
  });
  const traffic = async () => {
    while (!isOver()) {
      const { status, body } = await request(system.url, 'GET', '/simple/receipts');
      if (status !== 200) expect(body.code).toBe('plugin-unloaded');
    }
  };
  const payer = async () => {
    while (!isOver()) paid.push(await payAtOnce(system));
  };
  await Promise.all([...callers, traffic(), payer()]);
  expect(answers.filter((status) => status === 200).length).toBeGreaterThan(1);
  expect(answers.filter((status) => status !== 200 && status !== 409)).toEqual([]);
  await expectWholeAudit();
  expect((await move('load')).status).toBe(200);
  await expectReceiptsOf(paid);
}, 400_000);
