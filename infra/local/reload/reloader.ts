import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LambdaFunctions } from '../lambda/functions.ts';
import type { PreparedSwap } from '../lambda/pool.ts';
import type { AssemblyRef, Terminal } from '../types.ts';
import type { BuildStore } from './build-store.ts';
import type { BuilderEvent } from './builder.ts';

/** What is reloaded, and where it is reported. */
interface ReloaderOptions {
  readonly assembly: AssemblyRef;
  readonly functions: Pick<LambdaFunctions, 'prepare'>;
  readonly builds: BuildStore;
  readonly terminal: Terminal;
  /** Synthesizes again and puts the result in force. Returns the plugins that stay on their last good build. */
  readonly resynth: () => Promise<readonly string[]>;
}

/** A build whose code is being loaded while the builder still checks it. */
interface Pending {
  readonly dir: string;
  readonly copy: string;
  readonly loaded: Promise<PreparedSwap>;
  readonly sinceMs: number;
}

/** Applies changes one after the other; a failure is reported, and the last good state stays. */
export function createReloader({ assembly, functions, builds, terminal, resynth }: ReloaderOptions) {
  let last: Promise<void> = Promise.resolve();
  const pending = new Map<string, Pending>();

  const begin = (plugin: string, dir: string): void => {
    discard(plugin);
    const names = functionsIn(dir, plugin, assembly);
    if (names.length === 0) return;
    const sinceMs = performance.now();
    const copy = builds.take(plugin, dir);
    const loaded = functions.prepare(names, copy);
    // A failure is reported where the build is accepted.
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

  const accept = async (plugin: string, dir: string): Promise<number | undefined> => {
    if (pending.get(plugin)?.dir !== dir) begin(plugin, dir);
    const build = pending.get(plugin);
    if (build === undefined) return undefined;
    try {
      (await build.loaded).commit();
    } catch (error) {
      discard(plugin);
      throw error;
    }
    pending.delete(plugin);
    builds.accept(plugin, build.copy);
    return Math.round(performance.now() - build.sinceMs);
  };

  const handle = async (event: BuilderEvent): Promise<void> => {
    if (event.event === 'compiled') return begin(event.plugin, event.dir);
    if (event.event === 'error') {
      discard(event.plugin);
      return terminal.error(`${event.plugin} was not reloaded, the last good one stays\n${event.message}`);
    }
    if (event.event === 'built') {
      const ms = await accept(event.plugin, event.dir);
      return ms === undefined ? undefined : terminal.info(`reloaded ${event.plugin} in ${event.ms + ms} ms`);
    }
    const startedAt = performance.now();
    const kept = await resynth();
    const but = kept.map((plugin) => `; ${plugin} stays on its last good build`).join('');
    return terminal.info(`reloaded the system in ${Math.round(performance.now() - startedAt)} ms${but}`);
  };

  return (event: BuilderEvent): Promise<void> => {
    last = last
      .then(() => handle(event))
      .catch((error: unknown) => {
        const what = event.event === 'manifest-changed' ? 'the system' : event.plugin;
        const message = error instanceof Error ? error.message : String(error);
        terminal.error(`${what} was not reloaded, the last good one stays: ${message}`);
      });
    return last;
  };
}

/** A plugin's functions whose handler is in the bundle; its relay is code of the platform and is not. */
function functionsIn(dir: string, plugin: string, assembly: AssemblyRef): readonly string[] {
  return assembly.current.functions
    .filter((candidate) => candidate.plugin === plugin)
    .filter(({ handler }) => existsSync(join(dir, `${handler.slice(0, handler.lastIndexOf('.'))}.mjs`)))
    .map(({ name }) => name);
}
