import * as z from 'zod/mini';
import { definePlugin } from '#runtime/contract/plugin.ts';
import manifest from './plugin.json' with { type: 'json' };
import type { Services } from './services.ts';

export const plugin = definePlugin({
  manifest,
  config: z.object({}),
  initialize: (_config, { now }): Services => ({ now }),
});
