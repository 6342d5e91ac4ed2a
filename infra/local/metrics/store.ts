import type { MetricStat } from '../resources/cloudwatch.ts';
import { addTo, type Distribution, mergeInto, percentileOf } from './distribution.ts';

/** How values of a metric add up over time: events, a level at a moment, or how long something took. */
export type MetricKind = 'count' | 'level' | 'duration';

/** Values that a metric had at one moment. */
export interface MetricRecord {
  readonly namespace: string;
  readonly name: string;
  readonly kind: MetricKind;
  /** As CloudWatch names it. */
  readonly unit: string;
  readonly values: readonly number[];
  /** One series each, as on CloudWatch; the largest of them has all dimensions. */
  readonly dimensionSets: readonly Readonly<Record<string, string>>[];
}

/** One metric with one set of dimensions, since the start. */
export interface Series {
  readonly namespace: string;
  readonly name: string;
  readonly kind: MetricKind;
  readonly unit: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Whether a series with more dimensions has the same values. */
  readonly isRepeated: boolean;
  readonly count: number;
  readonly sum: number;
  readonly last: number;
  /** How many values were at most so large, for each bound of {@link DURATION_BOUNDS_MS}. */
  readonly within: readonly number[];
}

export const DURATION_BOUNDS_MS = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000] as const;

/** The metrics of this system, by minute, as long as an alarm looks back. */
export interface MetricStore {
  record(record: MetricRecord): void;
  /** The time by which its minutes are counted. */
  nowMs(): number;
  /** The value of a period of whole minutes that ends with the current one; undefined without data. */
  value(
    stat: MetricStat,
    period: { readonly minutesAgo: number; readonly minutes: number },
  ): number | undefined;
  series(): readonly Series[];
  /** How many series were not kept, because there are too many. */
  readonly dropped: number;
}

/** The values of one minute. */
interface Bucket {
  count: number;
  sum: number;
  min: number;
  max: number;
  readonly distribution: Distribution;
}

type Draft = { -readonly [K in keyof Series]: Series[K] } & {
  readonly within: number[];
  readonly minutes: Map<number, Bucket>;
};

interface StoreOptions {
  readonly nowMs: () => number;
  /** How many minutes of a metric are kept. */
  readonly minutesOf: (namespace: string, name: string) => number;
}

const MINUTE_MS = 60_000;
const SERIES_MAX = 10_000;

/** Keeps metrics in memory, with a bound on series and on minutes. */
export function createMetricStore({ nowMs, minutesOf }: StoreOptions): MetricStore {
  const all = new Map<string, Draft>();
  const seen = new Set<string>();
  let dropped = 0;
  const minuteNow = () => Math.floor(nowMs() / MINUTE_MS);

  const draftOf = (record: MetricRecord, index: number): Draft | undefined => {
    const { namespace, name, kind, unit, dimensionSets } = record;
    const dimensions = dimensionSets[index] ?? {};
    const key = keyOf(namespace, name, dimensions);
    const known = all.get(key);
    if (known !== undefined) return known;
    if (all.size >= SERIES_MAX) {
      if (!seen.has(key) && seen.size < SERIES_MAX) {
        seen.add(key);
        dropped += 1;
      }
      return undefined;
    }
    const size = (set: object) => Object.keys(set).length;
    const isRepeated = dimensionSets.some((other) => size(other) > size(dimensions));
    const created: Draft = {
      namespace,
      name,
      kind,
      unit,
      dimensions,
      isRepeated,
      count: 0,
      sum: 0,
      last: 0,
      within: DURATION_BOUNDS_MS.map(() => 0),
      minutes: new Map(),
    };
    all.set(key, created);
    return created;
  };

  return {
    nowMs,
    record(record) {
      const minute = minuteNow();
      record.dimensionSets.forEach((_, index) => {
        const series = draftOf(record, index);
        if (series === undefined) return;
        forgetBefore(series.minutes, minute - minutesOf(series.namespace, series.name));
        for (const value of record.values) add(series, minute, value);
      });
    },
    value({ namespace, name, dimensions, statistic }, { minutesAgo, minutes }) {
      const series = all.get(keyOf(namespace, name, dimensions));
      if (series === undefined) return undefined;
      const last = minuteNow() - minutesAgo;
      const merged = emptyBucket();
      for (let minute = last - minutes + 1; minute <= last; minute += 1)
        merge(merged, series.minutes.get(minute));
      return merged.count === 0 ? undefined : statisticOf(merged, statistic);
    },
    series: () => [...all.values()],
    get dropped() {
      return dropped;
    },
  };
}

const keyOf = (namespace: string, name: string, dimensions: Readonly<Record<string, string>>): string =>
  JSON.stringify([
    namespace,
    name,
    Object.entries(dimensions).sort(([one], [other]) => (one < other ? -1 : 1)),
  ]);

const emptyBucket = (): Bucket => ({
  count: 0,
  sum: 0,
  min: Infinity,
  max: -Infinity,
  distribution: new Map(),
});

function forgetBefore(minutes: Map<number, Bucket>, oldest: number): void {
  for (const minute of minutes.keys()) {
    // They are in the order of time.
    if (minute >= oldest) return;
    minutes.delete(minute);
  }
}

function add(series: Draft, minute: number, value: number): void {
  series.count += 1;
  series.sum += value;
  series.last = value;
  DURATION_BOUNDS_MS.forEach((bound, index) => {
    if (value <= bound) series.within[index]! += 1;
  });
  const bucket = series.minutes.get(minute) ?? emptyBucket();
  series.minutes.set(minute, bucket);
  bucket.count += 1;
  bucket.sum += value;
  bucket.min = Math.min(bucket.min, value);
  bucket.max = Math.max(bucket.max, value);
  addTo(bucket.distribution, value);
}

function merge(into: Bucket, bucket: Bucket | undefined): void {
  if (bucket === undefined) return;
  into.count += bucket.count;
  into.sum += bucket.sum;
  into.min = Math.min(into.min, bucket.min);
  into.max = Math.max(into.max, bucket.max);
  mergeInto(into.distribution, bucket.distribution);
}

function statisticOf(bucket: Bucket, statistic: MetricStat['statistic']): number | undefined {
  if (typeof statistic === 'object') return percentileOf(bucket.distribution, statistic.percentile);
  return {
    Sum: bucket.sum,
    Average: bucket.sum / bucket.count,
    Minimum: bucket.min,
    Maximum: bucket.max,
    SampleCount: bucket.count,
  }[statistic];
}
