/** A metric of the platform, in the namespace `AnineePlus`. */
export interface MetricDefinition {
  readonly unit: 'Count' | 'Milliseconds';
  /** The series that CloudWatch keeps and bills: one per combination of values of each set. */
  readonly dimensions: readonly (readonly string[])[];
  /** Members of the record that are no dimensions, for queries over the log. */
  readonly fields?: readonly string[];
  readonly meaning: string;
}

const perPlugin = [['plugin']] as const;
const perOperation = [['plugin'], ['plugin', 'operation']] as const;
const OPERATION_FIELDS = ['requestId', 'traceId', 'status', 'errorType'] as const;

/**
 * Every metric that the platform writes, for the guide, dashboards and alarms. Each plugin has all of them without a line
 * of code. Status and error type are fields of the record and no dimensions, because each of their values would be another
 * metric on the bill.
 */
export const metricCatalog = {
  'plugin.operations.total': {
    unit: 'Count',
    dimensions: perOperation,
    fields: OPERATION_FIELDS,
    meaning: 'Invocations, the refused ones included.',
  },
  'plugin.errors.total': {
    unit: 'Count',
    dimensions: perOperation,
    fields: OPERATION_FIELDS,
    meaning: 'Invocations that ended with a fault: an answer of 500 and above, but for an unloaded plugin.',
  },
  'plugin.operation.duration': {
    unit: 'Milliseconds',
    dimensions: perOperation,
    fields: OPERATION_FIELDS,
    meaning: 'From the start of an invocation to its answer.',
  },
  'plugin.load.duration': {
    unit: 'Milliseconds',
    dimensions: perPlugin,
    meaning: '`initialize` and `onLoad`, once per execution environment and configuration.',
  },
  'plugin.cold_starts': {
    unit: 'Count',
    dimensions: perPlugin,
    meaning: 'Execution environments that served their first invocation.',
  },
  'plugin.config.refresh.errors': {
    unit: 'Count',
    dimensions: perPlugin,
    meaning: 'The stored configuration cannot be read or used, or is newer than the code; older values stay.',
  },
  'plugin.config.backup.errors': {
    unit: 'Count',
    dimensions: perPlugin,
    meaning: 'Configurations that the scheduled backup could not save (plugin `platform`).',
  },
  'plugin.calls.denied': {
    unit: 'Count',
    dimensions: perPlugin,
    meaning: 'Calls of a sender that has no permission, or whose token does not verify.',
  },
  'plugin.calls.rejected': {
    unit: 'Count',
    dimensions: perPlugin,
    meaning: 'Calls of another plugin that were not made, because its circuit is open.',
  },
  'plugin.circuit.opened': {
    unit: 'Count',
    dimensions: perPlugin,
    meaning: 'Circuits that opened, after five failed calls of a function in a row.',
  },
  'plugin.aws.throttles': {
    unit: 'Count',
    dimensions: perPlugin,
    meaning: 'Answers of AWS that refused a call for its rate, those that a retry mended included.',
  },
  'plugin.webhooks.rejected': {
    unit: 'Count',
    dimensions: [['plugin'], ['plugin', 'webhook']],
    fields: ['code'],
    meaning:
      'Deliveries at a webhook URL that were refused as such: a bad signature, too large, or malformed.',
  },
  'plugin.events.published': {
    unit: 'Count',
    dimensions: perPlugin,
    meaning: 'Events that the relay has published.',
  },
  'plugin.events.failed': {
    unit: 'Count',
    dimensions: perPlugin,
    meaning: 'Events that could not be published, or not be handled; they are tried again.',
  },
  'plugin.events.waiting': {
    unit: 'Count',
    dimensions: perPlugin,
    meaning: 'Events that came before the one that precedes them, and went back to the queue.',
  },
  'plugin.outbox.lag': {
    unit: 'Milliseconds',
    dimensions: perPlugin,
    meaning: 'From the commit of the oldest event of a batch to its publication by the relay.',
  },
  'plugin.schedules.skipped': {
    unit: 'Count',
    dimensions: perPlugin,
    meaning: 'Runs of schedules that were left out because the plugin is unloaded.',
  },
  'plugin.deployments.checked': {
    unit: 'Count',
    dimensions: [['plugin'], ['plugin', 'outcome']],
    meaning:
      'New versions that were checked before traffic moves to them; `outcome` is `healthy` or `refused`.',
  },
} as const satisfies Readonly<Record<`plugin.${string}`, MetricDefinition>>;

export type PlatformMetric = keyof typeof metricCatalog;
