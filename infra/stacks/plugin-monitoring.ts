import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { BillingMode } from 'aws-cdk-lib/aws-dynamodb';
import type { CustomMetricGroup, MetricStatistic } from 'cdk-monitoring-constructs';
import type { Construct } from 'constructs';
import { alarmTopicOf } from '#infra/constructs/monitoring/alarm-topic.ts';
import { deadLetterGraph, functionGraphs, type RuleOf } from '#infra/constructs/monitoring/graphs.ts';
import { Monitoring } from '#infra/constructs/monitoring/monitoring.ts';
import type { PluginFunction } from '#infra/constructs/plugin-function.ts';
import { METRICS_NAMESPACE } from '#infra/deployment/deployment.ts';
import { type AlarmRule, declaredAlarmOf, defaultAlarmOf } from '#infra/manifest/alarm-rules.ts';
import type { DefaultAlarmName } from '#infra/manifest/alarms.ts';
import type { LoadedPlugin } from '#infra/manifest/types.ts';
import type { PlatformMetric } from '#runtime/telemetry/metric-catalog.ts';
import type { PluginParts } from './plugin-parts.ts';

/** The functions of a plugin, by key; the relay among them. */
type Functions = Readonly<Record<string, PluginFunction>>;

/** The alarms and the dashboard of a plugin, all from its manifest. */
export function monitorPlugin(scope: Construct, parts: PluginParts, functions: Functions): Monitoring {
  const { deployment, plugin, resources } = parts;
  const { name, observability, operations } = plugin.manifest;
  const monitoring = new Monitoring(scope, 'Monitoring', {
    deployment,
    owner: name,
    topic: alarmTopicOf(scope, deployment),
    dashboard: observability.dashboard,
  });
  const ruleOf: RuleOf<DefaultAlarmName> = (key) => defaultAlarmOf(plugin.manifest, key);
  if (Object.keys(operations).length > 0) {
    monitoring.addGraphs('Operations', operationGraphs(monitoring, name, ruleOf('operation-errors')));
  }
  const monitored = Object.entries(functions).map(([key, fn]) => {
    return { key, lambda: fn.alias.lambda, timeoutSeconds: fn.timeoutSeconds };
  });
  monitoring.addGraphs('Functions', functionGraphs(monitoring, monitored, ruleOf));
  monitoring.addGraphs('Webhooks, providers and configuration', wayInGraphs(monitoring, plugin, ruleOf));
  monitoring.addGraphs('Events', eventGraphs(monitoring, parts, functions['relay'], ruleOf));
  monitoring.addGraphs('Alarms of the plugin', ownGraphs(monitoring, plugin));
  for (const [key, { table }] of Object.entries(resources.tables)) {
    const billingMode = BillingMode.PAY_PER_REQUEST;
    monitoring.facade.monitorDynamoTable({ table, billingMode, humanReadableName: key });
  }
  return monitoring;
}

/** A metric of the platform for the plugin as a whole, over all of its operations. */
const metricOf = (plugin: string, metricName: PlatformMetric, statistic = 'Sum', label?: string) =>
  pluginMetric(plugin, metricName, { statistic, ...(label !== undefined && { label }) });

const pluginMetric = (plugin: string, metricName: string, options: MetricOptions) =>
  new Metric({
    namespace: METRICS_NAMESPACE,
    metricName,
    dimensionsMap: { plugin },
    ...options,
  });

/** Every series that has this dimension beside the plugin; what stands after it narrows the search. */
const searched = (plugin: string, dimension: string, searchQuery: string, statistic: string) => ({
  searchQuery,
  // The library takes undefined for any value, which its types leave out.
  dimensionsMap: { plugin, [dimension]: undefined as unknown as string },
  statistic: statistic as MetricStatistic,
});

/** Failures of a few calls are no rate. */
const FAILURES_MIN = 3;

