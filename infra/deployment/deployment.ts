import type { ConsoleSettings } from '../../functions/platform/console/settings.ts';

/** How the API knows its callers: the tokens of one issuer, or not at all. */
export type Auth =
  | { readonly kind: 'jwt'; readonly issuer: string; readonly audience: readonly string[] }
  | { readonly kind: 'none' };

/** Which pages of other origins may call the API. */
export interface Cors {
  /** As browsers send them, or `*` alone. */
  readonly origins: readonly string[];
  /** Whether the local runner takes these origins with any port. */
  readonly anyPort: boolean;
}

/** What functions do with the spans of their invocations. */
export interface Tracing {
  /** Whether it is on for the platform, and for plugins whose manifest leaves it open. */
  readonly isOn: boolean;
  /** `xray`, or the URL of an OTLP/HTTP endpoint. */
  readonly endpoint: string;
  /** Share of the traces that begin here and are sampled, from 0 to 1. */
  readonly ratio: number;
}

/** How many requests a route takes, of all callers together. */
export interface Throttle {
  /** Requests a second in the long run. */
  readonly rate: number;
  /** Requests at once, before the rate counts. */
  readonly burst: number;
}

/** What every stack of one deployment agrees on. */
export interface Deployment {
  readonly stage: string;
  readonly auth: Auth;
  /** Undefined: no page of another origin. */
  readonly cors?: Cors | undefined;
  /** Of each route that has none of its own. */
  readonly throttle: Throttle;
  readonly tracing: Tracing;
  /** Share of the invocations that are logged at level DEBUG, from 0 to 1. */
  readonly debugSampleRate: number;
  /** Whether environment variables may set secret values of configurations on AWS, where many can read them. */
  readonly secretOverrides: boolean;
  /** Whether functions reserve concurrency; an account without enough of it cannot. */
  readonly reservesConcurrency: boolean;
  /** Whether the description of the API needs no token. */
  readonly publicOpenApi: boolean;
  /** How long the archive of the event bus keeps events; 0: there is none. */
  readonly archiveDays: number;
  /** Public key that backups of configurations are sealed to; without one there are none. X25519, base64url. */
  readonly backupKey?: string | undefined;
  /** E-mail addresses and https URLs that are told of alarms. */
  readonly alarmReceivers: readonly string[];
  /** Whether there are CloudWatch dashboards. */
  readonly dashboards: boolean;
  /** What the console's page is told; undefined: the API serves none. */
  readonly console?: ConsoleSettings | undefined;
  /** Whether the platform's stack creates a key for tables, queues, logs and events. */
  readonly createsKey: boolean;
  /** ARN of the customer's key that roles may use for tables and queues; undefined: there is none. */
  readonly keyArn?: string | undefined;
  /** Whether tables, queues, logs and events are encrypted with that key, and not with AWS's own. */
  readonly encryptsWithKey: boolean;
  /** Whether the stage is `local`, where no data is protected from deletion. */
  readonly isLocal: boolean;
}

/** `paymentMethod` and `payment-method` become `PaymentMethod`. */
export const pascal = (name: string): string =>
  name.replaceAll(/(?:^|[^A-Za-z0-9]+)([a-z0-9])/gi, (_, first: string) => first.toUpperCase());

/** Physical names: all are derived from stage, plugin and key, so that none has to be looked up. */
export const names = {
  prefix: (stage: string) => `anineeplus-${stage}-`,
  platformStack: (stage: string) => `anineeplus-${stage}-platform`,
  pluginStack: (stage: string, plugin: string) => `anineeplus-${stage}-plugin-${plugin}`,
  function: (stage: string, plugin: string, key: string) => `anineeplus-${stage}-${plugin}-${key}`,
  table: (stage: string, plugin: string, table: string) => `anineeplus-${stage}-${plugin}-${table}`,
  registryTable: (stage: string) => `anineeplus-${stage}-registry`,
  errorsTable: (stage: string) => `anineeplus-${stage}-errors`,
  backupTable: (stage: string) => `anineeplus-${stage}-config-backups`,
  bus: (stage: string) => `anineeplus-${stage}`,
  queue: (stage: string, plugin: string, key: string) => `anineeplus-${stage}-${plugin}-${key}`,
  scheduleGroup: (stage: string, plugin: string) => `anineeplus-${stage}-${plugin}-schedules`,
  schedule: (stage: string, plugin: string, key: string) => `anineeplus-${stage}-${plugin}-${key}`,
  alarm: (stage: string, plugin: string, key: string) => `anineeplus-${stage}-${plugin}-${key}`,
  alarmTopic: (stage: string) => `anineeplus-${stage}-alarms`,
  alarmDeadLetters: (stage: string) => `anineeplus-${stage}-alarms-dlq`,
  dashboard: (stage: string, owner: string) => `anineeplus-${stage}-${owner}`,
  keyAlias: (stage: string) => `alias/anineeplus-${stage}`,
  busDeadLetters: (stage: string) => `anineeplus-${stage}-bus-dlq`,
  deployApplication: (stage: string, plugin: string) => `anineeplus-${stage}-${plugin}`,
  secret: (stage: string, plugin: string) => `anineeplus/${stage}/plugins/${plugin}`,
  eventSource: (stage: string, plugin: string) => `anineeplus.${stage}.${plugin}`,
};

/** CloudWatch namespace of every metric that functions write. */
export const METRICS_NAMESPACE = 'AnineePlus';
