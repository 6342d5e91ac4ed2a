import type { DocumentClient } from '../aws/document-types.ts';
import { platformProblem } from '../contract/errors.ts';

/**
 * The states of a plugin in the registry. `registered`: deployed, and never loaded. `loading` and `unloading` stand while
 * a transition is under way; `failed`: it could not be loaded.
 */
const loadStates = ['registered', 'loading', 'loaded', 'unloading', 'unloaded', 'failed'] as const;
export type LoadState = (typeof loadStates)[number];

/** The state of a plugin that has no item: nobody has ever loaded or unloaded it. */
export type InitialState = 'registered' | 'loaded';

/** Whether calls and events reach a plugin in this state. */
export const isServing = (state: LoadState): boolean => state === 'loaded' || state === 'loading';

/** A plugin's item in the registry table, which holds for the whole stage. */
export interface PluginState {
  readonly state: LoadState;
  /** Version of the secret in force; one that this environment does not have makes it read the configuration again. */
  readonly configVersionId: string | undefined;
  /** Fence: each change of the item raises it by one; 0 before the first. */
  readonly version: number;
  /** Time of the last change, ISO 8601; undefined before the first. */
  readonly updatedAt: string | undefined;
  /** Why it is `failed`. */
  readonly reason: string | undefined;
  /** `hash` of the newest entry of the plugin's audit; undefined before the first. */
  readonly auditHash: string | undefined;
}

export interface StateReader {
  /** The state, at most `cacheMs` old. @throws ProblemError `registry-unavailable` when it was never readable */
  read(): PluginState | Promise<PluginState>;
}

interface StateOptions {
  readonly client: () => Pick<DocumentClient, 'get'>;
  readonly table: string;
  readonly plugin: string;
  readonly initial: InitialState;
  readonly cacheMs?: number;
  readonly now?: () => number;
}

/** Most age of a cached state: once it has passed, a transition is in force in every environment. */
export const REGISTRY_CACHE_MS = 1000;

export const stateKey = (plugin: string) => ({ PK: `PLUGIN#${plugin}`, SK: 'STATE' });

/** Reads one plugin's item without a cache; a plugin without an item has its initial state. */
export async function readState(
  client: Pick<DocumentClient, 'get'>,
  table: string,
  { plugin, initial }: { readonly plugin: string; readonly initial: InitialState },
): Promise<PluginState> {
  // Strongly consistent, or the cache's age would not bound how old the answer is.
  const { Item: item } = await client.get({
    TableName: table,
    Key: stateKey(plugin),
    ConsistentRead: true,
  });
  const state = loadStates.find((known) => known === item?.['state']);
  return {
    state: state ?? initial,
    configVersionId: item?.['configVersionId'] as string | undefined,
    version: (item?.['version'] as number | undefined) ?? 0,
    updatedAt: item?.['updatedAt'] as string | undefined,
    reason: item?.['reason'] as string | undefined,
    auditHash: item?.['auditHash'] as string | undefined,
  };
}

/** Caches the state: one read at a time, and the last known state while the table cannot be read. */
export function createStateReader({
  client,
  table,
  plugin,
  initial,
  cacheMs = REGISTRY_CACHE_MS,
  now = Date.now,
}: StateOptions): StateReader {
  let held: { readonly state: PluginState; readonly readAt: number } | undefined;
  let pending: Promise<PluginState> | undefined;

  async function refresh(): Promise<PluginState> {
    // From before the read, because the state may change while the answer is on its way.
    const readAt = now();
    try {
      const state = await readState(client(), table, { plugin, initial });
      held = { state, readAt };
      return state;
    } catch (error) {
      if (held) return held.state;
      throw platformProblem('registry-unavailable', { cause: error });
    }
  }

  return {
    read() {
      if (held && now() - held.readAt < cacheMs) return held.state;
      pending ??= refresh().finally(() => (pending = undefined));
      return pending;
    },
  };
}
