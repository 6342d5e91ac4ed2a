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
  /** It serves. */
  done(): void;
}

/** A build that serves while the builder still checks it. */
interface Unchecked {
  readonly dir: string;
  readonly copy: string;
  /** Puts the last checked code in force again. */
  readonly revert: () => void;
}

export function createServedCode(options: ServedCodeOptions): ServedCode {
  const { builds, terminal } = options;
  const { load, discard, pendingFor } = createLoading(options);
  const unchecked = new Map<string, Unchecked>();
  /** The last build of a plugin that did not load. */
  const unloadable = new Map<string, string>();

  const serve = async (plugin: string, dir: string, compiledInMs: number): Promise<void> => {
    const build = pendingFor(plugin, dir);
    if (build === undefined) return;
    const code = await build.loaded.catch((error: unknown) => {
      unloadable.set(plugin, dir);
      discard(plugin);
      throw error;
    });
    const revert = code.commit();
    build.done();
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

  /** The build serves no more, or as one that was checked; it may still be at work. */
  const forget = (plugin: string, { copy }: Unchecked): void => {
    unchecked.delete(plugin);
    builds.withdraw(plugin, copy);
  };

  const refuse = (plugin: string, dir: string | undefined, message: string): void => {
    discard(plugin);
    const build = unchecked.get(plugin);
    if (build === undefined || build.dir !== dir)
      return terminal.error(`${plugin} was not reloaded, the last good one stays\n${message}`);
    build.revert();
    forget(plugin, build);
    terminal.error(`${plugin} has errors, the last good one serves again\n${message}`);
  };

  const replaced = (kept: readonly string[]): void => {
    for (const [plugin, build] of unchecked) {
      if (kept.includes(plugin)) build.revert();
      forget(plugin, build);
    }
  };

  return { load, serve, accept, refuse, replaced };
}

/** The builds that are being loaded, one of each plugin. */
function createLoading({ assembly, functions, builds }: ServedCodeOptions) {
  const pending = new Map<string, Pending>();

  const load = (plugin: string, dir: string): void => {
    discard(plugin);
    const names = functionsIn(dir, plugin, assembly);
    if (names.length === 0) return;
    const sinceMs = performance.now();
    const copy = builds.take(plugin, dir);
    const loaded = functions.prepare(names, copy);
    // A failure is reported where the build is to serve.
    loaded.catch(() => {});
    pending.set(plugin, { dir, copy, loaded, sinceMs, done: () => void pending.delete(plugin) });
  };

  const discard = (plugin: string): void => {
    const dropped = pending.get(plugin);
    if (dropped === undefined) return;
    pending.delete(plugin);
    const reject = () => builds.reject(dropped.copy);
    void dropped.loaded.then((code) => (code.discard(), reject()), reject);
  };

  /** The build in this folder, which is loaded now if it is not already; undefined where it has no function's code. */
  const pendingFor = (plugin: string, dir: string): Pending | undefined => {
    if (pending.get(plugin)?.dir !== dir) load(plugin, dir);
    return pending.get(plugin);
  };

  return { load, discard, pendingFor };
}

/** A plugin's functions whose handler is in the bundle; its relay is code of the platform and is not. */
function functionsIn(dir: string, plugin: string, assembly: AssemblyRef): readonly string[] {
  return assembly.current.functions
    .filter((candidate) => candidate.plugin === plugin)
    .filter(({ handler }) => existsSync(join(dir, `${handler.slice(0, handler.lastIndexOf('.'))}.mjs`)))
    .map(({ name }) => name);
}
