import type { $ZodType } from 'zod/v4/core';

const marked = new WeakSet<$ZodType>();

/** A schema of `zod/mini` or `zod`. */
interface Clonable extends $ZodType {
  clone(definition: undefined, options: { parent: boolean }): this;
}

/**
 * Marks a value of a configuration as secret: it is write-only in the configuration API, masked in history and
 * differences, `writeOnly` in the published JSON Schema, refused in files of the repository, and on AWS no environment
 * variable overrides it. Marking a list, a record or an object marks all of it.
 * @returns a copy, so that the schema that was given stays as it is where it is used elsewhere
 */
export function secret<T extends Clonable>(schema: T): T {
  const copy = schema.clone(undefined, { parent: true });
  marked.add(copy);
  return copy;
}

/** Whether exactly this schema is marked. */
export const isSecret = (schema: $ZodType): boolean => marked.has(schema);
