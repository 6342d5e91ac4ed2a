import { join } from 'node:path';
import { createDevFront, type DevOptions, JWKS_PATH } from './dev/front.ts';
import { type Gateway, startGateway } from './gateway/start.ts';
import { createAuthorizer } from './http/authorizer.ts';
import { createFront } from './http/front.ts';
import { type HttpServer, startHttpServer } from './http/server.ts';
import { createCredentialStore } from './lambda/credentials.ts';
import { createFaultBook } from './lambda/faults.ts';
import { type LambdaFunctions, lambdaFunctions } from './lambda/functions.ts';
import { createInvocationBook } from './lambda/invocations.ts';
import { scopesOf } from './runner-assembly.ts';
import type { Base } from './runner-base.ts';
import { openDeployment } from './runner-state.ts';
import { createScheduler, type Scheduler } from './schedules/scheduler.ts';
import { createTimeTravel } from './schedules/time-travel.ts';
import { settingsFor } from './settings.ts';

/** What answers calls. */
export interface Services {
  readonly functions: LambdaFunctions;
  readonly gateway: Gateway;
  readonly server: HttpServer;
  readonly scheduler: Scheduler;
}

/** Starts functions, the AWS endpoint and the API, in this order. */
export async function startServices(base: Base): Promise<Services> {
  const { options, stack, assembly, step } = base;
  const invocations = createInvocationBook();
  const faults = createFaultBook();
  const credentials = createCredentialStore();

  // The functions call the gateway and the gateway calls the functions: one of them has to come first.
  let gateway: Gateway | undefined = undefined as Gateway | undefined;
  let server: HttpServer | undefined = undefined as HttpServer | undefined;
  const functions = await lambdaFunctions({
    assembly: assembly.current,
    awsEndpoint: () => gateway?.url ?? '',
    jwksUrl: () => `http://127.0.0.1:${server?.port}${JWKS_PATH}`,
    credentials,
    overridesOf: (plugin) => {
      const metadata = assembly.current.plugins.find((candidate) => candidate.plugin === plugin);
      return settingsFor(base.settings, metadata?.envPrefix);
    },
    deployment: openDeployment(options.stateDir),
    clockOffsetMs: () => base.clock.offsetMs(),
    tmpRoot: join(options.stateDir, 'tmp'),
    invocations,
    faults,
    guard: base.guard,
    terminal: options.terminal,
    verbose: options.verbose,
  });
  stack.defer(() => functions.stop());
  gateway = await startGateway({
    assembly,
    functions: () => functions,
    engine: base.engine,
    state: base.state,
    terminal: options.terminal,
    credentials: () => credentials.list(),
    onDenied: (denial) => {
      invocations.denied(denial);
      const { functionName, action, resource, hint } = denial;
      options.terminal.warn(`denied ${functionName}: ${action} on ${resource}${hint && `; ${hint}`}`);
    },
  });
  stack.defer(async () => gateway?.close());
  step('AWS endpoint', `${assembly.current.roles.length} roles enforced`);
  const scheduler = createScheduler({
    assembly,
    store: base.state.schedules,
    clock: base.clock,
    functions,
    terminal: options.terminal,
  });
  stack.defer(() => scheduler.stop());
  const { engine, clock } = base;
  const time = createTimeTravel({ assembly, engine, clock, scheduler, renew: () => functions.renew() });
  server = await startApi(base, functions, { invocations, faults, time });
  return { functions, gateway, server, scheduler };
}

async function startApi(
  base: Base,
  functions: LambdaFunctions,
  books: Pick<DevOptions, 'invocations' | 'faults' | 'time'>,
): Promise<HttpServer> {
  const { options, stack, assembly, state, step } = base;
  const issuer = await base.issuer;
  const allScopes = () => scopesOf(assembly.current);
  const authorize = createAuthorizer({ issuer, strict: options.strict, allScopes });
  const front = createFront({ assembly, functions, authorize });
  const dev = createDevFront({ assembly, bus: state.bus, ...books, issuer, allScopes });
  const server = await startHttpServer(options.port, (request, path, query) =>
    (dev(path) ?? front)(request, path, query),
  );
  stack.defer(() => server.close());
  step(
    'API',
    `${assembly.current.routes.length} routes, ${assembly.current.functionUrls.length} function URLs`,
  );
  return server;
}
