import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ScheduleResource } from '#infra/local/resources/eventbridge.ts';
import { type Clock, openClock } from '#infra/local/schedules/clock.ts';
import { createScheduler, type Scheduler } from '#infra/local/schedules/scheduler.ts';
import type { ClockStore, ScheduleStore } from '#infra/local/state/types.ts';
import type { AssemblyRef } from '#infra/local/types.ts';
import { assemblyOf, functionOf, recordingTerminal } from '../lambda/fixture.ts';

const START = Date.parse('2026-11-24T10:00:00Z');
const MINUTE = 60_000;
const roleArn = 'arn:aws:iam::000000000000:role/schedule';
const fn = functionOf('', 'sweep');
const functionArn = `${fn.arn}:live`;

const schedule = (key: string, expression: string, change: object = {}): ScheduleResource => ({
  name: `anineeplus-local-test-${key}`,
  arn: `arn:aws:scheduler:us-east-1:000000000000:schedule/test/${key}`,
  groupArn: 'arn:aws:scheduler:us-east-1:000000000000:schedule-group/test',
  plugin: 'test',
  key,
  expression,
  enabled: true,
  functionArn,
  roleArn,
  input: `{"kind":"schedule","schedule":"${key}","scheduledAt":"<aws.scheduler.scheduled-time>"}`,
  deadLetterArn: undefined,
  ...change,
});

const allow = (Action: string, Resource: string, more: object = {}) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow' as const, Action, Resource, ...more }],
});
const trust = (service: string) => allow('sts:AssumeRole', '*', { Principal: { Service: service } });
const role = {
  arn: roleArn,
  name: 'schedule',
  policies: [allow('lambda:InvokeFunction', functionArn)],
  boundary: undefined,
  trust: trust('scheduler.amazonaws.com'),
};

function memoryStores(): { schedules: ScheduleStore; clock: ClockStore } {
  const next = new Map<string, number>();
  let offset = 0;
  return {
    schedules: {
      nextMs: (arn, expression) => next.get(`${arn} ${expression}`),
      setNext: (arn, expression, ms) => void next.set(`${arn} ${expression}`, ms),
    },
    clock: { offsetMs: () => offset, setOffset: (ms) => void (offset = ms) },
  };
}

let wall: number;
let stores: ReturnType<typeof memoryStores>;
let assembly: AssemblyRef;
let terminal: ReturnType<typeof recordingTerminal>;
let clock: Clock;
let scheduler: Scheduler;
let events: { readonly schedule: string; readonly scheduledAt: string }[];
let work: () => Promise<string>;

function open(): void {
  clock = openClock(stores.clock, () => wall);
  scheduler = createScheduler({
    assembly,
    store: stores.schedules,
    clock,
    terminal,
    functions: {
      async invoke(_arn, payload) {
        events.push(JSON.parse(payload.toString()));
        const text = await work();
        const functionError = text.includes('errorMessage') ? 'Unhandled' : undefined;
        return { functionError, payload: Buffer.from(text), requestId: 'r', durationMs: 1 };
      },
    },
  });
  scheduler.list();
}

beforeEach(() => {
  wall = START;
  stores = memoryStores();
  terminal = recordingTerminal();
  events = [];
  work = async () => '{"outcome":"done"}';
  const schedules = [schedule('due', 'rate(1 minute)'), schedule('ledger', 'cron(0 3 * * ? *)')];
  assembly = { current: assemblyOf([fn], { roles: [role], schedules }) };
  open();
});
afterEach(() => scheduler.stop());

const firedAt = () => events.map(({ schedule: name, scheduledAt }) => `${name} ${scheduledAt}`);

