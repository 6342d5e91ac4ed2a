import type { LoadedPlugin } from '#infra/manifest/types.ts';
import type { SynthesizedProject } from '../project/synthesized.ts';

/** An alarm, as the template has it. */
export interface ExplainedAlarm {
  readonly name: string;
  /** The metric, or the expression over several. */
  readonly metric: string;
  readonly threshold: number;
  readonly periodMinutes: number;
  /** How many metrics CloudWatch charges it for. */
  readonly metrics: number;
  readonly runbook: string;
}

interface MetricQuery {
  readonly Expression?: string;
  readonly MetricStat?: { readonly Period: number };
}

interface AlarmResource {
  readonly Type: string;
  readonly Properties: {
    readonly AlarmName?: string;
    readonly MetricName?: string;
    readonly Metrics?: readonly MetricQuery[];
    readonly Period?: number;
    readonly Threshold?: number;
    readonly DashboardName?: string;
  };
  readonly Metadata?: { readonly AnineePlus?: { readonly runbook?: string } };
}

/** The alarms and the dashboard in the stack of a plugin. */
export function monitoringOf(
  { manifest }: LoadedPlugin,
  { stacks }: SynthesizedProject,
): { readonly alarms: readonly ExplainedAlarm[]; readonly dashboard?: string } {
  const stack = stacks.find(({ name }) => name.endsWith(`-plugin-${manifest.name}`));
  const resources = Object.values(
    (stack?.template['Resources'] ?? {}) as Readonly<Record<string, AlarmResource>>,
  );
  const dashboard = resources.find(({ Type: type }) => type === 'AWS::CloudWatch::Dashboard');
  const dashboardName = dashboard?.Properties.DashboardName;
  return {
    alarms: resources.filter(({ Type: type }) => type === 'AWS::CloudWatch::Alarm').map(toAlarm),
    ...(dashboardName !== undefined && { dashboard: dashboardName }),
  };
}

function toAlarm({ Properties, Metadata }: AlarmResource): ExplainedAlarm {
  const { AlarmName: name = '', MetricName, Metrics = [], Threshold: threshold = 0, Period } = Properties;
  const measured = Metrics.flatMap(({ MetricStat }) => MetricStat ?? []);
  return {
    name,
    metric: MetricName ?? Metrics.find(({ Expression }) => Expression)?.Expression ?? '',
    threshold,
    periodMinutes: (Period ?? measured[0]?.Period ?? 0) / 60,
    metrics: Math.max(1, measured.length),
    runbook: Metadata?.AnineePlus?.runbook ?? '',
  };
}
