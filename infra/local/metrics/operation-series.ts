import type { Statistic } from '../resources/cloudwatch.ts';
import type { MetricStore } from './store.ts';

/** What callers of an operation noticed in one minute, or in all of them. */
interface Traffic {
  /** Calls, the refused ones included. */
  readonly calls: number;
  /** Calls that ended with a fault. */
  readonly errors: number;
  /** Percentiles of the durations; null where none was measured. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/** An operation over time; minutes without calls are left out. */
interface OperationSeries extends Traffic {
  readonly plugin: string;
  /** Null for all operations of the plugin together. */
  readonly operation: string | null;
  readonly points: readonly (Traffic & { readonly at: string })[];
}

/** The operations of all plugins over time, as `GET /dev/metrics/series` answers. */
export interface OperationMetrics {
  /** ISO time at which the first minute begins. */
  readonly from: string;
  /** ISO time at which the current minute ends, which is not over. */
  readonly to: string;
  readonly stepSeconds: number;
  readonly operations: readonly OperationSeries[];
}

export interface SeriesQuery {
  /** Epoch milliseconds; an hour ago when left out. */
  readonly sinceMs: number | undefined;
  readonly plugin: string | undefined;
  readonly operation: string | undefined;
}

const MINUTE_MS = 60_000;
/** No metric is kept for less. */
export const SERIES_MINUTES_MAX = 180;
const DEFAULT_MINUTES = 60;
const NAMESPACE = 'AnineePlus';

type Store = Pick<MetricStore, 'series' | 'value' | 'nowMs'>;

export function operationMetrics(
  store: Store,
  { sinceMs, plugin, operation }: SeriesQuery,
): OperationMetrics {
  const minuteNow = Math.floor(store.nowMs() / MINUTE_MS);
  const wanted = sinceMs === undefined ? DEFAULT_MINUTES : minuteNow - Math.floor(sinceMs / MINUTE_MS) + 1;
  const minutes = Math.min(Math.max(wanted, 1), SERIES_MINUTES_MAX);
  const first = minuteNow - minutes + 1;
  const shown = store
    .series()
    .filter(({ namespace, name }) => namespace === NAMESPACE && name === 'plugin.operations.total')
    .map(({ dimensions }) => dimensions)
    .filter((one) => (plugin ?? one['plugin']) === one['plugin'])
    .filter((one) => (operation ?? one['operation']) === one['operation']);
  return {
    from: timeOf(first),
    to: timeOf(minuteNow + 1),
    stepSeconds: MINUTE_MS / 1000,
    operations: shown.map((dimensions) => ({
      plugin: dimensions['plugin'] ?? '',
      operation: dimensions['operation'] ?? null,
      ...trafficOf(store, dimensions, { minutesAgo: 0, minutes }),
      points: Array.from({ length: minutes }, (_, index) => {
        const period = { minutesAgo: minutes - 1 - index, minutes: 1 };
        return { at: timeOf(first + index), ...trafficOf(store, dimensions, period) };
      }).filter(({ calls }) => calls > 0),
    })),
  };
}

const timeOf = (minute: number): string => new Date(minute * MINUTE_MS).toISOString();

function trafficOf(
  { value }: Store,
  dimensions: Readonly<Record<string, string>>,
  period: { readonly minutesAgo: number; readonly minutes: number },
): Traffic {
  const read = (name: string, statistic: Statistic) =>
    value({ namespace: NAMESPACE, name, dimensions, statistic }, period);
  const calls = read('plugin.operations.total', 'Sum') ?? 0;
  if (calls === 0) return { calls, errors: 0, p50Ms: null, p99Ms: null };
  const percentile = (percent: number): number | null => {
    const found = read('plugin.operation.duration', { percentile: percent });
    return found === undefined ? null : Math.round(found * 100) / 100;
  };
  return {
    calls,
    errors: read('plugin.errors.total', 'Sum') ?? 0,
    p50Ms: percentile(50),
    p99Ms: percentile(99),
  };
}
