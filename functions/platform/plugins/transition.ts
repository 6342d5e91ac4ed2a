import { REGISTRY_CACHE_MS, isServing } from '#runtime/lifecycle/registry-state.ts';
import { errorLine, unknownPlugin, type Directory, type DirectoryPlugin } from '../data.ts';
import type { Actor } from '../registry/audit.ts';
import { dependenciesOf, dependentsOf } from './dependencies.ts';
import { transitionProblem } from './errors.ts';
import {
  type MoveServices,
  type Moving,
  type Target,
  beginMove,
  finishMove,
  revertMove,
  syncMappings,
} from './move.ts';

interface TransitionRequest {
  readonly name: string;
  readonly to: Target;
  /** Unload its dependents first, or load its dependencies first. */
  readonly cascade: boolean;
  readonly actor: Actor;
}

interface TransitionResult {
  readonly name: string;
  readonly status: Target;
  readonly changed: boolean;
  /** Other plugins that were loaded or unloaded because of `cascade`. */
  readonly cascaded: readonly string[];
}

export interface TransitionServices extends MoveServices {
  /** Starts a plugin in one environment. @returns why it does not start; undefined when it does */
  readonly startFailure: (plugin: DirectoryPlugin) => Promise<string | undefined>;
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Above the cache's age, for the time that a read of the registry is under way. */
const MARGIN_MS = 50;

/**
 * Loads or unloads a plugin, with `cascade` also those around it; returns when every environment has the new state. All
 * of them become `loading` or `unloading` first, so that the wait until that is in force is one for all; what an earlier
 * call has left in between is taken to its end.
 */
export async function transition(
  { name, to, cascade, actor }: TransitionRequest,
  services: TransitionServices,
): Promise<TransitionResult> {
  refuseUnknown(services.directory, name);
  const others = await othersToMove(services, name, to);
  if (others.length > 0 && !cascade) throw othersFirst(to, others);
  const moving: Moving[] = [];
  for (const plugin of [...others, name]) {
    const begun = await beginMove(services, plugin, to, actor);
    if (begun) moving.push(begun);
    // Queues stop before their messages are refused. Where nothing is to do, somebody else may have switched one.
    if (!begun || to === 'unloaded') await syncMappings(services, plugin);
  }
  await untilInForce(moving, services);
  const changed = await finishAll(moving, to, actor, services);
  return {
    name,
    status: to,
    changed: changed.includes(name),
    cascaded: changed.filter((plugin) => plugin !== name),
  };
}

function refuseUnknown({ plugins, broken }: Directory, name: string): void {
  // A plugin that is deployed keeps its name, also when a broken one claims it.
  if (plugins.some((plugin) => plugin.name === name)) return;
  const errors = broken.find((plugin) => plugin.name === name)?.errors;
  if (errors) throw transitionProblem('plugin-broken', { extensions: { reasons: errors.map(errorLine) } });
  throw unknownPlugin(name);
}

const othersFirst = (to: Target, others: readonly string[]) =>
  transitionProblem(to === 'loaded' ? 'dependency-not-loaded' : 'dependents-loaded', {
    detail: `Move them first, or ask with "cascade": true: ${others.join(', ')}.`,
    extensions: {
      reasons: others.map((other) => `"${other}" is ${to === 'loaded' ? 'unloaded' : 'loaded'}`),
    },
  });

/** The dependencies to load, or dependents to unload, first; in the order in which that has to happen. */
async function othersToMove({ directory, registry }: TransitionServices, name: string, to: Target) {
  const related = to === 'loaded' ? dependenciesOf(directory, name) : dependentsOf(directory, name);
  const missing = related.filter((other) => !directory.plugins.some((plugin) => plugin.name === other));
  if (missing.length > 0) {
    throw transitionProblem('dependency-not-loaded', {
      extensions: { reasons: missing.map((other) => `"${other}" is not deployed`) },
    });
  }
  const states = await Promise.all(related.map((other) => registry.read(other)));
  return related.filter((_, index) => {
    const state = states[index]?.state ?? 'loaded';
    return to === 'loaded' ? state !== 'loaded' : isServing(state) || state === 'unloading';
  });
}

async function untilInForce(moving: readonly Moving[], { now, sleep }: TransitionServices): Promise<void> {
  const since = Math.max(...moving.map(({ entry }) => entry.updatedAt?.getTime() ?? 0));
  const waitMs = Math.min(
    since + REGISTRY_CACHE_MS + MARGIN_MS - now().getTime(),
    REGISTRY_CACHE_MS + MARGIN_MS,
  );
  if (waitMs > 0) await sleep(waitMs);
}

/**
 * Takes the plugins to their new state in order; those after one that does not start get their old state back.
 * @returns those that this call has changed
 */
async function finishAll(
  moving: readonly Moving[],
  to: Target,
  actor: Actor,
  services: TransitionServices,
): Promise<readonly string[]> {
  const changed: string[] = [];
  const failures = await Promise.all(
    moving.map(async ({ plugin }) => (to === 'loaded' ? startFailureOf(services, plugin) : undefined)),
  );
  for (const [index, move] of moving.entries()) {
    const reason = failures[index];
    if (await finishMove(services, move, actor, reason)) changed.push(move.plugin);
    if (reason === undefined) continue;
    for (const later of moving.slice(index + 1)) await revertMove(services, later, actor);
    throw transitionProblem('load-failed', {
      detail: `The plugin "${move.plugin}" does not start.`,
      extensions: { reasons: [`"${move.plugin}": ${reason}`] },
    });
  }
  return changed;
}

async function startFailureOf({ directory, startFailure }: TransitionServices, name: string) {
  const plugin = directory.plugins.find((candidate) => candidate.name === name);
  return plugin && startFailure(plugin);
}
