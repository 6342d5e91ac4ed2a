import { parseMetricMath } from '../metrics/math.ts';
import type { MetricStore } from '../metrics/store.ts';
import { type AlarmResource, comparisons } from '../resources/cloudwatch.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** What an alarm compares with its threshold, for one period. */
export interface Datapoint {
  /** ISO time at which the period begins. */
  readonly at: string;
  /** Null without data. */
  readonly value: number | null;
}

export interface Evaluation {
  readonly state: AlarmState;
  readonly reason: string;
  /** The newest first. */
  readonly datapoints: readonly Datapoint[];
}

const MINUTE_MS = 60_000;

/**
 * The state of an alarm by the metrics of the last periods, of which the newest ends with this minute: CloudWatch has it a
 * minute later. Where data is missing CloudWatch looks further back before it applies `TreatMissingData`; this does not.
 */
export function evaluateAlarm(
  alarm: AlarmResource,
  { value }: Pick<MetricStore, 'value'>,
  { nowMs, before }: { readonly nowMs: number; readonly before: AlarmState },
): Evaluation {
  const minutes = alarm.periodSeconds / 60;
  const math = parseMetricMath(alarm.expression);
  const minuteEnd = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  const datapoints = Array.from({ length: alarm.evaluationPeriods }, (_, index) => {
    const period = { minutesAgo: index * minutes, minutes };
    const result = math.evaluate((id) => {
      const stat = alarm.metrics[id];
      return stat && value(stat, period);
    });
    const beginsMs = minuteEnd - (index + 1) * alarm.periodSeconds * 1000;
    return { at: new Date(beginsMs).toISOString(), value: result === undefined ? null : rounded(result) };
  });
  return { ...stateOf(alarm, datapoints, before), datapoints };
}

function stateOf(
  alarm: AlarmResource,
  datapoints: readonly Datapoint[],
  before: AlarmState,
): Pick<Evaluation, 'state' | 'reason'> {
  const { evaluationPeriods, datapointsToAlarm, threshold, comparison, periodSeconds, treatMissingData } =
    alarm;
  const values = datapoints.flatMap(({ value }) => value ?? []);
  const missing = datapoints.length - values.length;
  const breaching = values.filter((value) => breaches(value, alarm));
  const counted = breaching.length + (treatMissingData === 'breaching' ? missing : 0);
  const sign = comparisons[comparison];
  const periods = `${evaluationPeriods} period${evaluationPeriods === 1 ? '' : 's'} of ${periodSeconds / 60} min`;
  const found = values.length === 0 ? 'no data' : `values ${values.join(', ')}`;
  const reason = `${counted} of the last ${periods} ${sign} ${threshold} (${found}); ${datapointsToAlarm} of ${evaluationPeriods} make an alarm`;
  if (counted >= datapointsToAlarm) return { state: 'ALARM', reason };
  if (values.length > 0 || treatMissingData === 'notBreaching' || treatMissingData === 'breaching')
    return { state: 'OK', reason };
  if (treatMissingData === 'ignore') return { state: before, reason };
  return { state: 'INSUFFICIENT_DATA', reason };
}

function breaches(value: number, { comparison, threshold }: AlarmResource): boolean {
  return {
    '>=': value >= threshold,
    '>': value > threshold,
    '<': value < threshold,
    '<=': value <= threshold,
  }[comparisons[comparison]];
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
