import { platformProblem } from '../contract/errors.ts';
import { inTime } from '../deadline.ts';
import type { Lifecycle } from '../lifecycle/lifecycle.ts';
import { isServing, type StateReader } from '../lifecycle/registry-state.ts';
import type { Middleware } from './types.ts';

/** Refuses everything while the plugin is unloaded, and learns which configuration is in force. */
export function registryState({
  plugin,
  state,
  lifecycle,
}: {
  plugin: string;
  lifecycle: Pick<Lifecycle, 'prefetch'>;
  state: StateReader | undefined;
}): Middleware {
  return {
    before: async function registryStateBefore({ event }) {
      if (!state) return;
      // The first call needs both answers: one wait instead of two.
      lifecycle.prefetch();
      const known = state.read();
      // What is known needs no timer.
      const { state: now, configVersionId } = known instanceof Promise ? await inTime(event, known) : known;
      if (!isServing(now)) {
        const detail = `The plugin "${plugin}" ${now === 'failed' ? 'could not be loaded' : `is ${now}`}.`;
        throw platformProblem('plugin-unloaded', { detail });
      }
      event.configVersionId = configVersionId;
    },
  };
}
