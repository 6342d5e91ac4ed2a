import type { PluginCaller } from '#runtime/call.ts';
import { REGISTRY_CACHE_MS } from '#runtime/lifecycle/registry-state.ts';
import type { DirectoryPlugin } from '../data.ts';
import { failureText } from './failure-text.ts';

/** Answers `unloaded` before the check gives up. */
const TRIES_MAX = 4;

/** For a cold start, and the 5 seconds each that `initialize` and `onLoad` may take. */
const START_TIMEOUT_MS = 12_000;

/** Makes one environment of a plugin start. @returns why it does not; undefined when it does */
export function createStartCheck({
  caller,
  stage,
  sleep,
}: {
  readonly caller: Pick<PluginCaller, 'start'>;
  readonly stage: string;
  readonly sleep: (ms: number) => Promise<void>;
}): (plugin: DirectoryPlugin) => Promise<string | undefined> {
  return async ({ name, function: key }) => {
    // Without operations there is no function that can be asked.
    if (key === undefined) return undefined;
    try {
      for (let tries = 1; ; tries++) {
        const { status, reason } = await caller.start(name, { function: key, timeoutMs: START_TIMEOUT_MS });
        if (status === 'healthy') return undefined;
        // A read of the registry that was slow shows the state from before the transition.
        if (status !== 'unloaded' || tries === TRIES_MAX)
          return reason ?? `its function "${key}" is ${status}`;
        await sleep(REGISTRY_CACHE_MS);
      }
    } catch (error) {
      const failure = failureText(error, { timeoutMs: START_TIMEOUT_MS, isLocal: stage === 'local' });
      return `its function "${key}" ${failure}`;
    }
  };
}
