import type { $ZodType } from 'zod/v4/core';

/** The members of Zod's definitions that walks read; every schema of `zod` and `zod/mini` has `_zod.def`. */
export interface SchemaDefinition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, $ZodType>>;
  readonly options?: readonly $ZodType[];
  readonly element?: $ZodType;
  readonly valueType?: $ZodType;
  readonly values?: readonly unknown[];
}

interface Wrapping {
  readonly innerType?: $ZodType;
  readonly in?: $ZodType;
  readonly getter?: () => $ZodType;
}

export const definitionOf = (schema: $ZodType): SchemaDefinition => schema._zod.def;

/** What an optional, nullable, piped or lazy schema takes; undefined for one that stands for itself. */
export function insideOf(schema: $ZodType): $ZodType | undefined {
  const { innerType, in: first, getter } = schema._zod.def as unknown as Wrapping;
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
