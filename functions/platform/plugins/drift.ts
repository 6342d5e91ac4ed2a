import { isServing } from '#runtime/lifecycle/registry-state.ts';
import type { Directory } from '../data.ts';
import type { RegistryStore } from '../registry/registry-store.ts';
import type { QueueMappings } from './mappings.ts';

/** One difference between what the registry says and what is deployed. */
export interface Drift {
  readonly plugin: string;
  /**
   * `queue-state`: event source mappings are not switched as the state of the plugin demands. `unfinished-transition`:
   * the call that loads or unloads it has died. `not-deployed`: the registry has a plugin that this deployment has not.
   */
  readonly kind: 'queue-state' | 'unfinished-transition' | 'not-deployed';
  readonly detail: string;
  /** What brings the two together again; nothing has to be done about a plugin that was taken away on purpose. */
  readonly fix?: string;
}

export interface DriftOptions {
  readonly directory: () => Directory;
  readonly registry: Pick<RegistryStore, 'read' | 'names'>;
  readonly mappings: Pick<QueueMappings, 'differing'>;
  readonly now: () => Date;
}

/** A call that loads or unloads ends within API Gateway's 30 seconds. */
const TRANSITION_MAX_MS = 30_000;

/** Compares the registry with the deployment, plugin by plugin. */
export function createDriftReport({
  directory,
  registry,
  mappings,
  now,
}: DriftOptions): () => Promise<readonly Drift[]> {
  async function driftOf({
    name: plugin,
    subscriptionFunctions,
  }: Directory['plugins'][number]): Promise<readonly Drift[]> {
    const { state, updatedAt } = await registry.read(plugin);
    const fix = `POST /plugins/${isServing(state) ? 'load' : 'unload'} {"name":"${plugin}"}`;
    const isMoving = state === 'loading' || state === 'unloading';
    const sinceMs = now().getTime() - (updatedAt?.getTime() ?? 0);
    if (isMoving && sinceMs <= TRANSITION_MAX_MS) return [];
    const differing = await mappings.differing(plugin, subscriptionFunctions, isServing(state));
    const should = isServing(state) ? 'enabled' : 'disabled';
    return [
      ...(isMoving
        ? [
            {
              plugin,
              kind: 'unfinished-transition',
              detail: `It is ${state} since ${updatedAt?.toISOString()}.`,
              fix,
            } as const,
          ]
        : []),
      ...(differing.length > 0
        ? [
            {
              plugin,
              kind: 'queue-state',
              detail: `It is ${state}, but not every event source mapping of ${differing.join(', ')} is ${should}.`,
              fix,
            } as const,
          ]
        : []),
    ];
  }

  return async () => {
    const { plugins, broken } = directory();
    const known = new Set([...plugins, ...broken].map(({ name }) => name));
    const [found, names] = await Promise.all([Promise.all(plugins.map(driftOf)), registry.names()]);
    const removed = names
      .filter((name) => !known.has(name))
      .map((plugin) => ({
        plugin,
        kind: 'not-deployed' as const,
        detail: 'The registry has its state and its audit, but it is not part of this deployment.',
      }));
    return [...found.flat(), ...removed].sort((a, b) => (a.plugin < b.plugin ? -1 : 1));
  };
}
