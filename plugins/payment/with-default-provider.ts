import { within } from '#runtime/within.ts';
import type { plugin } from './plugin.ts';
import { configuredNames } from './providers/configured.ts';

/** The services may take five seconds; an SDK that takes longer than this is waited for by the request that needs it. */
const LOAD_WAIT_MS = 2000;

const ignore = (): void => {};

/**
 * The plugin for a function that most often needs the default provider: its SDK is loaded with the services, while the
 * environment starts at full speed, and not in the first request. Where that fails, the request that needs the provider
 * tries again and reports it.
 */
export function withDefaultProvider(definition: typeof plugin): typeof plugin {
  return {
    ...definition,
    async initialize(config, environment) {
      const services = await definition.initialize(config, environment);
      const [name] = configuredNames(config);
      if (name !== undefined)
        await within(services.provider(name).then(ignore, ignore), LOAD_WAIT_MS, ignore);
      return services;
    },
  };
}
