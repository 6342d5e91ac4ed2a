import * as z from 'zod';
import { integer, line, text } from './names.ts';

/** What one of the alarms that every plugin gets means, and when it goes off unless the manifest says otherwise. */
interface DefaultAlarm {
  readonly description: string;
  readonly threshold: number;
  readonly unit: string;
  readonly periodMinutes: number;
  /** How many of the last periods reach the threshold before the alarm goes off. */
  readonly datapoints: readonly [toAlarm: number, of: number];
}

/** The alarms that a plugin gets without a line in its manifest, where it has what they watch. */
export const defaultAlarms = {
  'operation-errors': {
    description: 'Operations fail by a fault of the plugin or of what it calls (answers of 500 and above)',
    threshold: 5,
    unit: '% of the operations, three at least',
    periodMinutes: 5,
    datapoints: [1, 1],
  },
  'invocation-errors': {
    description: 'Functions throw, crash or time out, so that their callers get no answer of the plugin',
    threshold: 1,
    unit: 'invocations',
    periodMinutes: 1,
    datapoints: [1, 1],
  },
  throttles: {
    description: 'Lambda refuses invocations, since no concurrency is left for the functions',
    threshold: 1,
    unit: 'invocations',
    periodMinutes: 1,
    datapoints: [3, 5],
  },
  duration: {
    description: 'Functions come close to their timeout (99th percentile)',
    threshold: 80,
    unit: '% of the timeout',
    periodMinutes: 5,
    datapoints: [2, 3],
  },
  'outbox-lag': {
    description: 'Events are published late, or not at all',
    threshold: 300,
    unit: 'seconds',
    periodMinutes: 5,
    datapoints: [1, 1],
  },
  'dead-letters': {
    description: 'Events or scheduled runs could not be processed and wait in a dead-letter queue',
    threshold: 1,
    unit: 'messages',
    periodMinutes: 5,
    datapoints: [1, 1],
  },
  'webhook-rejections': {
    description: 'Webhooks are refused, most likely for a signature that does not fit the secret',
    threshold: 5,
    unit: 'webhooks',
    periodMinutes: 5,
    datapoints: [1, 1],
  },
  'config-refresh': {
    description: 'The configuration cannot be read, and functions go on with the one that they have',
    threshold: 1,
    unit: 'reads',
    periodMinutes: 5,
    datapoints: [2, 3],
  },
} as const satisfies Readonly<Record<string, DefaultAlarm>>;

/** How many metrics the expression of one alarm may have. Source: CloudWatch service quotas. */
export const METRICS_PER_ALARM = 10;

export type DefaultAlarmName = keyof typeof defaultAlarms;

export const defaultAlarmNames = Object.keys(defaultAlarms) as [DefaultAlarmName, ...DefaultAlarmName[]];

const thresholdOf = (description: string) => integer(1, 1_000_000, description);
const periodOf = (description: string) => integer(1, 1440, description);

const defaultAlarm = z
  .union([
    z.literal(false),
    z.strictObject({
      threshold: thresholdOf('The alarm is on from here.').optional(),
      periodMinutes: periodOf('Over how many minutes is measured.').optional(),
    }),
  ])
  .describe('An alarm that every plugin has: other numbers, or false for none.');

const alarm = z
  .strictObject({
    metric: text(
      /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/,
      'dotted lower case words, such as "payment.needs_review"',
      'Metric that a function of the plugin counts.',
    ),
    threshold: thresholdOf('The alarm is on when the count of a period reaches it.').default(1),
    periodMinutes: periodOf('Over how many minutes is counted.').default(5),
    description: line('What it means.'),
    runbook: text(
      /^(https:\/\/\S+|[\w-][\w.-]*(\/[\w-][\w.-]*)*\.md(#[\w-]+)?)$/,
      'an https URL, or a Markdown file below the plugin with an anchor, such as "README.md#alarm-low"',
      'Where it says what to do, as a URL or a file of the plugin.',
    ).optional(),
  })
  .describe('A CloudWatch alarm on the sum of a metric.');

const alarmName = text(
  /^[a-z][a-z0-9]*([._-][a-z0-9]+)*$/,
  'lower case words joined by ".", "_" or "-", such as "payment.needs_review"',
  'Name of the alarm.',
);

export const observability = z.strictObject({
  alarms: z
    .record(alarmName, alarm)
    .default({})
    .describe('CloudWatch alarms on metrics of the plugin, by name.'),
  defaults: z
    .partialRecord(z.enum(defaultAlarmNames).describe('Name of the alarm.'), defaultAlarm)
    .default({})
    .describe('Changes of the alarms that every plugin has, by name.'),
  tracing: z.boolean().describe('Whether calls are traced; as the deployment says when left out.').optional(),
  dashboard: z.boolean().default(true).describe('Whether the plugin has a CloudWatch dashboard.'),
});
