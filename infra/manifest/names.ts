import * as semver from 'semver';
import * as z from 'zod';

/** What an editor says about a text that does not have the form; without it VS Code shows the regular expression. */
const inEditors = (allowed: string) => ({ patternErrorMessage: `Allowed: ${allowed}.` });

/**
 * A string of a given form. The text after the pattern says what is allowed, as an error message shows it.
 */
export const text = (pattern: RegExp, allowed: string, description: string) =>
  z
    .string()
    .regex(pattern, allowed)
    .meta({ description, ...inEditors(allowed) });

const notEmpty = 'a text that is not empty';

export const line = (description: string) =>
  z
    .string()
    .regex(/\S/, notEmpty)
    .max(512, 'at most 512 characters')
    .meta({ description, ...inEditors(notEmpty) });

export const integer = (min: number, max: number, description: string) => {
  const allowed = `an integer from ${min} to ${max}`;
  return z.int(allowed).min(min, allowed).max(max, allowed).meta({ description });
};

export const number = (min: number, max: number, description: string) => {
  const allowed = `a number from ${min} to ${max}`;
  return z.number(allowed).min(min, allowed).max(max, allowed).meta({ description });
};

const kebab = /^[a-z][a-z0-9-]{0,38}$/;
const kebabAllowed = 'lower case letters, digits and hyphens, a letter first, at most 39 characters';
const camel = /^[a-z][A-Za-z0-9]{0,63}$/;
const camelAllowed = 'camelCase letters and digits, a lower case letter first, at most 64 characters';

/** Names that would clash with the platform's own functions, or with routes below /plugins. */
const reservedPlugins: readonly string[] = ['platform', 'health', 'drift', 'load', 'unload'];

export const pluginName = (description: string) =>
  text(
    /^[a-z][a-z0-9-]{1,38}$/,
    'lower case letters, digits and hyphens, a letter first, 2 to 39 characters',
    description,
  )
    .refine((name) => !reservedPlugins.includes(name), `not one of ${reservedPlugins.join(', ')}`)
    .meta({ description });

export const kebabName = (description: string) => text(kebab, kebabAllowed, description);

export const functionName = (description: string) =>
  text(kebab, kebabAllowed, description)
    .refine(
      (name) => !/(^|-)relay$/.test(name),
      'any name that does not end in "relay", which is the event relay of the platform',
    )
    .meta({ description });

export const camelName = (description: string) => text(camel, camelAllowed, description);

export const eventType = (description: string) =>
  text(
    /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/,
    'dotted lower case words, such as "payment.succeeded"',
    description,
  );

const fullVersion = 'a full semantic version, such as "1.2.3"';
/** For editors, which cannot ask `semver`; some texts of this form are none, such as one with a leading zero. */
const versionPattern = '^\\d+\\.\\d+\\.\\d+(?:-[0-9A-Za-z.-]+)?$';

export const version = (description: string) =>
  z
    .string()
    .refine((value) => semver.valid(value) === value, fullVersion)
    .meta({ description, pattern: versionPattern, ...inEditors(fullVersion) });

export const versionRange = (description: string) =>
  z
    .string()
    .refine((value) => value.trim() !== '' && semver.validRange(value) !== null, {
      error: 'a semantic version range, such as "^1.2.0"',
    })
    .meta({ description });

/** A range with an upper bound: `*` and its equivalents would promise compatibility that cannot be tested. */
export const engineRange = (description: string) =>
  versionRange(description)
    .refine((value) => semver.validRange(value) !== '*', 'a range with bounds, such as "^1.0.0"; not "*"')
    .meta({ description });

/** A file inside the plugin's folder. */
export const sourceFile = (description: string) =>
  text(
    /^[A-Za-z0-9_][A-Za-z0-9_.-]*(\/[A-Za-z0-9_][A-Za-z0-9_.-]*)*\.(ts|js|mjs)$/,
    'a .ts, .js or .mjs file below the plugin folder, such as "functions/api.ts"',
    description,
  );

export const attribute = (description: string) =>
  text(
    /^[A-Za-z_][A-Za-z0-9_.-]{0,254}$/,
    'a DynamoDB attribute name: letters, digits, "_", "-" and "."',
    description,
  );
