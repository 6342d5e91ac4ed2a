import * as z from 'zod/mini';
import { eventContract } from './contract.ts';

const text = z.string().check(z.minLength(1));

/** Published by the platform, whichever plugin has the error. */
export const pluginError = eventContract({
  type: 'plugin.error',
  version: '1.0.0',
  summary: 'A plugin has an error that it has not had before, or one that was resolved.',
  data: () =>
    z.object({
      plugin: text,
      /** Names the group of errors: see `GET /plugins/{name}/errors`. */
      fingerprint: text,
      occurrence: z.enum(['first', 'regression']),
      operation: text,
      /** Code of the answer. */
      code: text,
      /** Name of the error. */
      type: text,
      /** What it says, without what differs from one occurrence to the next. */
      message: z.string(),
      /** Of the plugin. */
      version: text,
      requestId: text,
    }),
});
