import { isEnumType, isInputObjectType, isObjectType, type GraphQLSchema } from 'graphql';

interface Described {
  description?: string | null | undefined;
}

/** Gives a schema its descriptions. @param texts by path: `Type`, `Type.field`, `Type.field.argument` */
export function describeSchema(schema: GraphQLSchema, texts: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(texts)) {
    const part = partAt(schema, path.split('.'));
    if (part) part.description = text;
  }
}

function partAt(
  schema: GraphQLSchema,
  [typeName = '', name, argument]: readonly string[],
): Described | undefined {
  const type = schema.getType(typeName);
  if (name === undefined) return type;
  if (isEnumType(type)) return type.getValue(name) ?? undefined;
  if (isInputObjectType(type)) return type.getFields()[name];
  const field = isObjectType(type) ? type.getFields()[name] : undefined;
  return argument === undefined ? field : field?.args.find((one) => one.name === argument);
}
