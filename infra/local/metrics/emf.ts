import { isObject, parseJson } from '../json.ts';
import type { MetricKind, MetricRecord } from './store.ts';

/**
 * The metrics that a line of a function's log has in the embedded metric format; none for any other line. Source: "Embedded
 * metric format specification", Amazon CloudWatch user guide.
 */
export function metricsInLine(line: string): readonly MetricRecord[] {
  if (!line.startsWith('{') || !line.includes('"CloudWatchMetrics"')) return [];
  const entry = parseJson(line);
  const envelope = isObject(entry) ? entry['_aws'] : undefined;
  const directives = isObject(envelope) ? envelope['CloudWatchMetrics'] : undefined;
  if (!isObject(entry) || !Array.isArray(directives)) return [];
  return directives.filter(isObject).flatMap(({ Namespace, Dimensions, Metrics }) => {
    if (typeof Namespace !== 'string' || !Array.isArray(Metrics)) return [];
    const dimensionSets = (Array.isArray(Dimensions) ? Dimensions : [[]]).map((names) =>
      Object.fromEntries([names].flat().map((name) => [String(name), String(entry[String(name)])])),
    );
    return Metrics.filter(isObject).flatMap(({ Name, Unit = 'None' }): MetricRecord[] => {
      const values = [entry[String(Name)]].flat().filter((value) => typeof value === 'number');
      if (typeof Name !== 'string' || values.length === 0) return [];
      const unit = String(Unit);
      return [{ namespace: Namespace, name: Name, kind: kindOf(unit), unit, values, dimensionSets }];
    });
  });
}

const kindOf = (unit: string): MetricKind =>
  ({ Milliseconds: 'duration', Count: 'count' } as const)[unit as 'Count'] ?? 'level';
