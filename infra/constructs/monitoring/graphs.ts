import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { CustomMetricGroup, MetricWithAlarmSupport } from 'cdk-monitoring-constructs';
import type { AlarmRule } from '#infra/manifest/alarm-rules.ts';
import type { Monitoring } from './monitoring.ts';

/** A function, by what its graphs call it. */
export interface MonitoredFunction {
  readonly key: string;
  readonly timeoutSeconds: number;
  readonly lambda: IFunction;
}

/** A queue, by what its graphs call it. */
export interface MonitoredQueue {
  readonly key: string;
  readonly queue: IQueue;
}

/** The rule of an alarm by its name; undefined for one that is switched off. */
export type RuleOf<Name extends string> = (name: Name) => AlarmRule | undefined;

/** How often functions are invoked, how it ends and how long it takes, all of them in each graph. */
export function functionGraphs(
  monitoring: Monitoring,
  functions: readonly MonitoredFunction[],
  ruleOf: RuleOf<'invocation-errors' | 'throttles' | 'duration'>,
): CustomMetricGroup[] {
  const lines = (metricOf: (fn: IFunction, label: string) => MetricWithAlarmSupport) =>
    functions.map(({ lambda, key }) => metricOf(lambda, key));
  const terms = (metricOf: (fn: IFunction) => MetricWithAlarmSupport) =>
    functions.map(({ lambda }) => ({ metric: metricOf(lambda) }));
  const shares = functions.map(({ lambda, timeoutSeconds }) => ({
    metric: lambda.metricDuration({ statistic: 'p99' }),
    // Milliseconds to percent of the timeout.
    divisor: timeoutSeconds * 10,
  }));
  const errors = terms((fn) => fn.metricErrors());
  const throttles = terms((fn) => fn.metricThrottles());
  return [
    { title: 'Invocations', metrics: lines((fn, label) => fn.metricInvocations({ label })) },
    {
      title: 'Failed invocations',
      metrics: [
        ...lines((fn, label) => fn.metricErrors({ label })),
        ...monitoring.foldedWithAlarm('SUM', 'errors', errors, ruleOf('invocation-errors')),
      ],
    },
    {
      title: 'Throttled invocations',
      metrics: [
        ...lines((fn, label) => fn.metricThrottles({ label })),
        ...monitoring.foldedWithAlarm('SUM', 'throttles', throttles, ruleOf('throttles')),
      ],
    },
    {
      title: 'Duration (p99, ms)',
      metrics: lines((fn, label) => fn.metricDuration({ label, statistic: 'p99' })),
    },
    {
      title: 'Duration (p99, % of the timeout)',
      metrics: monitoring.foldedWithAlarm('MAX', 'duration', shares, ruleOf('duration')),
    },
  ];
}

/** What waits in dead-letter queues for a person. */
export function deadLetterGraph(
  monitoring: Monitoring,
  queues: readonly MonitoredQueue[],
  rule: AlarmRule | undefined,
): CustomMetricGroup {
  const terms = queues.map(({ queue }) => ({ metric: queue.metricApproximateNumberOfMessagesVisible() }));
  return {
    title: 'Dead letters',
    metrics: [
      ...queues.map(({ key, queue }) => queue.metricApproximateNumberOfMessagesVisible({ label: key })),
      ...monitoring.foldedWithAlarm('SUM', 'messages', terms, rule),
    ],
  };
}
