import { within } from './within.ts';

/** A plugin that could not start, with the step that failed; the reason stands in `cause`. */
export class PluginLoadError extends Error {
  override readonly name = 'PluginLoadError';
  readonly plugin: string;

  constructor(plugin: string, problem: string, cause?: unknown) {
    super(`Plugin "${plugin}": ${problem}${cause instanceof Error ? `: ${cause.message}` : ''}`, { cause });
    this.plugin = plugin;
  }
}

/** Every error of a chain of causes, outermost first; bounded, because a chain may lead back to itself. */
export function causes(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let at = error; at instanceof Error && chain.length < 8; at = at.cause) chain.push(at);
  return chain;
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
