import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Json, request } from '#testing/client.ts';
import { startTestPlatform, type TestPlatform } from '#testing/platform.ts';

const folder = mkdtempSync(join(tmpdir(), 'schedules-'));
let system: TestPlatform;

beforeAll(async () => {
  const ticker = join(folder, 'ticker');
  addTicker(ticker);
  system = await startTestPlatform({ plugins: [ticker] });
});
afterAll(async () => {
  await system?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A plugin that notes what time it is whenever it runs; an hour later a note may be forgotten. */
function addTicker(root: string): void {
  const files = {
    'plugin.json': JSON.stringify({
      manifestVersion: 1,
      name: 'ticker',
      version: '1.0.0',
      description: 'Notes the time',
      author: 'test',
      engine: '^1.0.0',
      operations: {
        listNotes: { http: { method: 'GET', path: '/notes' }, scope: 'notes:read' },
      },
      schedules: {
        tick: { function: 'tick', rate: '2 hours' },
        nightly: { function: 'tick', cron: '0 3 * * ? *' },
        broken: { function: 'tick', rate: '30 days' },
      },
      tables: { notes: { partitionKey: 'PK', sortKey: 'SK', ttl: 'ttl' } },
      functions: { api: { entry: 'functions/api.ts' }, tick: { entry: 'functions/tick.ts' } },
      permissions: { api: ['table:notes:read'], tick: ['table:notes:write'] },
    }),
    'plugin.ts': `
      import * as z from 'zod/mini';
      import { documentClient } from '#runtime/aws/documents.ts';
      import { operation } from '#runtime/contract/operation.ts';
      import { definePlugin } from '#runtime/contract/plugin.ts';
      import { ok } from '#runtime/contract/reply.ts';
      import manifest from './plugin.json' with { type: 'json' };
      export const listNotes = operation({
        summary: 'Lists', input: z.object({}), output: z.any(), errors: {}, idempotency: 'none',
        async run({ services }) {
          const { Items: notes } = await documentClient().query({
            TableName: services.table, ConsistentRead: true,
            KeyConditionExpression: 'PK = :all', ExpressionAttributeValues: { ':all': 'all' },
          });
          return ok({ notes, now: services.now().toISOString() });
        },
      });
      export const plugin = definePlugin({
        manifest, config: z.object({}),
        initialize: (_, { table, now }) => ({ table: table('notes'), now }),
      });`,
    'functions/api.ts': `
      import { apiHandler } from '#runtime/adapters/api.ts';
      import { listNotes, plugin } from '../plugin.ts';
      export const handler = apiHandler(plugin, { listNotes });`,
    'functions/tick.ts': `
      import { scheduleHandler } from '#runtime/adapters/schedule.ts';
      import { documentClient } from '#runtime/aws/documents.ts';
      import { plugin } from '../plugin.ts';
      const note = { summary: 'Notes', async run({ schedule, scheduledAt, services }) {
        const now = services.now();
        const Item = { PK: 'all', SK: schedule + ' ' + scheduledAt.toISOString(), now: now.toISOString(),
          ttl: Math.floor(now.getTime() / 1000) + 3600 };
        await documentClient().put({ TableName: services.table, Item });
        return { noted: 1 };
      } };
      const broken = { summary: 'Fails', async run() { throw new Error('out of ink'); } };
      export const handler = scheduleHandler(plugin, { tick: note, nightly: note, broken });`,
  };
  mkdirSync(join(root, 'functions'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
}

const advance = (text: string): Promise<Json> => system.clock.advance(text);
const clock = async () => (await request(system.url, 'GET', '/dev/clock')).body;
const list = async () => (await request(system.url, 'GET', '/notes')).body;
const names = ({ ran }: Json): string[] =>
  ran.map(({ plugin, schedule, status }: Json) => `${plugin}/${schedule} ${status}`).toSorted();
const isOurs = ({ plugin }: Json): boolean => plugin === 'ticker';
const hoursAhead = (iso: string): number => Math.round((Date.parse(iso) - Date.now()) / 3_600_000);

describe('schedules on the local system', () => {
  it('are among the resources, with the time at which each runs next', async () => {
    const { body } = await request(system.url, 'GET', '/dev/resources');
    const types = body.resources.filter(({ stack }: Json) => stack === 'anineeplus-local-plugin-ticker');
    expect(types.filter(({ type }: Json) => type === 'AWS::Scheduler::Schedule')).toHaveLength(3);
    const { offsetMs, schedules } = await clock();
    expect(offsetMs).toBe(0);
    const tick = schedules.find(({ schedule }: Json) => schedule === 'tick');
    expect(tick).toMatchObject({ plugin: 'ticker', expression: 'rate(2 hours)' });
    expect(hoursAhead(tick.next)).toBe(2);
  });

  it('run when the clock has reached them, and functions see its time', async () => {
    expect(
      (await advance('1h')).ran.filter(
        ({ plugin, schedule }: Json) => plugin === 'ticker' && schedule === 'tick',
      ),
    ).toEqual([]);
    const jump = await advance('100m');
    const run = jump.ran.find(({ schedule }: Json) => schedule === 'tick');
    expect(run).toMatchObject({
      plugin: 'ticker',
      status: 'ok',
      result: { schedule: 'tick', outcome: 'done', summary: { noted: 1 } },
    });
    const { notes, now } = await list();
    expect(hoursAhead(now)).toBe(3);
    const [note] = notes.filter(({ SK }: Json) => SK.startsWith('tick'));
    expect(Date.parse(note.now) - Date.parse(run.scheduledAt)).toBeGreaterThan(35 * 60_000);
    const { body } = await request(
      system.url,
      'GET',
      '/dev/invocations?function=anineeplus-local-ticker-tick',
    );
    expect(body.invocations.find(({ id }: Json) => id === run.invocationId)).toMatchObject({
      trigger: 'schedule',
      status: 'ok',
    });
  });

  it('run once for a long jump, beside others; what has outlived its time to live is gone', async () => {
    const before = (await list()).notes.length;
    const jump = await advance('25h');
    expect(names(jump).filter((name) => name.startsWith('ticker'))).toEqual([
      'ticker/nightly ok',
      'ticker/tick ok',
    ]);
    expect(jump.expired).toBeGreaterThanOrEqual(before);
    expect((await list()).notes).toHaveLength(2);
  });

  it('that fail are told with the reason, and do not hold up the clock', async () => {
    const jump = await advance('30d');
    expect(names(jump)).toContain('ticker/broken error');
    const broken = jump.ran.find(({ schedule }: Json) => schedule === 'broken');
    expect(broken.reason).toContain('out of ink');
    expect(system.output()).toContain('schedule ticker/broken failed');
    const { next } = (await clock()).schedules.find(({ schedule }: Json) => schedule === 'broken');
    expect(hoursAhead(next)).toBe(60 * 24);
  });

  it('keep their times and the clock when the system is started again', async () => {
    const before = await clock();
    await system.kill9();
    await system.restart();
    const after = await clock();
    expect(after.offsetMs).toBe(before.offsetMs);
    expect(after.schedules.filter(isOurs)).toEqual(before.schedules.filter(isOurs));
    expect(hoursAhead((await list()).now)).toBe(hoursAhead(before.now));
  });

  it('are skipped while their plugin is unloaded, and can be run by hand', async () => {
    const run = () => system.clock.runSchedule('ticker/tick');
    await request(system.url, 'POST', '/plugins/unload', { body: { name: 'ticker' } });
    expect(await run()).toMatchObject({ status: 'ok', result: { schedule: 'tick', outcome: 'skipped' } });
    await request(system.url, 'POST', '/plugins/load', { body: { name: 'ticker' } });
    expect(await run()).toMatchObject({ status: 'ok', result: { outcome: 'done' } });
  });
});
