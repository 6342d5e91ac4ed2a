import { Duration } from 'aws-cdk-lib';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { BillingMode } from 'aws-cdk-lib/aws-dynamodb';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { ConfigBackups } from '#infra/constructs/config-backups.ts';
import type { DeadLetterQueue } from '#infra/constructs/dead-letter-queue.ts';
import { deadLetterGraph, functionGraphs, type RuleOf } from '#infra/constructs/monitoring/graphs.ts';
import { Monitoring } from '#infra/constructs/monitoring/monitoring.ts';
import type { PluginFunction } from '#infra/constructs/plugin-function.ts';
import type { PlatformBus } from '#infra/constructs/platform-bus.ts';
import type { RegistryTable } from '#infra/constructs/registry-table.ts';
import { METRICS_NAMESPACE, type Deployment } from '#infra/deployment/deployment.ts';
import { type AlarmRule, sharedRunbookOf } from '#infra/manifest/alarm-rules.ts';
import type { PlatformMetric } from '#runtime/telemetry/metric-catalog.ts';
import { type DefaultAlarmName, defaultAlarms } from '#infra/manifest/alarms.ts';

export interface MonitoredPlatform {
  readonly deployment: Deployment;
  readonly topic: ITopic;
  readonly apiId: string;
  readonly bus: PlatformBus;
  readonly registry: RegistryTable;
  /** By key. */
  readonly functions: Readonly<Record<string, PluginFunction>>;
  readonly relayDeadLetters: DeadLetterQueue;
  readonly backups: ConfigBackups | undefined;
}

/** An alarm that plugins have too, with the same numbers. */
const ruleOf: RuleOf<DefaultAlarmName> = (key) => {
  const rule = defaultAlarms[key];
  return { key, ...rule, runbook: sharedRunbookOf(key) };
};

const API_ERRORS: AlarmRule = {
  key: 'api-errors',
  description: 'The API answers with 500 and above, whether by a plugin or before one was reached',
  runbook: sharedRunbookOf('api-errors'),
  threshold: 5,
  periodMinutes: 5,
  datapoints: [1, 1],
};

const BACKUP_ERRORS: AlarmRule = {
  key: 'config-backup',
  description: 'A configuration was not backed up',
  runbook: sharedRunbookOf('config-backup'),
  threshold: 1,
  periodMinutes: 60,
  datapoints: [1, 1],
};

/** Answers of a few calls are no rate. */
const ERRORS_MIN = 3;

/** The alarms and the dashboard of what all plugins share. */
export function monitorPlatform(scope: Construct, platform: MonitoredPlatform): void {
  const { deployment, topic, apiId, bus, registry, functions, relayDeadLetters, backups } = platform;
  const monitoring = new Monitoring(scope, 'Monitoring', {
    deployment,
    owner: 'platform',
    topic,
    dashboard: true,
  });
  monitoring.addGraphs('API', [
    { title: 'Failed calls (%)', metrics: [monitoring.withAlarm(apiErrorsOf(apiId), API_ERRORS)] },
  ]);
  const api = HttpApi.fromHttpApiAttributes(scope, 'MonitoredApi', { httpApiId: apiId });
  monitoring.facade.monitorApiGatewayV2HttpApi({ api, humanReadableName: 'HTTP API' });
  const monitored = Object.entries(functions).map(([key, fn]) => {
    return { key, lambda: fn.alias.lambda, timeoutSeconds: fn.timeoutSeconds };
  });
  monitoring.addGraphs('Functions', functionGraphs(monitoring, monitored, ruleOf));
  const queues = [
    { key: 'events that could not be published', queue: relayDeadLetters.queue },
    ...(bus.deadLetters ? [{ key: 'events under a key that failed', queue: bus.deadLetters.queue }] : []),
    ...(backups ? [{ key: 'backups of configurations', queue: backups.deadLetters.queue }] : []),
  ];
  const failedBackups = new Metric({
    namespace: METRICS_NAMESPACE,
    metricName: 'plugin.config.backup.errors' satisfies PlatformMetric,
    dimensionsMap: { plugin: 'platform' },
    statistic: 'Sum',
  });
  monitoring.addGraphs('Events and backups', [
    deadLetterGraph(monitoring, queues, ruleOf('dead-letters')),
    ...(backups
      ? [{ title: 'Failed backups', metrics: [monitoring.withAlarm(failedBackups, BACKUP_ERRORS)] }]
      : []),
  ]);
  const billingMode = BillingMode.PAY_PER_REQUEST;
  monitoring.facade.monitorDynamoTable({ table: registry.table, billingMode, humanReadableName: 'registry' });
}

function apiErrorsOf(apiId: string): MathExpression {
  const metricOf = (metricName: string) =>
    new Metric({
      namespace: 'AWS/ApiGateway',
      metricName,
      dimensionsMap: { ApiId: apiId },
      statistic: 'Sum',
    });
  return new MathExpression({
    expression: `IF(errors >= ${ERRORS_MIN}, 100 * errors / calls, 0)`,
    usingMetrics: { errors: metricOf('5xx'), calls: metricOf('Count') },
    label: '% of the calls',
    period: Duration.minutes(API_ERRORS.periodMinutes),
  });
}
