import type { ConfigDifference, ConfigValues, JsonSchema } from './types.ts';

export type Path = readonly string[];

/** One change that is not saved; null takes the value out, so that the default holds. */
interface Edit {
  readonly path: Path;
  readonly value: unknown;
}

/** The changes that are not saved, by the name of their place. */
export type Draft = Readonly<Record<string, Edit>>;

/** The name of a place, as the API's messages write it: `stripe.secretKey`. */
export const nameOf = (path: Path): string => path.join('.');

/** What stands for a secret that is set. */
export const MASK = '********';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function valueAt(values: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    values,
  );
}

/** The value that a place has once the draft is saved; undefined: the default. */
export function draftedValue(values: ConfigValues, draft: Draft, path: Path): unknown {
  const edit = draft[nameOf(path)];
  if (edit === undefined) return valueAt(values, path);
  return edit.value ?? undefined;
}

/** A draft in which the place has this value; a mask, or what is stored already, is no change. */
export function edited(values: ConfigValues, draft: Draft, path: Path, value: unknown): Draft {
  const name = nameOf(path);
  const others = Object.fromEntries(
    Object.entries(draft).filter(([other]) => other !== name && !other.startsWith(`${name}.`)),
  );
  const isStored = JSON.stringify(valueAt(values, path) ?? null) === JSON.stringify(value);
  return isStored || value === MASK ? others : { ...others, [name]: { path, value } };
}

/** The draft as a JSON merge patch (RFC 7396). */
export function mergePatchOf(draft: Draft): Readonly<Record<string, unknown>> {
  const patch: Record<string, unknown> = {};
  for (const { path, value } of Object.values(draft)) {
    let target = patch;
    for (const key of path.slice(0, -1)) target = (target[key] ??= {}) as Record<string, unknown>;
    target[path.at(-1) ?? ''] = value;
  }
  return patch;
}

/** The draft as it is shown before it is saved; of secrets nothing but that they change. */
export function differencesOf(
  values: ConfigValues,
  draft: Draft,
  schema: JsonSchema,
): readonly ConfigDifference[] {
  return Object.values(draft).map(({ path, value }) => {
    const before = valueAt(values, path);
    const after = isSecretAt(schema, path) && value !== null ? MASK : value;
    return {
      path: nameOf(path),
      ...(before !== undefined && { before }),
      ...(after !== null && { after }),
    };
  });
}

function isSecretAt(schema: JsonSchema, path: Path): boolean {
  let current: JsonSchema | undefined = schema;
  for (const key of path) {
    if (current?.writeOnly) return true;
    const rest: boolean | JsonSchema | undefined = current?.additionalProperties;
    current = current?.properties?.[key] ?? (typeof rest === 'object' ? rest : undefined);
  }
  return current?.writeOnly ?? false;
}
