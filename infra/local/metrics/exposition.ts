import { DURATION_BOUNDS_MS, type MetricStore, type Series } from './store.ts';

/** The metrics since the start as Prometheus reads them. Source: "Exposition formats", text format 0.0.4. */
export function prometheusText({ series, dropped }: Pick<MetricStore, 'series' | 'dropped'>): string {
  // A series with fewer dimensions has the same values once more, which a sum would count twice.
  const shown = series().filter(({ isRepeated }) => !isRepeated);
  const families = Map.groupBy(shown, familyOf);
  const texts = [...families].sort(([one], [other]) => (one < other ? -1 : 1)).map(textOf);
  const left = family(
    'dev_metrics_dropped_series',
    'gauge',
    'Series that are not kept, since there are too many',
  );
  return [...texts, `${left}dev_metrics_dropped_series ${dropped}\n`].join('');
}

export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const TYPES = { count: 'counter', level: 'gauge', duration: 'histogram' } as const;

/** `AWS/Lambda` and `ConcurrentExecutions` become `aws_lambda_concurrent_executions`. */
const snake = (text: string): string =>
  text
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replace(/^(?=\d)/, '_')
    .toLowerCase();

function familyOf({ namespace, name, kind }: Series): string {
  const full = snake(namespace.startsWith('AWS/') ? `${namespace}_${name}` : name);
  if (kind === 'duration') return `${full}_seconds`;
  return kind === 'count' && !full.endsWith('_total') ? `${full}_total` : full;
}

function textOf([name, all]: readonly [string, readonly Series[]]): string {
  const [first] = all;
  if (first === undefined) return '';
  const help = `CloudWatch metric ${first.name} of ${first.namespace}, ${first.unit}`;
  const head = family(name, TYPES[first.kind], help);
  return head + all.flatMap((series) => linesOf(name, series)).join('');
}

const family = (name: string, type: string, help: string): string =>
  `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${type}\n`;

function linesOf(name: string, { kind, dimensions, count, sum, last, within }: Series): readonly string[] {
  const labels = Object.entries(dimensions).map(([label, value]) => [snake(label), value] as const);
  if (kind !== 'duration') return [sample(name, labels, kind === 'count' ? sum : last)];
  const buckets = DURATION_BOUNDS_MS.map(
    (bound, index) => [String(bound / 1000), within[index] ?? 0] as const,
  );
  return [
    ...[...buckets, ['+Inf', count] as const].map(([le, value]) =>
      sample(`${name}_bucket`, [...labels, ['le', le]], value),
    ),
    sample(`${name}_sum`, labels, sum / 1000),
    sample(`${name}_count`, labels, count),
  ];
}

function sample(name: string, labels: readonly (readonly [string, string])[], value: number): string {
  const inner = labels.map(([label, text]) => `${label}="${escaped(text)}"`).join(',');
  return `${name}${inner === '' ? '' : `{${inner}}`} ${value}\n`;
}

const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
