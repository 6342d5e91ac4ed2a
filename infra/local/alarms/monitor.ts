import type { MetricStore } from '../metrics/store.ts';
import { type AlarmResource, comparisons } from '../resources/cloudwatch.ts';
import type { AssemblyRef, Terminal } from '../types.ts';
import { type AlarmState, type Evaluation, evaluateAlarm } from './evaluate.ts';

/** An alarm, as `GET /dev/alarms` shows it. */
export interface AlarmView extends Evaluation {
  readonly name: string;
  readonly plugin: string | null;
  readonly alarm: string | null;
  /** ISO time of the local system at which it came into this state. */
  readonly since: string;
  /** What is compared with the threshold. */
  readonly condition: string;
  readonly periodSeconds: number;
  readonly description: string;
  readonly runbook: string | null;
}

/** What CloudWatch would publish to a topic. */
export interface Notification {
  /** ISO time of the local system. */
  readonly at: string;
  readonly alarm: string;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly topic: string;
  readonly reason: string;
}

/** Evaluates the alarms of the assembly. */
export interface AlarmMonitor {
  /** Evaluates all of them now. */
  evaluate(): void;
  /** Those that go on by themselves from now on. */
  start(): void;
  stop(): void;
  alarms(): readonly AlarmView[];
  /** The newest last. */
  notifications(): readonly Notification[];
}

interface MonitorOptions {
  readonly assembly: AssemblyRef;
  readonly store: MetricStore;
  readonly nowMs: () => number;
  /** Measures what is a level at this moment. */
  readonly sample: () => void;
  readonly terminal: Terminal;
}

interface Known extends Evaluation {
  readonly since: string;
}

const EVERY_MS = 10_000;
const NOTIFICATIONS_MAX = 500;

const FIRST: Known = { state: 'INSUFFICIENT_DATA', since: '', reason: 'not evaluated yet', datapoints: [] };

export function createAlarmMonitor({
  assembly,
  store,
  nowMs,
  sample,
  terminal,
}: MonitorOptions): AlarmMonitor {
  const states = new Map<string, Known>();
  const sent: Notification[] = [];
  let timer: NodeJS.Timeout | undefined;

  const enter = (alarm: AlarmResource, before: Known, { state, reason }: Evaluation, at: string): void => {
    for (const topic of alarm.actions[state]) {
      sent.push({ at, alarm: alarm.name, from: before.state, to: state, topic, reason });
    }
    sent.splice(0, Math.max(0, sent.length - NOTIFICATIONS_MAX));
    const label = alarm.plugin === undefined ? alarm.name : `${alarm.plugin}/${alarm.key}`;
    const see = alarm.runbook === undefined ? '' : `; see ${alarm.runbook}`;
    if (state === 'ALARM') terminal.warn(`alarm ${label} is on: ${reason}${see}`);
    if (before.state === 'ALARM' && state === 'OK') terminal.info(`alarm ${label} is over`);
  };

  const evaluate = (): void => {
    sample();
    const at = new Date(nowMs()).toISOString();
    for (const alarm of assembly.current.alarms) {
      const before = states.get(alarm.arn) ?? { ...FIRST, since: at };
      const evaluation = evaluateAlarm(alarm, store, { nowMs: nowMs(), before: before.state });
      const entered = evaluation.state !== before.state;
      if (entered) enter(alarm, before, evaluation, at);
      states.set(alarm.arn, { ...evaluation, since: entered ? at : before.since });
    }
    const current = new Set(assembly.current.alarms.map(({ arn }) => arn));
    for (const arn of states.keys()) if (!current.has(arn)) states.delete(arn);
  };

  return {
    evaluate,
    start() {
      timer ??= setInterval(evaluate, EVERY_MS).unref();
    },
    stop: () => clearInterval(timer),
    alarms: () => assembly.current.alarms.map((alarm) => viewOf(alarm, states.get(alarm.arn) ?? FIRST)),
    notifications: () => sent,
  };
}

function viewOf(alarm: AlarmResource, known: Known): AlarmView {
  const { name, plugin, key, comparison, threshold, periodSeconds, expression, metrics, runbook } = alarm;
  const [only] = Object.values(metrics);
  const isMath = metrics[expression] === undefined;
  return {
    name,
    plugin: plugin ?? null,
    alarm: key ?? null,
    state: known.state,
    since: known.since,
    reason: known.reason,
    condition: `${isMath ? expression : only?.name} ${comparisons[comparison]} ${threshold}`,
    periodSeconds,
    datapoints: known.datapoints,
    // The runbook stands in its second line.
    description: alarm.description.split('\r\n')[0]?.trim() ?? '',
    runbook: runbook ?? null,
  };
}
