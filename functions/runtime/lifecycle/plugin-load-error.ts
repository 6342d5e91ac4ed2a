import { within } from '../within.ts';

/** A plugin that could not start, with the step that failed; the reason stands in `cause`. */
export class PluginLoadError extends Error {
  override readonly name = 'PluginLoadError';
  readonly plugin: string;

  constructor(plugin: string, problem: string, cause?: unknown) {
    super(`Plugin "${plugin}": ${problem}${cause instanceof Error ? `: ${cause.message}` : ''}`, { cause });
    this.plugin = plugin;
  }
}

/**
 * Waits for `work`, but not longer than `timeoutMs`.
 * @throws PluginLoadError naming the plugin and the step that hangs
 */
export function bounded<T>(
  work: Promise<T>,
  { plugin, step, timeoutMs }: { plugin: string; step: string; timeoutMs: number },
): Promise<T> {
  return within(work, timeoutMs, () => {
    throw new PluginLoadError(plugin, `${step} has not finished after ${timeoutMs} ms`);
  });
}
