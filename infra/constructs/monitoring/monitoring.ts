import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  type CfnAlarm,
  ComparisonOperator,
  type IAlarm,
  MathExpression,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import {
  type CustomMetric,
  type CustomMetricGroup,
  DefaultDashboardFactory,
  type MetricWithAlarmSupport,
  MonitoringFacade,
  SnsAlarmActionStrategy,
} from 'cdk-monitoring-constructs';
import { Construct } from 'constructs';
import type { AlarmRule } from '#infra/manifest/alarm-rules.ts';
import { METRICS_PER_ALARM } from '#infra/manifest/alarms.ts';
import { METRICS_NAMESPACE, names, type Deployment } from '../../deployment/deployment.ts';

export interface MonitoringProps {
  readonly deployment: Deployment;
  /** Name of the plugin, or `platform`. */
  readonly owner: string;
  /** Where its alarms go. */
  readonly topic: ITopic;
  readonly dashboard: boolean;
}

/** One of several metrics that one alarm is on. */
interface Term {
  readonly metric: MetricWithAlarmSupport;
  /** What its values are divided by. */
  readonly divisor?: number;
}

/** The alarms and the dashboard of a plugin, or of the platform. */
export class Monitoring extends Construct {
  /** For the graphs that it has for services of AWS. */
  readonly facade: MonitoringFacade;
  readonly #states: IAlarm[] = [];
  readonly #props: MonitoringProps;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    this.#props = props;
    const { deployment, owner, topic, dashboard } = props;
    const dashboardNamePrefix = names.dashboard(deployment.stage, owner);
    this.facade = new MonitoringFacade(this, 'Facade', {
      metricFactoryDefaults: { namespace: METRICS_NAMESPACE },
      alarmFactoryDefaults: {
        alarmNamePrefix: dashboardNamePrefix,
        actionsEnabled: true,
        action: new SnsAlarmActionStrategy({ onAlarmTopic: topic, onOkTopic: topic }),
      },
      dashboardFactory: new DefaultDashboardFactory(this, 'Dashboards', {
        dashboardNamePrefix,
        createDashboard: dashboard && deployment.dashboards,
        detailDashboardRange: Duration.hours(3),
      }),
    });
    // The list is read when the template is written, and has every alarm by then.
    const states = { title: 'Alarms', alarms: this.#states, width: 24, height: 4 };
    this.facade.addWidget(new AlarmStatusWidget(states));
  }

  /** The physical names of the alarms so far, by key. */
  get alarmNames(): ReadonlyMap<string, string> {
    return new Map(
      this.facade
        .createdAlarms()
        .map(({ disambiguator = '', alarmName }) => [disambiguator, alarmName] as const),
    );
  }

  /** A row of graphs, with their alarms; a graph of nothing is left out. */
  addGraphs(title: string, graphs: readonly CustomMetricGroup[]): void {
    const metricGroups = graphs.filter(({ metrics }) => metrics.length > 0);
    if (metricGroups.length === 0) return;
    const before = this.facade.createdAlarms().length;
    const alarmFriendlyName = title.replaceAll(' ', '-');
    this.facade.monitorCustom({ humanReadableName: title, alarmFriendlyName, metricGroups });
    for (const { alarm, disambiguator, alarmDefinition } of this.facade.createdAlarms().slice(before)) {
      this.#states.push(alarm);
      (alarm.node.defaultChild as CfnAlarm).addMetadata('AnineePlus', {
        plugin: this.#props.owner,
        alarm: disambiguator,
        runbook: alarmDefinition.addAlarmProps.runbookLink,
      });
    }
  }

  /** A metric with an alarm on it; without an alarm when there is no rule. */
  withAlarm(metric: MetricWithAlarmSupport, rule: AlarmRule | undefined): CustomMetric {
    if (rule === undefined) return metric;
    const { key, description, runbook, threshold, datapoints, periodMinutes } = rule;
    const { deployment, owner } = this.#props;
    const [datapointsToAlarm, evaluationPeriods] = datapoints;
    return {
      metric,
      alarmFriendlyName: key,
      addAlarm: {
        [key]: {
          alarmNameOverride: names.alarm(deployment.stage, owner, key),
          additionalDescription: description,
          runbookLink: runbook,
          threshold,
          comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
          period: Duration.minutes(periodMinutes),
          datapointsToAlarm,
          evaluationPeriods,
          // No data means that nothing has happened.
          treatMissingDataOverride: TreatMissingData.NOT_BREACHING,
        },
      },
    };
  }

  /**
   * Several metrics as one, with an alarm on it: their sum, or the largest of them. Where they are more than one alarm
   * can have, each further alarm has a number behind a slash. Nothing when there is no rule.
   * @param name of the metrics within the expressions
   */
  foldedWithAlarm(
    fold: 'SUM' | 'MAX',
    name: string,
    terms: readonly Term[],
    rule: AlarmRule | undefined,
  ): CustomMetric[] {
    if (rule === undefined) return [];
    // In a graph each id stands for one metric, so that numbers go on from alarm to alarm.
    const numbered = terms.map((term, index) => ({ ...term, id: `${name}${index}` }));
    return chunksOf(numbered, METRICS_PER_ALARM).map((chunk, index) => {
      const members = chunk.map(({ id, divisor }) => (divisor === undefined ? id : `${id} / ${divisor}`));
      const expression = new MathExpression({
        expression: `${fold}([${members.join(', ')}])`,
        usingMetrics: Object.fromEntries(chunk.map(({ id, metric }) => [id, metric])),
        label: fold === 'SUM' ? 'all' : 'largest',
        period: Duration.minutes(rule.periodMinutes),
      });
      return this.withAlarm(expression, {
        ...rule,
        key: index === 0 ? rule.key : `${rule.key}/${index + 1}`,
      });
    });
  }
}

const chunksOf = <T>(all: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
