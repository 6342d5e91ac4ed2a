import { join } from 'node:path';
import type { AlarmMonitor } from '../alarms/monitor.ts';
import { createAuthorizer } from '../api-gateway/authorizer.ts';
import { createHttpApi } from '../api-gateway/http-api.ts';
import { createRouteThrottles, type RouteThrottles } from '../api-gateway/throttles.ts';
import { type AwsEndpoint, startAwsEndpoint } from '../aws-endpoint/start.ts';
import { createDevApi, type DevApiOptions, JWKS_PATH } from '../dev/dev-api.ts';
import { createPermissionControl } from '../dev/permissions.ts';
import { type HttpServer, startHttpServer } from '../http/server.ts';
import { createCredentialStore } from '../lambda/credentials.ts';
import { createFaultInjector } from '../lambda/faults.ts';
import { labelOf } from '../lambda/function-environment.ts';
import { functionNameOf, type LambdaFunctions, lambdaFunctions } from '../lambda/functions.ts';
import { createInvocationLog } from '../lambda/invocations.ts';
import type { AwsMetrics } from '../metrics/aws-metrics.ts';
import { createClockControl } from '../schedules/clock-control.ts';
import { createScheduler, type Scheduler } from '../schedules/scheduler.ts';
import { openDeployment } from '../state/state-dir.ts';
import { ACCOUNT_THROTTLE } from '../resources/api-gateway.ts';
import type { Assembly } from '../resources/assembly.ts';
import type { Denial, Terminal } from '../types.ts';
import { createTraceStore } from '../traces/trace-store.ts';
import type { RunnerContext } from './context.ts';
import { logDenial } from './log-access.ts';
import { apiIdOf, startMetrics } from './metrics.ts';
import { createRequestLog, type RequestLog } from './request-log.ts';
import { settingsFor } from './settings.ts';
import { allScopesOf } from './synthesize.ts';

/** What answers calls. */
export interface Services {
  readonly functions: LambdaFunctions;
  readonly awsMetrics: AwsMetrics;
  readonly alarms: AlarmMonitor;
  readonly awsEndpoint: AwsEndpoint;
  readonly server: HttpServer;
  readonly scheduler: Scheduler;
  readonly requestLog: RequestLog;
  /** Sets what else follows a change of roles. */
  readonly onRolesChanged: (listener: (assembly: Assembly) => void) => void;
}

/** Starts functions, the AWS endpoint and the API, in this order. */
export async function startServices(context: RunnerContext): Promise<Services> {
  const { options, stack, assembly } = context;
  const { metrics, awsMetrics, alarms } = startMetrics(context);
  stack.defer(() => alarms.stop());
  const invocations = createInvocationLog({ logDenial: (name) => logDenial(assembly.current, name) });
  const faults = createFaultInjector();
  const traces = createTraceStore();
  const throttles = startThrottles(context);
  const credentials = createCredentialStore();

  // The functions call the AWS endpoint, which calls the functions: the first one gets the other later.
  let awsEndpoint: AwsEndpoint | undefined = undefined as AwsEndpoint | undefined;
  let server: HttpServer | undefined = undefined as HttpServer | undefined;
  const functions = await lambdaFunctions({
    assembly: assembly.current,
    awsEndpoint: () => awsEndpoint?.url ?? '',
    jwksUrl: () => `http://127.0.0.1:${server?.port}${JWKS_PATH}`,
    credentials,
    overridesOf: (plugin) => overridesOf(plugin, context),
    deployment: openDeployment(options.stateDir),
    clockOffsetMs: () => context.clock.offsetMs(),
    tmpRoot: join(options.stateDir, 'tmp'),
    invocations,
    metrics,
    awsMetrics,
    faults,
    guard: context.guard,
    terminal: options.terminal,
    verbose: options.verbose,
  });
  stack.defer(() => functions.stop());
  awsEndpoint = await startAwsEndpoint({
    assembly,
    functions: () => functions,
    engine: context.engine,
    state: context.state,
    terminal: options.terminal,
    traces,
    throttles,
    credentials: () => credentials.list(),
    onDenied: (denial) => {
      invocations.denied(denial);
      showDenial(options.terminal, denial);
    },
  });
  stack.defer(async () => awsEndpoint?.close());
  const { engine, clock, state } = context;
  const { terminal } = options;
  const scheduler = createScheduler({ assembly, store: state.schedules, clock, functions, terminal });
  stack.defer(() => scheduler.stop());
  const followers = { renew: () => functions.renew(), onAdvanced: () => alarms.evaluate() };
  const time = createClockControl({ assembly, engine, clock, scheduler, ...followers });
  const rolesChanged: ((changed: Assembly) => void)[] = [];
  const permissions = createPermissionControl({
    assembly,
    renew: (names) => functions.renew(names),
    changed: (changed) => rolesChanged.forEach((listener) => listener(changed)),
  });
  const controls = { invocations, traces, faults, time, permissions, metrics, alarms };
  const requestLog = startRequestLog(context);
  server = await startApi(context, { functions, awsMetrics, requestLog, throttles }, controls);
  return {
    functions,
    awsMetrics,
    alarms,
    awsEndpoint,
    server,
    scheduler,
    requestLog,
    onRolesChanged: (listener) => void rolesChanged.push(listener),
  };
}

