import { platformProblem } from '#runtime/contract/errors.ts';
import { REGISTRY_CACHE_MS, type LoadState } from '#runtime/lifecycle/registry-state.ts';
import { errorLine, type Directory } from '../data.ts';
import { dependenciesOf, dependentsOf } from './dependencies.ts';
import { transitionProblem } from './errors.ts';
import type { QueueMappings } from './mappings.ts';
import type { RegistryStore } from './registry-store.ts';

export interface TransitionRequest {
  readonly name: string;
  readonly to: LoadState;
  /** Take dependents down with it, or dependencies up before it. */
  readonly cascade: boolean;
  readonly by: string;
}

export interface TransitionResult {
  readonly name: string;
  readonly status: LoadState;
  readonly changed: boolean;
  /** Other plugins that were moved because of `cascade`. */
  readonly cascaded: readonly string[];
}

export interface TransitionServices {
  readonly directory: Directory;
  readonly registry: RegistryStore;
  readonly mappings: QueueMappings;
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Above the cache's age, for the time that a read of the registry is under way. */
const MARGIN_MS = 50;

/** How often a transition may be overtaken before it gives up. */
const MAX_ROUNDS = 5;

/** Moves a plugin, and with `cascade` those around it; answers when the new state is in force on every way in. */
export async function transition(
  { name, to, cascade, by }: TransitionRequest,
  services: TransitionServices,
): Promise<TransitionResult> {
  const { directory, registry, now, sleep } = services;
  refuseUnknown(directory, name);
  const others = await othersToMove(services, name, to);
  if (others.length > 0 && !cascade) {
    throw transitionProblem(to === 'loaded' ? 'dependency-not-loaded' : 'dependents-loaded', {
      detail: `Move them first, or ask with "cascade": true: ${others.join(', ')}.`,
      extensions: {
        reasons: others.map((other) => `"${other}" is ${to === 'loaded' ? 'unloaded' : 'loaded'}`),
      },
    });
  }
  const changed: string[] = [];
  let inForceAt = 0;
  for (const plugin of [...others, name]) {
    const result = await registry.transition(plugin, to, by);
    if (result.changed) changed.push(plugin);
    await setQueues(services, plugin);
    inForceAt = Math.max(inForceAt, (result.updatedAt?.getTime() ?? 0) + REGISTRY_CACHE_MS + MARGIN_MS);
  }
  const waitMs = Math.min(inForceAt - now().getTime(), REGISTRY_CACHE_MS + MARGIN_MS);
  if (waitMs > 0) await sleep(waitMs);
  return {
    name,
    status: to,
    changed: changed.includes(name),
    cascaded: changed.filter((plugin) => plugin !== name),
  };
}

function refuseUnknown({ plugins, broken }: Directory, name: string): void {
  const errors = broken.find((plugin) => plugin.name === name)?.errors;
  if (errors) throw transitionProblem('plugin-broken', { extensions: { reasons: errors.map(errorLine) } });
  if (!plugins.some((plugin) => plugin.name === name)) {
    throw platformProblem('not-found', { detail: `There is no plugin "${name}".` });
  }
}

/** Plugins that are on the wrong side, in the order in which they have to move. */
async function othersToMove({ directory, registry }: TransitionServices, name: string, to: LoadState) {
  const related = to === 'loaded' ? dependenciesOf(directory, name) : dependentsOf(directory, name);
  const missing = related.filter((other) => !directory.plugins.some((plugin) => plugin.name === other));
  if (missing.length > 0) {
    throw transitionProblem('dependency-not-loaded', {
      extensions: { reasons: missing.map((other) => `"${other}" is not deployed`) },
    });
  }
  const states = await Promise.all(related.map((other) => registry.read(other)));
  return related.filter((_, index) => states[index]?.state !== to);
}

/**
 * Brings the queues to where the registry says, also when nothing changed: an earlier transition may have stopped
 * between the two, and a later one may overtake this one there. Whoever is last looks again, so that they agree.
 */
export async function setQueues(
  { directory, mappings, registry }: Pick<TransitionServices, 'directory' | 'mappings' | 'registry'>,
  plugin: string,
): Promise<void> {
  const functions = directory.plugins.find(({ name }) => name === plugin)?.subscriptionFunctions ?? [];
  if (functions.length === 0) return;
  let { state } = await registry.read(plugin);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    await mappings.set(plugin, functions, state === 'loaded');
    const now = await registry.read(plugin);
    if (now.state === state) return;
    ({ state } = now);
  }
  throw transitionProblem('transition-conflict');
}
