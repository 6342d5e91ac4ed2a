import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Manifest } from '#infra/manifest/schema.ts';
import { METRICS_NAMESPACE, names, type Deployment } from '../deployment/deployment.ts';

export interface PluginAlarmProps {
  readonly deployment: Deployment;
  readonly plugin: string;
  readonly key: string;
  readonly manifest: Manifest['observability']['alarms'][string];
}

/** In ALARM while a metric of the plugin reaches its threshold. It has no actions: add an SNS topic when deploying. */
export class PluginAlarm extends Construct {
  constructor(scope: Construct, id: string, { deployment, plugin, key, manifest }: PluginAlarmProps) {
    super(scope, id);
    new Alarm(this, 'Alarm', {
      alarmName: names.alarm(deployment.stage, plugin, key),
      alarmDescription: manifest.description,
      metric: new Metric({
        namespace: METRICS_NAMESPACE,
        metricName: manifest.metric,
        // The series of the plugin as a whole, over all of its operations.
        dimensionsMap: { plugin },
        statistic: 'Sum',
        period: Duration.minutes(manifest.periodMinutes),
      }),
      threshold: manifest.threshold,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // No data means that nothing was counted.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
