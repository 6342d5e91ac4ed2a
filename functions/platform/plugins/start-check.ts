import type { PluginCaller } from '#runtime/call.ts';
import type { DirectoryPlugin } from '../data.ts';
import { failureText } from './failure-text.ts';

/** For a cold start, and the 5 seconds each that `initialize` and `onLoad` may take. */
const START_TIMEOUT_MS = 12_000;

/** Makes one environment of a plugin start. @returns why it does not; undefined when it does */
export function createStartCheck({
  caller,
  stage,
}: {
  readonly caller: Pick<PluginCaller, 'start'>;
  readonly stage: string;
}): (plugin: DirectoryPlugin) => Promise<string | undefined> {
  return async ({ name, function: key }) => {
    // Without operations there is no function that can be asked.
    if (key === undefined) return undefined;
    try {
      const { status, reason } = await caller.start(name, { function: key, timeoutMs: START_TIMEOUT_MS });
      return status === 'healthy' ? undefined : (reason ?? `its function "${key}" is ${status}`);
    } catch (error) {
      const failure = failureText(error, { timeoutMs: START_TIMEOUT_MS, isLocal: stage === 'local' });
      return `its function "${key}" ${failure}`;
    }
  };
}
