import type { JsonSchema } from './types.ts';

const LOCAL = '#/$defs/';

/** Schemas that are registered with an id, over all plugins. */
export interface Definitions {
  /** Takes the definitions out of `schema`. @throws Error when an id stands for two different schemas */
  take(schema: JsonSchema): JsonSchema;
  /** The name and the schema behind a `$ref`; undefined for a schema that is written out. */
  resolve(schema: JsonSchema): { readonly id: string; readonly schema: JsonSchema } | undefined;
  /** Every definition, in the order of the ids. */
  all(): Record<string, JsonSchema>;
}

export function createDefinitions(): Definitions {
  const schemas = new Map<string, JsonSchema>();
  return {
    take({ $defs = {}, ...body }) {
      for (const [id, definition] of Object.entries($defs)) {
        const known = schemas.get(id);
        if (known && JSON.stringify(known) !== JSON.stringify(definition)) {
          throw new Error(`two different schemas are registered with the id "${id}"`);
        }
        schemas.set(id, definition);
      }
      return body;
    },
    resolve({ $ref }) {
      if (!$ref?.startsWith(LOCAL)) return undefined;
      const id = $ref.slice(LOCAL.length);
      const schema = schemas.get(id);
      if (!schema) throw new Error(`the schema "${id}" is not defined`);
      return { id, schema };
    },
    all: () => Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** Points every reference of `schema` at `prefix` instead of its own definitions. */
export function withReferencesTo(prefix: string, schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema), (key, member: unknown) =>
    key === '$ref' && typeof member === 'string' ? member.replace(LOCAL, prefix) : member,
  ) as JsonSchema;
}

/** The alternatives of a schema, and whether `null` is one of them. */
export function alternatives(schema: JsonSchema): {
  readonly options: readonly JsonSchema[];
  readonly nullable: boolean;
} {
  const { type } = schema;
  const spelled = Array.isArray(type) ? type.map((one: string) => ({ ...schema, type: one })) : [schema];
  const options = schema.anyOf ?? schema.oneOf ?? spelled;
  const some = options.filter((option) => option.type !== 'null');
  return { options: some, nullable: some.length < options.length };
}
