import type { $ZodType } from 'zod/v4/core';

/** The members of Zod's definitions that walks read; every schema of `zod` and `zod/mini` has `_zod.def`. */
export interface SchemaDefinition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, $ZodType>>;
  readonly options?: readonly $ZodType[];
  readonly element?: $ZodType;
  readonly valueType?: $ZodType;
  readonly values?: readonly unknown[];
  /** Of an optional, a nullable or one with a default. */
  readonly innerType?: $ZodType;
  /** Of a pipe. */
  readonly in?: $ZodType;
  /** Of a lazy schema. */
  readonly getter?: () => $ZodType;
}

export const DESCRIPTION = Symbol('description');

/** A schema that is not built yet: see `deferred/schema.ts`. */
export interface Described {
  /** Undefined where the schema has to be built to say it. */
  readonly [DESCRIPTION]: SchemaDefinition | undefined;
}

export function definitionOf(schema: $ZodType & Partial<Described>): SchemaDefinition {
  return schema[DESCRIPTION] ?? schema._zod.def;
}

/** Whether a member may be left out. */
export function isOptional(schema: $ZodType & Partial<Described>): boolean {
  const definition = schema[DESCRIPTION];
  if (definition === undefined) return schema._zod.optin !== undefined;
  const { type, innerType, in: first, options } = definition;
  if (OPTIONAL.has(type)) return true;
  const inside = innerType ?? first;
  return inside ? isOptional(inside) : (options?.some(isOptional) ?? false);
}

const OPTIONAL: ReadonlySet<string> = new Set(['optional', 'default', 'transform']);

/** What an optional, nullable, piped or lazy schema takes; undefined for one that stands for itself. */
export function insideOf(schema: $ZodType): $ZodType | undefined {
  const { innerType, in: first, getter } = definitionOf(schema);
  return innerType ?? first ?? getter?.();
}

/** The names that an object schema knows at a path, over all its alternatives. */
export function namesAt(schema: $ZodType, path: readonly PropertyKey[]): readonly string[] {
  const { shape, options, element, valueType } = definitionOf(schema);
  const inside = insideOf(schema);
  if (inside) return namesAt(inside, path);
  if (options) return options.flatMap((option) => namesAt(option, path));
  const [key, ...rest] = path;
  if (key === undefined) return Object.keys(shape ?? {});
  const next = shape?.[String(key)] ?? element ?? valueType;
  return next ? namesAt(next, rest) : [];
}
