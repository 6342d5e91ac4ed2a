import { inTime } from '../deadline.ts';
import type { Lifecycle } from '../lifecycle/lifecycle.ts';
import { bounded } from '../lifecycle/plugin-load-error.ts';
import type { Middleware } from './types.ts';

/** Makes sure that the plugin is initialized with the configuration in force, and hands its services on. */
export function config({ plugin, lifecycle }: { plugin: string; lifecycle: Lifecycle }): Middleware {
  return {
    before: async function configBefore({ event }) {
      const ready = lifecycle.ready(event.configVersionId);
      const timeoutMs = event.description.readyWithinMs;
      const limited =
        timeoutMs === undefined ? ready : bounded(ready, { plugin, step: 'initialize', timeoutMs });
      try {
        event.lease = await inTime(event, limited);
      } catch (error) {
        // It may still be granted, and this invocation will not release it.
        ready.then(
          (lease) => lease.release(),
          () => {},
        );
        throw error;
      }
    },
  };
}
