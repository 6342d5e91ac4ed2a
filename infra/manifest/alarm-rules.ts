import { type DefaultAlarmName, defaultAlarms } from './alarms.ts';
import type { Manifest } from './schema.ts';
import type { LoadedPlugin } from './types.ts';

/** When an alarm goes off, and what a person then reads. */
export interface AlarmRule {
  /** Name of the alarm within its owner's. */
  readonly key: string;
  readonly description: string;
  /** URL, or path in the repository. */
  readonly runbook: string;
  /** The alarm is on from here. */
  readonly threshold: number;
  /** Over how many minutes each value is measured. */
  readonly periodMinutes: number;
  /** How many of the last periods reach the threshold before it goes off. */
  readonly datapoints: readonly [toAlarm: number, of: number];
}

/** Where it says what the alarms of the platform mean, and those that every plugin has. */
const TROUBLESHOOTING = 'plugins/TROUBLESHOOTING.md';

/** Section on an alarm of the platform, or on one that every plugin has. */
export const sharedRunbookOf = (alarm: string): string => `${TROUBLESHOOTING}#alarm-${alarm}`;

const runbookIn = (root: string, runbook: string): string =>
  runbook.startsWith('https://') ? runbook : `${root}/${runbook}`;

/** One of the alarms that every plugin has, as the manifest changes it; undefined when it is switched off. */
export function defaultAlarmOf(
  { observability }: Pick<Manifest, 'observability'>,
  key: DefaultAlarmName,
): AlarmRule | undefined {
  const { description, datapoints, ...numbers } = defaultAlarms[key];
  const { [key]: change = {} } = observability.defaults;
  if (change === false) return undefined;
  const { threshold = numbers.threshold, periodMinutes = numbers.periodMinutes } = change;
  return { key, description, runbook: sharedRunbookOf(key), threshold, periodMinutes, datapoints };
}

/** An alarm that the manifest declares, on the sum of a metric. */
export function declaredAlarmOf({ manifest, root }: LoadedPlugin, key: string): AlarmRule | undefined {
  const declared = manifest.observability.alarms[key];
  if (declared === undefined) return undefined;
  const { description, threshold, periodMinutes, runbook } = declared;
  return {
    key,
    description,
    runbook: runbook === undefined ? sharedRunbookOf('declared') : runbookIn(root, runbook),
    threshold,
    periodMinutes,
    datapoints: [1, 1],
  };
}

/** Alarms of a new version that does not work. */
const OF_VERSIONS: readonly DefaultAlarmName[] = ['operation-errors', 'invocation-errors'];

/** Whether an alarm ends a deployment in steps in a roll back: those above, and all that the manifest declares. */
export const endsDeployment = (
  key: string,
  { alarms }: { readonly alarms: Readonly<Record<string, unknown>> },
): boolean => key in alarms || OF_VERSIONS.some((name) => key === name || key.startsWith(`${name}/`));
