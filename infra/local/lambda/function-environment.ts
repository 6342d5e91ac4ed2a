import { posix } from 'node:path';
import type { AwsMetrics } from '../metrics/aws-metrics.ts';
import { metricsInLine } from '../metrics/emf.ts';
import type { MetricStore } from '../metrics/store.ts';
import type { Assembly } from '../resources/assembly.ts';
import type { FunctionResource } from '../resources/lambda.ts';
import type { Terminal } from '../types.ts';
import type { ChildReport } from './child.ts';
import type { CredentialStore } from './credentials.ts';
import { type ExecutionEnvironment, startEnvironment } from './environment.ts';
import type { FaultInjector } from './faults.ts';
import type { ProcessGuard } from './guard.ts';
import type { InvocationLog } from './invocations.ts';
import { showLogLine } from './log-line.ts';
import type { RuntimeApi } from './runtime-api.ts';

/** What the functions of the assembly run with. */
export interface LambdaOptions {
  readonly assembly: Assembly;
  /** Where the functions' AWS calls go; read when an environment starts. */
  readonly awsEndpoint: () => string;
  /** Where functions that verify tokens read the keys; read when an environment starts. */
  readonly jwksUrl?: () => string;
  readonly credentials: CredentialStore;
  /** Variables that a plugin's own settings in `.env` add. */
  readonly overridesOf: (plugin: string) => Readonly<Record<string, string>>;
  /** Id of this deployment: account and region are the same on all machines. */
  readonly deployment?: string;
  /** How far the functions' clock is ahead of wall time; read when an environment starts. */
  readonly clockOffsetMs?: () => number;
  /** Folder for the environments' temporary folders. */
  readonly tmpRoot: string;
  readonly invocations: InvocationLog;
  /** What takes the metrics that functions write, and those of Lambda itself. */
  readonly metrics?: Pick<MetricStore, 'record'>;
  readonly awsMetrics?: AwsMetrics;
  readonly faults: FaultInjector;
  readonly guard: ProcessGuard;
  readonly terminal: Terminal;
  readonly verbose?: boolean;
  /** Of one function. */
  readonly environmentsMax?: number;
  /** Of all functions: what is more ends when it has nothing to do, the one that has waited longest first. */
  readonly processesMax?: number;
  readonly initTimeoutMs?: number;
  /** Of this machine, when left out. */
  readonly platform?: string | undefined;
}

/** Starts an execution environment of a function, with its variables, credentials and log. */
export function startFunctionEnvironment(
  definition: FunctionResource,
  onChange: () => void,
  options: LambdaOptions,
  runtimeApi: RuntimeApi,
): ExecutionEnvironment {
  const logged = logOfFirst(options.invocations);
  return startEnvironment({
    definition,
    region: options.assembly.region,
    variables: variablesOf(options, definition),
    tmpRoot: options.tmpRoot,
    initTimeoutMs: options.initTimeoutMs ?? 10_000,
    runtimeApi,
    guard: options.guard,
    platform: options.platform,
    onLine: (requestId, line) => {
      logged(requestId, line);
      for (const record of metricsInLine(line)) options.metrics?.record(record);
      showLogLine(options.terminal, labelOf(definition), line, options.verbose ?? false);
    },
    onReport: (report) => noteReport(definition.name, report, options),
    onChange,
  });
}

/** Lines that an environment writes while it starts stand before those of its first invocation, as in its log stream. */
function logOfFirst(invocations: InvocationLog): InvocationLog['log'] {
  let early: string[] = [];
  return (requestId, line) => {
    if (requestId === undefined) return void early.push(line);
    for (const each of [...early, line]) invocations.log(requestId, each);
    early = [];
  };
}

/** `payment/api`, as the terminal calls a function. */
export function labelOf({ plugin, key }: Pick<FunctionResource, 'plugin' | 'key'>): string {
  return `${plugin}/${key}`;
}

function variablesOf(options: LambdaOptions, definition: FunctionResource): Record<string, string> {
  const { accessKeyId, secretAccessKey } = options.credentials.of(definition);
  const offsetMs = options.clockOffsetMs?.() ?? 0;
  return {
    ...definition.environment,
    ...options.overridesOf(definition.plugin),
    ...(definition.manifest !== undefined && {
      ANINEEPLUS_SOURCE_FOLDER: posix.dirname(definition.manifest),
    }),
    ...(options.deployment !== undefined && { ANINEEPLUS_DEPLOYMENT: options.deployment }),
    ...(options.jwksUrl &&
      definition.environment['ANINEEPLUS_AUTH_ISSUER'] !== undefined && {
        ANINEEPLUS_AUTH_JWKS_URL: options.jwksUrl(),
      }),
    ...(offsetMs > 0 && { ANINEEPLUS_CLOCK_OFFSET_MS: String(offsetMs) }),
    AWS_ENDPOINT_URL: options.awsEndpoint(),
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
}

function noteReport(functionName: string, report: ChildReport, { faults, invocations }: LambdaOptions): void {
  if (report.fault) return faults.injected(report.fault);
  // Faults are for invocations: what a starting environment reads is not counted.
  if (report.target && report.requestId !== undefined) faults.called(functionName, report.target);
  invocations.called(report);
}
