import { definePlugin } from '#runtime/contract/plugin.ts';
import { paymentConfig } from './config.ts';
import manifest from './plugin.json' with { type: 'json' };
import { createServices } from './create-services.ts';

/** Payments behind one API; the manifest says where each operation is reached. */
export const plugin = definePlugin({
  manifest,
  config: paymentConfig,
  initialize: (config, environment) => createServices(config, environment),
  health: ({ health }) => health.check(),
});
