import { join } from 'node:path';
import { count } from '#infra/process/count.ts';
import { type LocalIssuer, openIssuer } from '../api-gateway/local-issuer.ts';
import { startEngine } from '../engine/start.ts';
import type { Engine } from '../engine/types.ts';
import { requireFreePort } from '../http/server.ts';
import { type ProcessGuard, startGuard } from '../lambda/guard.ts';
import { type Clock, openClock } from '../schedules/clock.ts';
import { openState } from '../state/open.ts';
import { prepareStateDir } from '../state/state-dir.ts';
import type { State } from '../state/types.ts';
import type { RunningSandbox } from '../sandboxes/start.ts';
import type { AssemblyRef } from '../types.ts';
import { readSettings } from './settings.ts';
import { createSteps, type Steps } from './steps.ts';
import { provision, synthesize } from './synthesize.ts';
import type { RunnerTerminal } from './terminal.ts';

/** The options of `npm start`. */
export interface RunnerOptions {
  readonly rootDir: string;
  readonly stateDir: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly sandboxPorts: ReadonlyMap<string, number>;
  readonly reset: boolean;
  readonly strict: boolean;
  readonly watch: boolean;
  readonly verbose: boolean;
  /** Without a line for each call. */
  readonly quiet: boolean;
  readonly terminal: RunnerTerminal;
}

/** What every other part of the runner needs. */
export interface RunnerContext {
  readonly options: RunnerOptions;
  /** Ends what was started, in the opposite order. */
  readonly stack: AsyncDisposableStack;
  readonly state: State;
  readonly clock: Clock;
  readonly guard: ProcessGuard;
  readonly engine: Engine;
  readonly assembly: AssemblyRef;
  /** Those that have started. */
  readonly sandboxes: RunningSandbox[];
  /** Making the keys of a new state folder takes a while, which the synth covers. */
  readonly issuer: Promise<LocalIssuer>;
  /** Whether the synth printed warnings, so that plugins may be missing. */
  readonly incomplete: boolean;
  /** When the synth began, epoch milliseconds: files changed later are not in the assembly. */
  readonly synthesizedAtMs: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly steps: Steps;
}

export const outDirOf = ({ stateDir }: RunnerOptions): string => join(stateDir, 'cdk.out');

/** State, synth and engine; the last two side by side, since they take the most time. */
export async function openContext(
  options: RunnerOptions,
  stack: AsyncDisposableStack,
): Promise<RunnerContext> {
  const { stateDir, rootDir, terminal } = options;
  const steps = createSteps(terminal);
  const settings = readSettings(rootDir, process.env);
  const state = openState(stateDir);
  stack.defer(() => state.close());
  await requireFreePort(options.port);
  prepareStateDir(stateDir);
  const guard = startGuard();
  stack.defer(() => guard.close());

  const issuer = openIssuer(stateDir);
  // A failure is handled where `issuer` is awaited.
  issuer.catch(() => {});
  const abort = new AbortController();
  stack.defer(() => abort.abort());
  const engineStarts = startEngine({
    stateDir,
    terminal,
    endpoint: settings['DYNAMODB_ENDPOINT'],
    progress: (detail) => steps.begin('database', detail),
    signal: abort.signal,
  }).then((engine) => {
    stack.defer(() => engine.stop());
    return engine;
  });
  steps.begin('synth', 'building the plugins; the first time takes longest');
  const synthesizedAtMs = Date.now();
  const [synthesized, started] = await Promise.allSettled([
    synthesize(rootDir, outDirOf(options), abort.signal),
    engineStarts,
  ]);
  if (synthesized.status === 'rejected') throw synthesized.reason;
  if (started.status === 'rejected') throw started.reason;

  const { assembly, warnings } = synthesized.value;
  for (const warning of warnings) terminal.warn(warning);
  steps.end('synth', `${assembly.plugins.length} plugins, ${assembly.functions.length} functions`);
  await provision(assembly, started.value, state);
  steps.end('database', `${count(assembly.tables.length, 'table')} in ${started.value.name}`);
  return {
    options,
    stack,
    state,
    clock: openClock(state.clock),
    guard,
    engine: started.value,
    assembly: { current: assembly },
    sandboxes: [],
    issuer,
    incomplete: warnings.length > 0,
    synthesizedAtMs,
    settings,
    steps,
  };
}
