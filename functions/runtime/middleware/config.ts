import { inTime } from '../deadline.ts';
import type { Lifecycle } from '../lifecycle.ts';
import { bounded } from '../plugin-load-error.ts';
import type { Middleware } from './types.ts';

/** Makes sure that the plugin is initialized with the configuration in force, and hands its services on. */
export function config({ plugin, lifecycle }: { plugin: string; lifecycle: Lifecycle }): Middleware {
  return {
    before: async function configBefore({ event }) {
      const ready = inTime(event, lifecycle.ready(event.configVersionId));
      const timeoutMs = event.description.readyWithinMs;
      event.services = await (timeoutMs === undefined
        ? ready
        : bounded(ready, { plugin, step: 'initialize', timeoutMs }));
    },
  };
}
