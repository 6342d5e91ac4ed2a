import { beforeEach, expect, it } from 'vitest';
import { operationMetrics } from '#infra/local/metrics/operation-series.ts';
import { createMetricStore, type MetricStore } from '#infra/local/metrics/store.ts';

const MINUTE_MS = 60_000;
const START = Date.parse('2026-11-24T10:00:00.000Z');
const ANY = { sinceMs: undefined, plugin: undefined, operation: undefined };

let nowMs: number;
let store: MetricStore;

beforeEach(() => {
  nowMs = START;
  store = createMetricStore({ nowMs: () => nowMs, minutesOf: () => 180 });
});

function called(operation: string, durationMs: number, failed = false, plugin = 'shop'): void {
  const dimensionSets: readonly Readonly<Record<string, string>>[] = [{ plugin }, { plugin, operation }];
  const namespace = 'AnineePlus';
  const count = { namespace, kind: 'count', unit: 'Count', dimensionSets } as const;
  store.record({ ...count, name: 'plugin.operations.total', values: [1] });
  if (failed) store.record({ ...count, name: 'plugin.errors.total', values: [1] });
  const duration = { namespace, kind: 'duration', unit: 'Milliseconds', dimensionSets } as const;
  store.record({ ...duration, name: 'plugin.operation.duration', values: [durationMs] });
}

it('has calls, faults and percentiles of each operation and plugin, by minute and in all', () => {
  for (let index = 0; index < 98; index++) called('list', 10);
  called('list', 1000, true);
  nowMs += 2 * MINUTE_MS;
  called('list', 20);
  const { from, to, stepSeconds, operations } = operationMetrics(store, ANY);
  expect([from, to, stepSeconds]).toEqual(['2026-11-24T09:03:00.000Z', '2026-11-24T10:03:00.000Z', 60]);
  expect(operations.map(({ plugin, operation }) => [plugin, operation])).toEqual([
    ['shop', null],
    ['shop', 'list'],
  ]);
  const [all, list] = operations;
  expect(list).toMatchObject({ calls: 100, errors: 1 });
  expect(all).toMatchObject({ calls: 100, errors: 1 });
  // Within half a percent.
  expect(list?.p50Ms).toBeCloseTo(10, 0);
  expect(list?.p99Ms).toBeCloseTo(20, 0);
  expect(list?.points.map(({ at, calls, errors }) => [at, calls, errors])).toEqual([
    ['2026-11-24T10:00:00.000Z', 99, 1],
    ['2026-11-24T10:02:00.000Z', 1, 0],
  ]);
});

it('leaves out what was before, and other plugins and operations', () => {
  called('list', 10);
  nowMs += 5 * MINUTE_MS;
  called('list', 10);
  called('pay', 10);
  called('list', 10, false, 'other');
  const since = operationMetrics(store, { ...ANY, sinceMs: nowMs - MINUTE_MS, plugin: 'shop' }).operations;
  expect(since.map(({ operation, calls }) => [operation, calls])).toEqual([
    [null, 2],
    ['list', 1],
    ['pay', 1],
  ]);
  const named = operationMetrics(store, { ...ANY, plugin: 'shop', operation: 'pay' }).operations;
  expect(named.map(({ operation }) => operation)).toEqual(['pay']);
});

it('looks back no further than metrics are kept', () => {
  const { from, to } = operationMetrics(store, { ...ANY, sinceMs: 0 });
  expect(Date.parse(to) - Date.parse(from)).toBe(180 * MINUTE_MS);
});
