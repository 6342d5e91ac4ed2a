/** A series of values, and how those of a period become one. */
export interface MetricStat {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: Statistic;
}

export type Statistic =
  | 'Sum'
  | 'Average'
  | 'Minimum'
  | 'Maximum'
  | 'SampleCount'
  | { readonly percentile: number };

export const comparisons = {
  GreaterThanOrEqualToThreshold: '>=',
  GreaterThanThreshold: '>',
  LessThanThreshold: '<',
  LessThanOrEqualToThreshold: '<=',
} as const;

export type Comparison = keyof typeof comparisons;

export const missingDataTreatments = ['breaching', 'notBreaching', 'ignore', 'missing'] as const;

/** An `AWS::CloudWatch::Alarm`. */
export interface AlarmResource {
  readonly name: string;
  readonly arn: string;
  readonly description: string;
  /** The plugin that it belongs to, or `platform`; undefined for one that is no plugin's. */
  readonly plugin: string | undefined;
  /** Its name within the plugin. */
  readonly key: string | undefined;
  readonly runbook: string | undefined;
  /** By the ids that the expression has for them. */
  readonly metrics: Readonly<Record<string, MetricStat>>;
  /** What is compared with the threshold: metric math, which may be one id alone. */
  readonly expression: string;
  readonly periodSeconds: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly threshold: number;
  readonly comparison: Comparison;
  readonly treatMissingData: (typeof missingDataTreatments)[number];
  /** ARNs of topics, by the state that is entered. */
  readonly actions: Readonly<Record<'OK' | 'ALARM' | 'INSUFFICIENT_DATA', readonly string[]>>;
}
