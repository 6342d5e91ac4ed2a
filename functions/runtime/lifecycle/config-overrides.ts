import type { $ZodType } from 'zod/v4/core';
import { fromText } from '../schema/leaves.ts';
import { envNames, unknownVariables } from './env-names.ts';
import { deepMerge } from './plugin-instance.ts';

type Warn = (message: string, fields: Readonly<Record<string, unknown>>) => void;

export interface OverrideOptions {
  readonly plugin: string;
  readonly schema: $ZodType;
  readonly envPrefix: string | undefined;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /**
   * Whether variables may set secret values. On AWS the environment of a function is shown in its console and by its
   * API, so only the host can say so.
   */
  readonly secretsAllowed: boolean;
  readonly warn: Warn;
}

/** What environment variables set. */
export interface Overrides {
  /** As a nested object. */
  readonly values: unknown;
  readonly paths: readonly (readonly string[])[];
}

/** The overrides that are set; warns of variables that are no member of the schema, or that may not be set. */
export function readOverrides(options: OverrideOptions): Overrides {
  const { plugin, schema, envPrefix, variables, secretsAllowed, warn } = options;
  // On AWS there are none as a rule, and then the schema need not be walked at init.
  const isSet = Object.keys(variables).some((name) => name.startsWith(`${envPrefix}_`));
  if (!envPrefix || !isSet) return { values: {}, paths: [] };
  const names = envNames(schema, envPrefix);
  for (const unknown of unknownVariables(names.keys(), envPrefix, variables)) {
    warn('Unknown configuration variable', { plugin, variable: unknown.name, nearest: unknown.nearest });
  }
  let values: unknown = {};
  const paths: (readonly string[])[] = [];
  for (const [variable, { path, kinds, secret }] of names) {
    const text = variables[variable];
    if (text === undefined || text === '') continue;
    if (secret && !secretsAllowed) {
      warn('A variable must not set a secret value here and is ignored', { plugin, variable });
      continue;
    }
    paths.push(path);
    values = deepMerge(
      values,
      path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), fromText(text, kinds)),
    );
  }
  return { values, paths };
}
