import { isAbsolute, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { count } from '#infra/process/count.ts';
import { startTtlSweep } from '../engine/ttl.ts';
import { type Pollers, startPollers } from '../pollers/start.ts';
import { createBuildStore } from '../reload/build-store.ts';
import type { WatchEvent } from '#infra/process/watch-event.ts';
import { startBuilder } from '../reload/builder.ts';
import { createReloader } from '../reload/reloader.ts';
import { injectSandboxes, sandboxKey } from '../sandboxes/inject.ts';
import { planSandboxes } from '../sandboxes/plan.ts';
import { openSandboxSecrets } from '../sandboxes/secrets.ts';
import { type RunningSandbox, startSandbox } from '../sandboxes/start.ts';
import { removeLeftovers, resetState, writeRuntime } from '../state/state-dir.ts';
import { type RunnerContext, openContext, outDirOf, type RunnerOptions } from './context.ts';
import { createCustomResources, type CustomResources } from './custom-resources.ts';
import { printGreeting } from './greeting.ts';
import { type Services, startServices } from './services.ts';
import { provision, synthesize } from './synthesize.ts';

/**
 * Starts the whole system. Everything that has to end again is put on `stack`, also when the start fails halfway: what
 * a reset would forget is still there then.
 * @throws StartupError or AssemblyError, whose message is for the developer
 */
export async function startRunner(options: RunnerOptions, stack: AsyncDisposableStack): Promise<void> {
  let hasStarted = false;
  if (options.reset) {
    const restore = resetState(options.stateDir);
    stack.defer(() => void (hasStarted || restore()));
  }
  await startSystem(options, stack);
  hasStarted = true;
  // What it cannot remove is tried again by the next start.
  removeLeftovers(options.stateDir).catch(() => {});
}

async function startSystem(options: RunnerOptions, stack: AsyncDisposableStack): Promise<void> {
  const { terminal, stateDir } = options;
  const context = await openContext(options, stack);
  const sandboxesStart = await prepareSandboxes(context);
  const services = await startServices(context);
  const apiOrigin = `http://127.0.0.1:${services.server.port}`;
  const [sandboxes] = await Promise.all([
    sandboxesStart(apiOrigin),
    firstAnswer(`${apiOrigin}/plugins`, context),
  ]);
  const { state, engine, assembly, clock, steps } = context;
  if (sandboxes.length > 0) steps.end('sandboxes', sandboxes.map(({ name }) => name).join(', '));
  // Before the pollers start: the queues of unloaded plugins must not be polled.
  const customResources = createCustomResources(services.functions, terminal);
  await customResources.apply(assembly.current);
  const pollers = await startPollers({
    assembly: assembly.current,
    state,
    engine,
    functions: services.functions,
    awsMetrics: services.awsMetrics,
    terminal,
  });
  services.alarms.start();
  stack.defer(() => pollers.stop());
  services.onRolesChanged((changed) => {
    pollers.apply(changed).catch((error: unknown) => terminal.error(`pollers: ${String(error)}`));
  });
  const sweep = startTtlSweep({ assembly, engine, terminal, nowMs: () => clock.nowMs() });
  stack.defer(() => sweep.stop());
  const { rules, mappings, schedules } = assembly.current;
  services.scheduler.start();
  steps.end(
    'events',
    `${rules.length} rules, ${mappings.length} event sources, ${count(schedules.length, 'schedule')}`,
  );
  if (options.watch) watchFiles(context, services, pollers, customResources);

  const origin = `http://localhost:${services.server.port}`;
  printGreeting(terminal, {
    origin,
    sandboxes,
    stateDir: shortPath(stateDir, options.rootDir),
    strict: options.strict,
    hasConsole: assembly.current.routes.some(({ key }) => key === 'GET /console'),
  });
  const removeRuntime = writeRuntime(stateDir, {
    url: apiOrigin,
    gateway: services.awsEndpoint.url,
    sandboxes: Object.fromEntries(sandboxes.map(({ name, url }) => [name, url])),
    pid: process.pid,
    startedAt: new Date().toISOString(),
  });
  stack.defer(removeRuntime);
  if (!options.quiet) services.requestLog.begin();
  terminal.parts(
    ['bold', `ready in ${(performance.now() / 1000).toFixed(1)} s`],
    ['dim', ', Ctrl-C stops it'],
  );
}

/** As a person writes it: below the project, from there. */
function shortPath(path: string, rootDir: string): string {
  const within = relative(rootDir, path);
  return within === '' || within.startsWith('..') || isAbsolute(within) ? path : within;
}

/** Settles ports and secrets before anything reads them. @returns starts the sandboxes */
async function prepareSandboxes(
  context: RunnerContext,
): Promise<(apiOrigin: string) => Promise<readonly RunningSandbox[]>> {
  const { options, stack, assembly, state, guard, steps } = context;
  const { terminal, rootDir, stateDir, verbose } = options;
  const plan = await planSandboxes(
    assembly.current,
    options.sandboxPorts,
    context.settings,
    context.incomplete,
  );
  for (const name of plan.unknown)
    terminal.warn(`--sandbox-port ${name}: no such sandbox, its plugin may be left out`);
  const configs = injectSandboxes(assembly.current, plan, openSandboxSecrets(stateDir), state);
  for (const { sandbox, setting } of plan.replaced) {
    terminal.info(`  ${setting} is set: the real provider is used, not the ${sandbox.name} sandbox`);
  }
  if (plan.started.length > 0) steps.begin('sandboxes', 'starting');
  return async (webhookOrigin) => {
    const started = await Promise.all(
      plan.started.map(async (planned) => {
        const config = configs.get(sandboxKey(planned.plugin, planned.sandbox.name)) ?? {};
        const shared = { webhookOrigin, rootDir, stateDir, guard, terminal, verbose };
        const running = await startSandbox({ planned, config, ...shared });
        stack.defer(() => running.stop());
        return running;
      }),
    );
    // In the order of the manifests, whichever was ready first.
    context.sandboxes.push(...started);
    return started;
  };
}

/** Requests the list of plugins once, which also warms the function behind it. */
async function firstAnswer(url: string, { steps, options }: RunnerContext): Promise<void> {
  // A system without this route runs too.
  const answer = await fetch(url, { signal: AbortSignal.timeout(30_000) }).catch(() => undefined);
  await answer?.body?.cancel();
  if (answer?.ok) steps.end('functions', 'the first one answers');
  else if (answer?.status !== 401)
    options.terminal.warn(`GET ${url} answered ${answer?.status ?? 'nothing'}`);
}

function watchFiles(
  context: RunnerContext,
  { functions, scheduler }: Services,
  pollers: Pollers,
  customResources: CustomResources,
): void {
  const { options, stack, assembly, engine, state } = context;
  const { terminal, rootDir } = options;
  const abort = new AbortController();
  stack.defer(() => abort.abort());

  const known = new Set(
    assembly.current.plugins.flatMap((plugin) =>
      plugin.sandboxes.map(({ name }) => sandboxKey(plugin, name)),
    ),
  );

  /** Errors that the builder has printed: the synth reports them again. */
  const printed = new Set<string>();
  const onEvent = (event: WatchEvent) => {
    if (event.event === 'error') event.message.split(/\n\s*\n/).forEach((part) => printed.add(part));
    void reload(event);
  };

  const resynth = async () => {
    const synthesized = await synthesize(rootDir, outDirOf(options), abort.signal);
    for (const warning of synthesized.warnings) if (!printed.has(warning)) terminal.warn(warning);
    printed.clear();
    synthesized.warnings.forEach((warning) => printed.add(warning));
    await provision(synthesized.assembly, engine, state);
    assembly.current = synthesized.assembly;
    functions.apply(synthesized.assembly);
    await customResources.apply(synthesized.assembly);
    await pollers.apply(synthesized.assembly);
    scheduler.apply();
    for (const plugin of synthesized.assembly.plugins) {
      for (const { name } of plugin.sandboxes) {
        if (known.has(sandboxKey(plugin, name))) continue;
        known.add(sandboxKey(plugin, name));
        terminal.warn(`the ${name} sandbox was not there at the start: run npm start again to have it`);
      }
    }
    return synthesized.assembly.plugins.filter(({ lastGood }) => lastGood).map(({ plugin }) => plugin);
  };
  const builds = createBuildStore(join(options.stateDir, 'tmp', 'builds'));
  const reload = createReloader({ assembly, functions, builds, terminal, resynth });
  stack.defer(startBuilder(rootDir, context.synthesizedAtMs, terminal, onEvent));
}

/** Ends everything that was started, within a time that a developer waits for. */
export async function stopRunner(stack: AsyncDisposableStack, withinMs = 8_000): Promise<void> {
  await Promise.race([stack.disposeAsync().catch(() => {}), sleep(withinMs, undefined, { ref: false })]);
}
