import type { WatchEvent } from '#infra/process/watch-event.ts';
import { createServedCode, type ServedCodeOptions } from './served-code.ts';

/** What is reloaded, and where it is reported. */
interface ReloaderOptions extends ServedCodeOptions {
  /** Synthesizes again and puts the result in force. Returns the plugins that stay on their last good build. */
  readonly resynth: () => Promise<readonly string[]>;
}

/** Applies changes one after the other; a failure is reported, and the last good state stays. */
export function createReloader({ resynth, ...options }: ReloaderOptions) {
  const { terminal } = options;
  let last: Promise<void> = Promise.resolve();
  const code = createServedCode(options);

  const handle = async (event: WatchEvent): Promise<void> => {
    if (event.event === 'compiled') {
      const { plugin, dir, ms, early } = event;
      return early ? code.serve(plugin, dir, ms) : code.load(plugin, dir);
    }
    if (event.event === 'error') return code.refuse(event.plugin, event.dir, event.message);
    if (event.event === 'built') return code.accept(event.plugin, event.dir, event.ms);
    const startedAt = performance.now();
    const kept = await resynth();
    code.replaced(kept);
    const but = kept.map((plugin) => `; ${plugin} stays on its last good build`).join('');
    return terminal.info(`reloaded the system in ${Math.round(performance.now() - startedAt)} ms${but}`);
  };

  return (event: WatchEvent): Promise<void> => {
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
