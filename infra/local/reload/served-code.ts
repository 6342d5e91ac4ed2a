import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LambdaFunctions, PreparedCode } from '../lambda/functions.ts';
import type { AssemblyRef, Terminal } from '../types.ts';
import type { BuildStore } from './build-store.ts';

/** Whose code is replaced, and where it is reported. */
export interface ServedCodeOptions {
  readonly assembly: AssemblyRef;
  readonly functions: Pick<LambdaFunctions, 'prepare'>;
  readonly builds: BuildStore;
  readonly terminal: Terminal;
}

/** The builds of plugins that are loaded and serve, each by the folder where the builder has put it. */
export interface ServedCode {
  /** Loads a build while it is checked. */
  load(plugin: string, dir: string): void;
  /** Has a build serve that is not checked yet. @throws InitError when it does not load */
  serve(plugin: string, dir: string, compiledInMs: number): Promise<void>;
  /** Has a build serve that was checked, if it does not yet. */
  accept(plugin: string, dir: string, compiledInMs: number): Promise<void>;
  /**
   * Drops a build with errors, for what was checked before. Without a build, the change does not build: what serves goes
   * on, and what of it is not checked yet is so with the next build.
   */
  refuse(plugin: string, dir: string | undefined, message: string): void;
  /** The whole system was synthesized again, but for the plugins that keep what was checked. */
  replaced(kept: readonly string[]): void;
}

/** A build whose code is being loaded. */
interface Pending {
  readonly dir: string;
  readonly copy: string;
  readonly loaded: Promise<PreparedCode>;
  readonly sinceMs: number;
}

/** A build that serves while the builder still checks it. */
interface Unchecked {
  readonly dir: string;
  readonly copy: string;
  /** Puts the last checked code in force again. */
  readonly revert: () => void;
}

export function createServedCode(options: ServedCodeOptions): ServedCode {
  const { assembly, functions, builds, terminal } = options;
  const pending = new Map<string, Pending>();
  const unchecked = new Map<string, Unchecked>();
  /** The last build of a plugin that did not load. */
  const unloadable = new Map<string, string>();

  const load = (plugin: string, dir: string): void => {
    discard(plugin);
    const names = functionsIn(dir, plugin, assembly);
    if (names.length === 0) return;
    const sinceMs = performance.now();
    const copy = builds.take(plugin, dir);
    const loaded = functions.prepare(names, copy);
    // A failure is reported where the build is to serve.
    loaded.catch(() => {});
    pending.set(plugin, { dir, copy, loaded, sinceMs });
  };

  const discard = (plugin: string): void => {
    const dropped = pending.get(plugin);
    if (dropped === undefined) return;
    pending.delete(plugin);
    const reject = () => builds.reject(dropped.copy);
    void dropped.loaded.then((code) => (code.discard(), reject()), reject);
  };

  const serve = async (plugin: string, dir: string, compiledInMs: number): Promise<void> => {
    if (pending.get(plugin)?.dir !== dir) load(plugin, dir);
    const build = pending.get(plugin);
    if (build === undefined) return;
    const code = await build.loaded.catch((error: unknown) => {
      unloadable.set(plugin, dir);
      discard(plugin);
      throw error;
    });
    const revert = code.commit();
    pending.delete(plugin);
    const before = unchecked.get(plugin);
    if (before) builds.withdraw(plugin, before.copy);
    unchecked.set(plugin, { dir, copy: build.copy, revert: before?.revert ?? revert });
    const ms = Math.round(performance.now() - build.sinceMs);
    terminal.info(`reloaded ${plugin} in ${compiledInMs + ms} ms`);
  };

  const accept = async (plugin: string, dir: string, compiledInMs: number): Promise<void> => {
    if (unloadable.get(plugin) === dir) return;
    if (unchecked.get(plugin)?.dir !== dir) await serve(plugin, dir, compiledInMs);
    const build = unchecked.get(plugin);
    if (build === undefined) return;
    unchecked.delete(plugin);
    builds.accept(plugin, build.copy);
  };

  /** Puts what was checked in force again, where something else is. @returns whether it was */
  const restore = (plugin: string): boolean => {
    const build = unchecked.get(plugin);
    if (build === undefined) return false;
    build.revert();
    forget(plugin, build);
    return true;
  };

  const forget = (plugin: string, { copy }: Unchecked): void => {
    unchecked.delete(plugin);
    builds.withdraw(plugin, copy);
  };

  const refuse = (plugin: string, dir: string | undefined, message: string): void => {
    discard(plugin);
    const outcome =
      unchecked.get(plugin)?.dir === dir && restore(plugin)
        ? 'has errors, the last good one serves again'
        : 'was not reloaded, the last good one stays';
    terminal.error(`${plugin} ${outcome}\n${message}`);
  };

  const replaced = (kept: readonly string[]): void => {
    for (const [plugin, build] of [...unchecked]) {
      if (kept.includes(plugin)) restore(plugin);
      else forget(plugin, build);
    }
  };

  return { load, serve, accept, refuse, replaced };
}

/** A plugin's functions whose handler is in the bundle; its relay is code of the platform and is not. */
function functionsIn(dir: string, plugin: string, assembly: AssemblyRef): readonly string[] {
  return assembly.current.functions
    .filter((candidate) => candidate.plugin === plugin)
    .filter(({ handler }) => existsSync(join(dir, `${handler.slice(0, handler.lastIndexOf('.'))}.mjs`)))
    .map(({ name }) => name);
}