function operationGraphs(
  monitoring: Monitoring,
  plugin: string,
  rule: AlarmRule | undefined,
): CustomMetricGroup[] {
  const failed = new MathExpression({
    expression: `IF(failures >= ${FAILURES_MIN}, 100 * failures / operations, 0)`,
    usingMetrics: {
      failures: metricOf(plugin, 'plugin.errors.total'),
      operations: metricOf(plugin, 'plugin.operations.total'),
    },
    label: '% of the operations',
    period: Duration.minutes(rule?.periodMinutes ?? 5),
  });
  const search = (metric: PlatformMetric, statistic: string) =>
    searched(plugin, 'operation', `MetricName="${metric}"`, statistic);
  const DURATION = 'plugin.operation.duration';
  return [
    { title: 'Operations', metrics: [search('plugin.operations.total', 'Sum')] },
    { title: 'Failures', metrics: [search('plugin.errors.total', 'Sum')] },
    { title: 'Failures (%)', metrics: [monitoring.withAlarm(failed, rule)] },
    {
      title: 'Duration (ms)',
      metrics: ['p50', 'p99'].map((statistic) => metricOf(plugin, DURATION, statistic, statistic)),
    },
    { title: 'Duration (p99, ms)', metrics: [search(DURATION, 'p99')] },
  ];
}

function wayInGraphs(
  monitoring: Monitoring,
  { manifest: { name, webhooks, config } }: LoadedPlugin,
  ruleOf: RuleOf<DefaultAlarmName>,
): CustomMetricGroup[] {
  const counted = (title: string, metric: PlatformMetric, key: DefaultAlarmName): CustomMetricGroup => ({
    title,
    metrics: [monitoring.withAlarm(metricOf(name, metric), ruleOf(key))],
  });
  return [
    ...(Object.keys(webhooks).length > 0
      ? [
          counted('Refused webhooks', 'plugin.webhooks.rejected', 'webhook-rejections'),
          // Whoever has webhooks has providers, and measures their calls by provider.
          { title: 'Calls of providers (p99, ms)', metrics: [searched(name, 'provider', 'duration', 'p99')] },
          { title: 'Counted by provider', metrics: [searched(name, 'provider', 'NOT duration', 'Sum')] },
        ]
      : []),
    ...(config
      ? [counted('Failed reads of the configuration', 'plugin.config.refresh.errors', 'config-refresh')]
      : []),
  ];
}

/** How late events leave, and what could not be processed. */
function eventGraphs(
  monitoring: Monitoring,
  { plugin, resources: { subscriptions, schedules } }: PluginParts,
  relay: PluginFunction | undefined,
  ruleOf: RuleOf<DefaultAlarmName>,
): CustomMetricGroup[] {
  const lags = relay
    ? [
        // Also there while the relay fails, and the metric of the relay itself is not.
        relay.alias.lambda.metric('IteratorAge', { statistic: 'Maximum' }),
        metricOf(plugin.manifest.name, 'plugin.outbox.lag', 'Maximum'),
      ]
    : [];
  const terms = lags.map((metric) => ({ metric, divisor: 1000 }));
  const queues = [
    ...Object.entries(subscriptions).map(([key, { deadLetters }]) => ({ key, queue: deadLetters })),
    ...(schedules ? [{ key: 'schedules', queue: schedules.deadLetters.queue }] : []),
  ];
  const waiting = Object.entries(subscriptions);
  return [
    {
      title: 'Waiting events',
      metrics: waiting.map(([label, { queue }]) => queue.metricApproximateNumberOfMessagesVisible({ label })),
    },
    {
      title: 'Age of the oldest waiting event (s)',
      metrics: waiting.map(([label, { queue }]) => queue.metricApproximateAgeOfOldestMessage({ label })),
    },
    {
      title: 'Delay of published events (s)',
      metrics: monitoring.foldedWithAlarm('MAX', 'lag', terms, ruleOf('outbox-lag')),
    },
    deadLetterGraph(monitoring, queues, ruleOf('dead-letters')),
  ];
}

/** The alarms that the manifest declares, each in a graph of its own. */
const ownGraphs = (monitoring: Monitoring, plugin: LoadedPlugin): CustomMetricGroup[] =>
  Object.entries(plugin.manifest.observability.alarms).map(([key, { metric }]) => {
    const sum = pluginMetric(plugin.manifest.name, metric, { statistic: 'Sum' });
    return { title: key, metrics: [monitoring.withAlarm(sum, declaredAlarmOf(plugin, key))] };
  });
