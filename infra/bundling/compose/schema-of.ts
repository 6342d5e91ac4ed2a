import * as z from 'zod/v4/core';
import type { SchemaDocs } from '#runtime/contract/docs.ts';
import { isSecret } from '#runtime/schema/secret.ts';
import type { JsonSchema } from './types.ts';

/** Texts of enum values; an extension that documentation tools know. */
export const VALUE_TEXTS = 'x-enumDescriptions';

/** Where the texts of members stand until their schemas are final. */
const MEMBER_TEXTS = 'x-members';

/** The JSON Schema (draft 2020-12) of a zod schema, with what `docs` say about it and the schemas in it. */
export function schemaOf(
  schema: z.$ZodType,
  io: 'input' | 'output',
  docs: ReadonlyMap<z.$ZodType, Omit<SchemaDocs, 'schema'>>,
): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      if (isSecret(zodSchema)) jsonSchema.writeOnly = true;
      const known = docs.get(zodSchema);
      if (known === undefined) return;
      if (known.text !== '') jsonSchema.description = known.text;
      if (known.values) jsonSchema[VALUE_TEXTS] = known.values;
      if (known.members) jsonSchema[MEMBER_TEXTS] = known.members;
    },
  });
  return JSON.parse(JSON.stringify(rest), (_key, member: unknown) => withMemberTexts(member)) as JsonSchema;
}

function withMemberTexts(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !(MEMBER_TEXTS in value)) return value;
  const { [MEMBER_TEXTS]: texts, ...schema } = value as JsonSchema & {
    readonly [MEMBER_TEXTS]: Readonly<Record<string, string>>;
  };
  const properties = Object.entries(schema.properties ?? {}).map(([name, member]) => [
    name,
    texts[name] === undefined ? member : { ...member, description: texts[name] },
  ]);
  return { ...schema, properties: Object.fromEntries(properties) as JsonSchema['properties'] };
}
