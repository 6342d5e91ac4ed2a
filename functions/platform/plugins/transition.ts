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
  /** Unload its dependents first, or load its dependencies first. */
  readonly cascade: boolean;
  readonly by: string;
}

export interface TransitionResult {
  readonly name: string;
  readonly status: LoadState;
  readonly changed: boolean;
  /** Other plugins that were loaded or unloaded because of `cascade`. */
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

/** Attempts to follow concurrent transitions before this one answers `transition-conflict`. */
const MAX_ROUNDS = 5;

/** Loads or unloads a plugin, with `cascade` also those around it; returns when every environment has the new state. */
export async function transition(
  { name, to, cascade, by }: TransitionRequest,
  services: TransitionServices,
): Promise<TransitionResult> {
  const { directory, registry, now, sleep } = services;
  refuseUnknown(directory, name);
  const others = await othersToChange(services, name, to);
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
    await syncMappings(services, plugin);
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

/** The dependencies to load, or dependents to unload, first; in the order in which that has to happen. */
async function othersToChange({ directory, registry }: TransitionServices, name: string, to: LoadState) {
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
 * Sets a plugin's event source mappings as the registry says, also when its state did not change: an earlier transition
 * may have failed between the two writes. The registry is read again afterwards, because of concurrent transitions.
 */
export async function syncMappings(
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
