import { describe, expect, it } from 'vitest';
import { evaluateAlarm } from '#infra/local/alarms/evaluate.ts';
import { createAlarmMonitor } from '#infra/local/alarms/monitor.ts';
import { createMetricStore } from '#infra/local/metrics/store.ts';
import type { AlarmResource } from '#infra/local/resources/cloudwatch.ts';
import type { Assembly } from '#infra/local/resources/assembly.ts';

const MINUTE_MS = 60_000;
const NOW_MS = Date.parse('2026-11-30T10:00:30Z');
const TOPIC = 'arn:aws:sns:us-east-1:000000000000:alarms';

const alarmOf = (more: Partial<AlarmResource> = {}): AlarmResource => ({
  name: 'shop-failures',
  arn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:shop-failures',
  description: 'It fails \r\nRunbook: README.md#alarm-failures',
  plugin: 'shop',
  key: 'failures',
  runbook: 'README.md#alarm-failures',
  metrics: { failed: { namespace: 'Shop', name: 'failed', dimensions: {}, statistic: 'Sum' } },
  expression: 'failed',
  periodSeconds: 60,
  evaluationPeriods: 3,
  datapointsToAlarm: 2,
  threshold: 5,
  comparison: 'GreaterThanOrEqualToThreshold',
  treatMissingData: 'missing',
  actions: { OK: [TOPIC], ALARM: [TOPIC], INSUFFICIENT_DATA: [] },
  ...more,
});

/** The state by the values of the last three minutes, the newest first; undefined for a minute without data. */
function stateOf(values: readonly (number | undefined)[], more: Partial<AlarmResource> = {}) {
  const store = { value: (_stat: unknown, { minutesAgo }: { minutesAgo: number }) => values[minutesAgo] };
  return evaluateAlarm(alarmOf(more), store, { nowMs: NOW_MS, before: 'ALARM' });
}

describe('the state of an alarm', () => {
  it.each([
    [[5, 5, 0], 'ALARM'],
    [[0, 9, 9], 'ALARM'],
    [[9, 0, 0], 'OK'],
    [[4.99, 4.99, 9], 'OK'],
    [[9, undefined, 9], 'ALARM'],
    [[9, undefined, undefined], 'OK'],
    [[undefined, undefined, undefined], 'INSUFFICIENT_DATA'],
  ] as const)('with %j is %s', (values, state) => {
    expect(stateOf(values).state).toBe(state);
  });

  it.each([
    ['breaching', [0, undefined, undefined], 'ALARM'],
    ['breaching', [0, 0, undefined], 'OK'],
    ['notBreaching', [undefined, undefined, undefined], 'OK'],
    ['ignore', [undefined, undefined, undefined], 'ALARM'],
    ['missing', [undefined, undefined, undefined], 'INSUFFICIENT_DATA'],
  ] as const)('treats missing data as %s: with %j it is %s', (treatMissingData, values, state) => {
    expect(stateOf(values, { treatMissingData }).state).toBe(state);
  });

  it.each([
    ['GreaterThanThreshold', 'OK'],
    ['GreaterThanOrEqualToThreshold', 'ALARM'],
    ['LessThanThreshold', 'OK'],
    ['LessThanOrEqualToThreshold', 'ALARM'],
  ] as const)('compares by %s', (comparison, state) => {
    expect(stateOf([5, 5, 5], { comparison }).state).toBe(state);
  });

  it('has the value of each period with its begin, and says why', () => {
    expect(stateOf([7, undefined, 1])).toEqual({
      state: 'OK',
      reason: '1 of the last 3 periods of 1 min >= 5 (values 7, 1); 2 of 3 make an alarm',
      datapoints: [
        { at: '2026-11-30T10:00:00.000Z', value: 7 },
        { at: '2026-11-30T09:59:00.000Z', value: null },
        { at: '2026-11-30T09:58:00.000Z', value: 1 },
      ],
    });
  });

  it('is by metric math where the alarm has an expression', () => {
    const metric = (name: string) => ({ namespace: 'Shop', name, dimensions: {}, statistic: 'Sum' as const });
    const alarm = alarmOf({
      metrics: { failed: metric('failed'), all: metric('all') },
      expression: 'IF(failed >= 3, 100 * failed / all, 0)',
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
    });
    const state = (failed: number, all: number) => {
      const store = { value: ({ name }: { name: string }) => (name === 'failed' ? failed : all) };
      return evaluateAlarm(alarm, store, { nowMs: NOW_MS, before: 'OK' }).state;
    };
    expect([state(2, 2), state(3, 100), state(5, 100)]).toEqual(['OK', 'OK', 'ALARM']);
  });
});

describe('the monitor', () => {
  it('tells the topic of each change and the developer of alarms, by the clock of the system', () => {
    const clock = { nowMs: NOW_MS };
    const lines: string[] = [];
    const terminal = {
      info: (line: string) => void lines.push(line),
      warn: (line: string) => void lines.push(`warning ${line}`),
      error: (line: string) => void lines.push(`error ${line}`),
    };
    const store = createMetricStore({ nowMs: () => clock.nowMs, minutesOf: () => 180 });
    const alarm = alarmOf({ evaluationPeriods: 1, datapointsToAlarm: 1, treatMissingData: 'notBreaching' });
    const assembly = { current: { alarms: [alarm] } as unknown as Assembly };
    let sampled = 0;
    const monitor = createAlarmMonitor({
      assembly,
      store,
      nowMs: () => clock.nowMs,
      sample: () => (sampled += 1),
      terminal,
    });
    const fail = (times: number) =>
      store.record({
        namespace: 'Shop',
        name: 'failed',
        kind: 'count',
        unit: 'Count',
        values: [times],
        dimensionSets: [{}],
      });
    monitor.evaluate();
    fail(5);
    monitor.evaluate();
    monitor.evaluate();
    expect(monitor.alarms()).toEqual([
      expect.objectContaining({
        name: 'shop-failures',
        alarm: 'failures',
        state: 'ALARM',
        since: '2026-11-30T10:00:30.000Z',
        condition: 'failed >= 5',
        description: 'It fails',
      }),
    ]);
    clock.nowMs += 10 * MINUTE_MS;
    monitor.evaluate();
    expect(monitor.alarms()[0]).toMatchObject({ state: 'OK', since: '2026-11-30T10:10:30.000Z' });
    expect(monitor.notifications().map(({ from, to, topic }) => [from, to, topic])).toEqual([
      ['INSUFFICIENT_DATA', 'OK', TOPIC],
      ['OK', 'ALARM', TOPIC],
      ['ALARM', 'OK', TOPIC],
    ]);
    expect(lines).toEqual([
      'warning alarm shop/failures is on: 1 of the last 1 period of 1 min >= 5 (values 5); 1 of 1 make an alarm; see README.md#alarm-failures',
      'alarm shop/failures is over',
    ]);
    expect(sampled).toBe(4);
  });
});
