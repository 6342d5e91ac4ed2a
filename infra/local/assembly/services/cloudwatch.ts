import { hasMetric } from '../../metrics/aws-metrics.ts';
import { MetricMathError, parseMetricMath } from '../../metrics/math.ts';
import {
  type AlarmResource,
  comparisons,
  type Comparison,
  type MetricStat,
  missingDataTreatments,
  type Statistic,
} from '../../resources/cloudwatch.ts';
import { TemplateProblem } from '../error.ts';
import { child, children, type Fields, flag, number, optionalText, refuse, text, texts } from '../fields.ts';
import { arnOf, type Identify, nameOf, type Resource } from '../resource.ts';

const alarm: Identify = (resource) => {
  const name = nameOf(resource, 'AlarmName', 255);
  const arn = arnOf(resource, 'cloudwatch', `alarm:${name}`);
  return { ref: name, name, arn, attributes: { Arn: arn } };
};

const dashboard: Identify = (resource) => {
  const name = nameOf(resource, 'DashboardName', 255);
  return { ref: name, name, arn: '', attributes: {} };
};

export const CLOUDWATCH_TYPES: Readonly<Record<string, Identify>> = {
  'AWS::CloudWatch::Alarm': alarm,
  // Nothing is drawn locally.
  'AWS::CloudWatch::Dashboard': dashboard,
};

export function toAlarm({ name, arn, properties, metadata }: Resource): AlarmResource {
  refuse(properties, ['ThresholdMetricId', 'EvaluateLowSampleCountPercentile', 'Unit', 'EvaluationCriteria']);
  const evaluationPeriods = number(properties, 'EvaluationPeriods', 1);
  const enabled = flag(properties, 'ActionsEnabled', true);
  const actions = (key: string) => (enabled ? texts(properties, key) : []);
  return {
    name,
    arn,
    description: optionalText(properties, 'AlarmDescription') ?? '',
    plugin: metadata && optionalText(metadata, 'plugin'),
    key: metadata && optionalText(metadata, 'alarm'),
    runbook: metadata && optionalText(metadata, 'runbook'),
    ...(properties.value['Metrics'] === undefined ? oneMetricOf(properties) : expressionOf(properties)),
    evaluationPeriods,
    datapointsToAlarm: number(properties, 'DatapointsToAlarm', evaluationPeriods),
    threshold: number(properties, 'Threshold', 0),
    comparison: oneOf(properties, 'ComparisonOperator', Object.keys(comparisons) as Comparison[]),
    treatMissingData: oneOf(properties, 'TreatMissingData', missingDataTreatments, 'missing'),
    actions: {
      OK: actions('OKActions'),
      ALARM: actions('AlarmActions'),
      INSUFFICIENT_DATA: actions('InsufficientDataActions'),
    },
  };
}

type Measured = Pick<AlarmResource, 'metrics' | 'expression' | 'periodSeconds'>;

/** The id of the metric of an alarm that is on one metric alone. */
const ONLY = 'metric';

function oneMetricOf(properties: Fields): Measured {
  const statistic = optionalText(properties, 'ExtendedStatistic') ?? text(properties, 'Statistic');
  const stat = statOf(properties, statistic, `${properties.path}.Statistic`);
  return { metrics: { [ONLY]: stat }, expression: ONLY, periodSeconds: periodOf(properties) };
}

function expressionOf(properties: Fields): Measured {
  const queries = children(properties, 'Metrics');
  const stats = queries.flatMap((query) => {
    const stat = child(query, 'MetricStat');
    if (stat === undefined) return [];
    refuse(stat, ['Unit']);
    const metric = child(stat, 'Metric');
    if (metric === undefined) throw new TemplateProblem(`${stat.path}.Metric`, 'is required');
    const value = statOf(metric, text(stat, 'Stat'), `${stat.path}.Stat`);
    return [{ id: text(query, 'Id'), stat: value, periodSeconds: periodOf(stat) }];
  });
  const [result, ...more] = queries.filter((query) => flag(query, 'ReturnData', true));
  if (result === undefined || more.length > 0) {
    throw new TemplateProblem(`${properties.path}.Metrics`, 'needs exactly one with ReturnData');
  }
  const [first] = stats;
  if (first === undefined || stats.some(({ periodSeconds }) => periodSeconds !== first.periodSeconds)) {
    throw new TemplateProblem(`${properties.path}.Metrics`, 'needs metrics of one period');
  }
  const expression = optionalText(result, 'Expression') ?? text(result, 'Id');
  const ids = stats.map(({ id }) => id);
  checkExpression(expression, ids, `${result.path}.Expression`);
  const metrics = Object.fromEntries(stats.map(({ id, stat }) => [id, stat]));
  return { metrics, expression, periodSeconds: first.periodSeconds };
}

function checkExpression(expression: string, known: readonly string[], path: string): void {
  try {
    const missing = parseMetricMath(expression).ids.find((id) => !known.includes(id));
    if (missing !== undefined) throw new TemplateProblem(path, `there is no metric with the id ${missing}`);
  } catch (error) {
    if (error instanceof MetricMathError) throw new TemplateProblem(path, error.message);
    throw error;
  }
}

function statOf(metric: Fields, statistic: string, path: string): MetricStat {
  const namespace = text(metric, 'Namespace');
  const name = text(metric, 'MetricName');
  if (!hasMetric(namespace, name)) {
    const what = `metric ${name} of ${namespace}`;
    throw new TemplateProblem(`${metric.path}.MetricName`, `${what} is not written by the local runner`);
  }
  const dimensions = children(metric, 'Dimensions').map((one) => [text(one, 'Name'), text(one, 'Value')]);
  return {
    namespace,
    name,
    dimensions: Object.fromEntries(dimensions) as Record<string, string>,
    statistic: statisticOf(statistic, path),
  };
}

const STATISTICS: readonly string[] = ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'];

function statisticOf(given: string, path: string): Statistic {
  if (STATISTICS.includes(given)) return given as Statistic;
  const percentile = Number(/^p(\d{1,2}(?:\.\d+)?|100)$/.exec(given)?.[1] ?? NaN);
  if (Number.isNaN(percentile))
    throw new TemplateProblem(path, `${given} is not supported by the local runner`);
  return { percentile };
}

/** Whole minutes: the local runner keeps metrics by minute. */
function periodOf(fields: Fields): number {
  const seconds = number(fields, 'Period', 60);
  if (seconds >= 60 && seconds % 60 === 0) return seconds;
  throw new TemplateProblem(`${fields.path}.Period`, 'is not a number of minutes');
}

function oneOf<T extends string>(fields: Fields, key: string, allowed: readonly T[], fallback?: T): T {
  const value = optionalText(fields, key) ?? fallback;
  if (allowed.includes(value as T)) return value as T;
  throw new TemplateProblem(`${fields.path}.${key}`, `must be one of ${allowed.join(', ')}`);
}