describe('a schedule', () => {
  it('runs when its time has come, and not before', async () => {
    wall += MINUTE - 1;
    expect(await scheduler.runDue()).toEqual([]);
    wall += 1;
    expect(await scheduler.runDue()).toEqual([
      {
        plugin: 'test',
        schedule: 'due',
        scheduledAt: '2026-11-24T10:01:00Z',
        status: 'ok',
        invocationId: 'r',
        result: { outcome: 'done' },
      },
    ]);
    expect(await scheduler.runDue()).toEqual([]);
    expect(events).toEqual([{ kind: 'schedule', schedule: 'due', scheduledAt: '2026-11-24T10:01:00Z' }]);
  });

  it('that came due many times in one jump runs once, for the last of them', async () => {
    clock.advance(24 * 60 * MINUTE + 30_000);
    await scheduler.runDue();
    expect(firedAt().toSorted()).toEqual(['due 2026-11-25T10:00:00Z', 'ledger 2026-11-25T03:00:00Z']);
    expect(scheduler.list()).toEqual([
      {
        plugin: 'test',
        schedule: 'due',
        expression: 'rate(1 minute)',
        next: '2026-11-25T10:01:00.000Z',
      },
      {
        plugin: 'test',
        schedule: 'ledger',
        expression: 'cron(0 3 * * ? *)',
        next: '2026-11-26T03:00:00.000Z',
      },
    ]);
  });

  it('goes on where it was after a restart, with what it missed as one run, by the moved clock', async () => {
    clock.advance(MINUTE / 2);
    await scheduler.stop();
    wall += 10 * MINUTE;
    open();
    expect(clock.offsetMs()).toBe(MINUTE / 2);
    const started = new Promise<void>((resolve) => {
      work = async () => (resolve(), '{}');
    });
    scheduler.start();
    await started;
    expect(firedAt()).toEqual(['due 2026-11-24T10:10:00Z']);
  });

  it('counts from now when its expression has changed', async () => {
    wall += 10 * MINUTE;
    assembly.current = { ...assembly.current, schedules: [schedule('due', 'rate(5 minutes)')] };
    scheduler.apply();
    expect(await scheduler.runDue()).toEqual([]);
    expect(scheduler.list()[0]?.next).toBe('2026-11-24T10:15:00.000Z');
  });

  it('never runs twice at the same time', async () => {
    let running = 0;
    let most = 0;
    work = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
      return '{}';
    };
    clock.advance(MINUTE);
    const first = scheduler.runDue();
    clock.advance(MINUTE);
    const all = [first, scheduler.run('test', 'due'), scheduler.runDue()];
    await Promise.all(all);
    expect(most).toBe(1);
    // The first sees the second jump already: what it has done is not done again.
    expect(events).toHaveLength(2);
  });

  it('that fails says so, and comes again next time', async () => {
    work = async () => '{"errorType":"TypeError","errorMessage":"no such thing"}';
    wall += MINUTE;
    expect(await scheduler.runDue()).toMatchObject([
      { status: 'error', reason: 'TypeError: no such thing', result: { errorType: 'TypeError' } },
    ]);
    expect(terminal.lines).toEqual([
      'schedule test/due failed, and is tried next time: TypeError: no such thing',
    ]);
    wall += MINUTE;
    work = async () => '{}';
    expect(await scheduler.runDue()).toMatchObject([{ scheduledAt: '2026-11-24T10:02:00Z', status: 'ok' }]);
  });

  it('can be run by hand, which leaves its times alone', async () => {
    wall += MINUTE / 2;
    expect(await scheduler.run('test', 'ledger')).toMatchObject({
      scheduledAt: '2026-11-24T10:00:30Z',
      status: 'ok',
    });
    expect(scheduler.list()[1]?.next).toBe('2026-11-25T03:00:00.000Z');
    expect(await scheduler.run('test', 'nothing')).toBeUndefined();
    expect(await scheduler.run('other', 'due')).toBeUndefined();
  });
});

describe('a role', () => {
  it.each([
    ['may not invoke', { policies: [] }, 'may not lambda:InvokeFunction'],
    [
      'may invoke the function but not its alias',
      { policies: [allow('lambda:InvokeFunction', fn.arn)] },
      'live',
    ],
    [
      'has a boundary around nothing',
      { boundary: allow('s3:GetObject', '*') },
      'may not lambda:InvokeFunction',
    ],
    ['trusts somebody else', { trust: trust('events.amazonaws.com') }, 'may not assume schedule'],
    ['trusts nobody', { trust: undefined }, 'may not assume schedule'],
    [
      'trusts another group',
      {
        trust: allow('sts:AssumeRole', '*', {
          Principal: { Service: 'scheduler.amazonaws.com' },
          Condition: {
            StringEquals: { 'aws:SourceArn': 'arn:aws:scheduler:us-east-1:000000000000:schedule-group/x' },
          },
        }),
      },
      'may not assume schedule',
    ],
    ['is not there', { arn: 'arn:aws:iam::000000000000:role/other' }, 'there is no role'],
  ])('that %s does not start the function', async (_, change, reason) => {
    assembly.current = { ...assembly.current, roles: [{ ...role, ...change }] };
    wall += MINUTE;
    expect(await scheduler.runDue()).toMatchObject([
      { schedule: 'due', status: 'denied', reason: expect.stringContaining(reason) },
    ]);
    expect(events).toEqual([]);
    expect(terminal.lines).toHaveLength(1);
  });
});
