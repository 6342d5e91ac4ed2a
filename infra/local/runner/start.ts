import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTtlSweep } from '../engine/ttl.ts';
import { type Pollers, startPollers } from '../pollers/start.ts';
import { type BuilderEvent, startBuilder } from '../reload/builder.ts';
import { createBuildKeeper } from '../reload/builds.ts';
import { createReloader } from '../reload/reloader.ts';
import { injectSandboxes, sandboxKey } from '../sandboxes/inject.ts';
import { planSandboxes } from '../sandboxes/plan.ts';
import { openSandboxSecrets } from '../sandboxes/secrets.ts';
import { type RunningSandbox, startSandbox } from '../sandboxes/start.ts';
import { announce } from '../state/state-dir.ts';
import { type Base, openBase, outDirOf, type RunnerOptions } from './base.ts';
import { createCustomResources, type CustomResources } from './custom-resources.ts';
import { greet } from './greeting.ts';
import { type Services, startServices } from './services.ts';
import { provision, synthesize } from './synthesize.ts';

/**
 * Starts the whole system. Everything that has to end again is put on `stack`, also when the start fails halfway.
 * @throws StartupError or AssemblyError, whose message is for the developer
 */
export async function startRunner(options: RunnerOptions, stack: AsyncDisposableStack): Promise<void> {
  const { terminal, stateDir } = options;
  const base = await openBase(options, stack);
  const sandboxesStart = await prepareSandboxes(base);
  const services = await startServices(base);
  const apiOrigin = `http://127.0.0.1:${services.server.port}`;
  const [sandboxes] = await Promise.all([
    sandboxesStart(apiOrigin),
    firstAnswer(`${apiOrigin}/plugins`, base),
  ]);
  const { state, engine, assembly, clock, step } = base;
  // Before the first message is taken: queues of unloaded plugins stand still.
  const customResources = createCustomResources(services.functions, terminal);
  await customResources.apply(assembly.current);
  const pollers = await startPollers({
    assembly: assembly.current,
    state,
    engine,
    functions: services.functions,
    terminal,
  });
  stack.defer(() => pollers.stop());
  const sweep = startTtlSweep({ assembly, engine, terminal, nowMs: () => clock.nowMs() });
  stack.defer(() => sweep.stop());
  const { rules, mappings, schedules } = assembly.current;
  step('events', `${rules.length} rules, ${mappings.length} event sources`);
  services.scheduler.start();
  if (schedules.length > 0)
    step('schedules', `${schedules.length}, at ${new Date(clock.nowMs()).toISOString()}`);
  if (options.watch) watchFiles(base, services, pollers, customResources);

  const origin = `http://localhost:${services.server.port}`;
  greet(terminal, {
    origin,
    sandboxes,
    awsEndpoint: services.awsEndpoint.url,
    stateDir,
    strict: options.strict,
  });
  const withdraw = announce(stateDir, {
    url: apiOrigin,
    gateway: services.awsEndpoint.url,
    sandboxes: Object.fromEntries(sandboxes.map(({ name, url }) => [name, url])),
    pid: process.pid,
    startedAt: new Date().toISOString(),
  });
  stack.defer(withdraw);
  terminal.info(`ready in ${(performance.now() / 1000).toFixed(1)} s`);
}

/** Settles ports and secrets before anything reads them. @returns starts the sandboxes */
async function prepareSandboxes(
  base: Base,
): Promise<(apiOrigin: string) => Promise<readonly RunningSandbox[]>> {
  const { options, stack, assembly, state, guard, step } = base;
  const { terminal, rootDir, stateDir, verbose } = options;
  const plan = await planSandboxes(assembly.current, options.sandboxPorts, base.settings, base.incomplete);
  for (const name of plan.unknown)
    terminal.warn(`--sandbox-port ${name}: no such sandbox, its plugin may be left out`);
  const configs = injectSandboxes(assembly.current, plan, openSandboxSecrets(stateDir), state);
  for (const { sandbox, setting } of plan.replaced) {
    terminal.info(`  ${setting} is set: the real provider is used, not the ${sandbox.name} sandbox`);
  }
  return (webhookOrigin) =>
    Promise.all(
      plan.started.map(async (planned) => {
        const config = configs.get(sandboxKey(planned.plugin, planned.sandbox.name)) ?? {};
        const shared = { webhookOrigin, rootDir, stateDir, guard, terminal, verbose };
        const running = await startSandbox({ planned, config, ...shared });
        stack.defer(() => running.stop());
        step('sandbox', `${running.name} on port ${planned.port}`);
        return running;
      }),
    );
}

/** Asks once for the list of plugins, which also warms what a newcomer calls first. */
async function firstAnswer(url: string, { step, options }: Base): Promise<void> {
  // A system without a function behind the list is odd but runs.
  const answer = await fetch(url, { signal: AbortSignal.timeout(30_000) }).catch(() => undefined);
  await answer?.body?.cancel();
  if (answer?.ok) step('first 200', `${(performance.now() / 1000).toFixed(1)} s after the start`);
  else if (answer?.status !== 401)
    options.terminal.warn(`GET ${url} answered ${answer?.status ?? 'nothing'}`);
}

function watchFiles(
  base: Base,
  { functions, scheduler }: Services,
  pollers: Pollers,
  customResources: CustomResources,
): void {
  const { options, stack, assembly, engine, state } = base;
  const { terminal, rootDir } = options;
  const abort = new AbortController();
  stack.defer(() => abort.abort());

  const known = new Set(
    assembly.current.plugins.flatMap((plugin) =>
      plugin.sandboxes.map(({ name }) => sandboxKey(plugin, name)),
    ),
  );

  /** What the terminal shows already: the builder tells of an error before the synth does. */
  const told = new Set<string>();
  const onEvent = (event: BuilderEvent) => {
    if (event.event === 'error') event.message.split(/\n\s*\n/).forEach((part) => told.add(part));
    void reload(event);
  };

  const resynth = async () => {
    const synthesized = await synthesize(rootDir, outDirOf(options), abort.signal);
    for (const complaint of synthesized.complaints) if (!told.has(complaint)) terminal.warn(complaint);
    told.clear();
    synthesized.complaints.forEach((complaint) => told.add(complaint));
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
  const builds = createBuildKeeper(join(options.stateDir, 'tmp', 'builds'));
  const reload = createReloader({ assembly, functions, builds, terminal, resynth });
  stack.defer(startBuilder(rootDir, base.synthesizedAtMs, terminal, onEvent));
  base.step('watch', 'plugins, functions, events, infra');
}

/** Ends everything that was started, within a time that a developer waits for. */
export async function stopRunner(stack: AsyncDisposableStack, withinMs = 8_000): Promise<void> {
  await Promise.race([stack.disposeAsync().catch(() => {}), sleep(withinMs, undefined, { ref: false })]);
}
