import { type AlarmMonitor, createAlarmMonitor } from '../alarms/monitor.ts';
import { type AwsMetrics, createAwsMetrics } from '../metrics/aws-metrics.ts';
import { createMetricStore, type MetricStore } from '../metrics/store.ts';
import type { Assembly } from '../resources/assembly.ts';
import type { RunnerContext } from './context.ts';

/** How long metrics are kept on which no alarm looks back further. */
const KEPT_MINUTES = 180;

/** The metrics of the system, what writes those of AWS, and the alarms on all of them. */
export function startMetrics({ assembly, state, clock, options }: RunnerContext): {
  readonly metrics: MetricStore;
  readonly awsMetrics: AwsMetrics;
  readonly alarms: AlarmMonitor;
} {
  const nowMs = () => clock.nowMs();
  let kept = keptMinutes(assembly.current);
  let keptFor = assembly.current;
  const minutesOf = (namespace: string, name: string): number => {
    if (keptFor !== assembly.current) {
      keptFor = assembly.current;
      kept = keptMinutes(keptFor);
    }
    return kept.get(`${namespace} ${name}`) ?? KEPT_MINUTES;
  };
  const metrics = createMetricStore({ nowMs, minutesOf });
  const awsMetrics = createAwsMetrics(metrics);
  const sample = (): void => {
    for (const { name } of assembly.current.queues) {
      const oldestAgeSeconds = Math.floor(state.queues.oldestAgeMs(name) / 1000);
      awsMetrics.queue(name, { visible: state.queues.counts(name).visible, oldestAgeSeconds });
    }
  };
  const { terminal } = options;
  const alarms = createAlarmMonitor({ assembly, store: metrics, nowMs, sample, terminal });
  return { metrics, awsMetrics, alarms };
}

/** The minutes that alarms look back, by metric. */
function keptMinutes({ alarms }: Assembly): ReadonlyMap<string, number> {
  const kept = new Map<string, number>();
  for (const { metrics, periodSeconds, evaluationPeriods } of alarms) {
    const minutes = (periodSeconds / 60) * evaluationPeriods;
    for (const { namespace, name } of Object.values(metrics)) {
      const key = `${namespace} ${name}`;
      kept.set(key, Math.max(kept.get(key) ?? KEPT_MINUTES, minutes));
    }
  }
  return kept;
}

/** The id of the HTTP API, as CloudWatch names it. */
export const apiIdOf = ({ resources }: Assembly): string =>
  resources.find(({ type }) => type === 'AWS::ApiGatewayV2::Api')?.physicalId ?? '';
