import * as z from 'zod/mini';
import type { ConfigValues } from './lifecycle/config-document.ts';
import type { Fault } from './schema/validate.ts';

/**
 * What the platform's config function asks of a plugin's function. It names a version of the plugin's secret, which the
 * function reads itself: no value is part of the event.
 */
export const configEvent = z.strictObject({
  kind: z.literal('config'),
  /** `check`: start the plugin on that version, apart from the one in force. `read`: what it is to this code. */
  ask: z.enum(['check', 'read']),
  versionId: z.string(),
  requestId: z.optional(z.string()),
});
export type ConfigEvent = z.infer<typeof configEvent>;

/** The steps in which a version is checked. */
export type ConfigStep = 'migration' | 'schema' | 'initialize' | 'health';

export type ConfigCheck =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly step: ConfigStep;
      /** Holds no secret value. */
      readonly reason: string;
      /** Members that do not fit, by path. */
      readonly faults: readonly Fault[];
    };

export interface ConfigReading {
  /** The version of the shape that the code knows. */
  readonly configVersion: number;
  /** The values in that shape, where the stored ones have an older one. */
  readonly migrated?: ConfigValues;
  /** Paths of the values that environment variables override. */
  readonly overridden: readonly (readonly string[])[];
}
