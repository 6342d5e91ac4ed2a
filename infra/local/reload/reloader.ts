import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LambdaFunctions } from '../lambda/functions.ts';
import type { AssemblyRef, Terminal } from '../types.ts';
import type { BuildStore } from './build-store.ts';
import type { BuilderEvent } from './builder.ts';

/** What is reloaded, and where it is reported. */
interface ReloaderOptions {
  readonly assembly: AssemblyRef;
  readonly functions: Pick<LambdaFunctions, 'swap'>;
  readonly builds: BuildStore;
  readonly terminal: Terminal;
  /** Synthesizes again and puts the result in force. Returns the plugins that stay on their last good build. */
  readonly resynth: () => Promise<readonly string[]>;
}

/** Applies changes one after the other; a failure is reported, and the last good state stays. */
export function createReloader({ assembly, functions, builds, terminal, resynth }: ReloaderOptions) {
  let last: Promise<void> = Promise.resolve();

  const swap = async (plugin: string, names: readonly string[], dir: string): Promise<void> => {
    const copy = builds.take(plugin, dir);
    try {
      await functions.swap(names, copy);
    } catch (error) {
      builds.reject(copy);
      throw error;
    }
    builds.accept(plugin, copy);
  };

  const handle = async (event: BuilderEvent): Promise<void> => {
    if (event.event === 'error') {
      return terminal.error(`${event.plugin} was not reloaded, the last good one stays\n${event.message}`);
    }
    const startedAt = performance.now();
    const elapsed = () => Math.round(performance.now() - startedAt);
    if (event.event === 'manifest-changed') {
      const kept = await resynth();
      const but = kept.map((plugin) => `; ${plugin} stays on its last good build`).join('');
      return terminal.info(`reloaded the system in ${elapsed()} ms${but}`);
    }
    const names = functionsIn(event.dir, event.plugin, assembly);
    if (names.length === 0) return;
    await swap(event.plugin, names, event.dir);
    return terminal.info(`reloaded ${event.plugin} in ${event.ms + elapsed()} ms`);
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