function overridesOf(plugin: string, { assembly, settings }: RunnerContext) {
  const metadata = assembly.current.plugins.find((candidate) => candidate.plugin === plugin);
  return settingsFor(settings, metadata?.envPrefix);
}

const startThrottles = ({ assembly, clock }: RunnerContext): RouteThrottles =>
  createRouteThrottles(
    () => assembly.current.stage?.throttle ?? ACCOUNT_THROTTLE,
    () => clock.nowMs(),
  );

function startRequestLog({ options, stack, assembly }: RunnerContext): RequestLog {
  const requestLog = createRequestLog(options.terminal, (functionArn) => {
    const name = functionNameOf(functionArn);
    const found = assembly.current.functions.find((candidate) => candidate.name === name);
    return found === undefined ? name : labelOf(found);
  });
  stack.defer(() => requestLog.stop());
  return requestLog;
}

function showDenial(terminal: Terminal, { functionName, action, resource, hint }: Denial): void {
  terminal.warn(`denied ${functionName}: ${action} on ${resource}${hint && `; ${hint}`}`);
}

async function startApi(
  context: RunnerContext,
  {
    functions,
    awsMetrics,
    requestLog,
    throttles,
  }: Pick<Services, 'functions' | 'awsMetrics' | 'requestLog'> & { readonly throttles: RouteThrottles },
  developerControls: Pick<
    DevApiOptions,
    'invocations' | 'traces' | 'faults' | 'time' | 'permissions' | 'metrics' | 'alarms'
  >,
): Promise<HttpServer> {
  const { options, stack, assembly, state, steps } = context;
  const issuer = await context.issuer;
  const allScopes = () => allScopesOf(assembly.current);
  const authorize = createAuthorizer({ issuer, strict: options.strict, allScopes });
  const httpApi = createHttpApi({
    assembly,
    functions,
    authorize,
    throttles,
    onAnswer: (call) => {
      if (call.via === 'api') awsMetrics.answered(apiIdOf(assembly.current), call);
      // A page of the console has many files.
      if (!call.path.startsWith('/console')) requestLog.answered(call);
    },
  });
  const dev = createDevApi({
    assembly,
    state,
    functions,
    terminal: options.terminal,
    rootDir: options.rootDir,
    ...developerControls,
    issuer,
    allScopes,
    sandboxes: () => context.sandboxes.map(({ plugin, name, url }) => ({ plugin, name, url })),
  });
  const server = await startHttpServer(options.port, (request, path, query) =>
    (dev(path) ?? httpApi)(request, path, query),
  );
  stack.defer(() => server.close());
  const { routes, functionUrls, roles } = assembly.current;
  steps.end('API', `${routes.length + functionUrls.length} routes, ${roles.length} roles enforced`);
  return server;
}
