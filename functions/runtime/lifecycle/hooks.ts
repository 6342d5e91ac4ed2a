import type { Users } from './lease.ts';
import { bounded } from './plugin-load-error.ts';

/** Services that get `onLoad`, and later `onUnload`. */
export interface Loadable<S> {
  readonly services: S;
  readonly users: Users;
  isLoaded: boolean;
}

interface HookOptions {
  readonly limit: (step: string, timeoutMs?: number) => Parameters<typeof bounded>[1];
  readonly unloadFailed: (error: unknown) => void;
}

interface RetireLimits {
  readonly drainMs: number;
  /** That of every step when left out. */
  readonly timeoutMs?: number | undefined;
}

interface Definition<S> {
  onLoad?(services: S): void | Promise<void>;
  onUnload?(services: S): void | Promise<void>;
}

/** Calls `onLoad` and `onUnload` in pairs: an instance is unloaded once, and only if it was loaded. */
export function createHooks<S>(definition: Definition<S>, { limit, unloadFailed }: HookOptions) {
  const retiring = new Set<Loadable<S>>();

  async function load(instance: Loadable<S>): Promise<void> {
    const loading = (async () => definition.onLoad?.(instance.services))();
    try {
      await bounded(loading, limit('onLoad'));
      instance.isLoaded = true;
    } catch (error) {
      // An `onLoad` that only timed out may still finish, and then has to be undone.
      loading.then(() => unload(instance)).catch(() => {});
      throw error;
    }
  }

  async function unload({ services }: Loadable<S>, timeoutMs?: number): Promise<void> {
    try {
      await bounded((async () => definition.onUnload?.(services))(), limit('onUnload', timeoutMs));
    } catch (error) {
      unloadFailed(error);
    }
  }

  async function retire(instance: Loadable<S>, { drainMs, timeoutMs }: RetireLimits): Promise<void> {
    retiring.add(instance);
    await instance.users.drained(drainMs);
    retiring.delete(instance);
    if (!instance.isLoaded) return;
    instance.isLoaded = false;
    await unload(instance, timeoutMs);
  }

  return {
    /** @throws PluginLoadError when `onLoad` hangs, or what it throws */
    load,
    /** Waits until no invocation uses the services, no longer than `drainMs`, and unloads them. */
    retire,
    /** Instances that are being retired. */
    retiring: retiring as Iterable<Loadable<S>>,
  };
}
