import { VALUE_TEXTS } from './schema-of.ts';
import type { JsonSchema } from './types.ts';

export const scalars = {
  DateTime: 'A point in time, ISO 8601, such as `2026-11-29T08:30:00.000Z`.',
  Decimal: 'An exact decimal number, as a number or a string.',
  SafeInt: 'An integer that 64-bit floats hold exactly, up to 2^53 - 1.',
  JSON: 'Any JSON value.',
} as const;

/** `"""text"""`, safe whatever the text holds. */
export function description(text: string | undefined, indent = ''): string {
  if (!text) return '';
  return `${indent}"""${text.replaceAll('\\', '\\\\').replaceAll('"""', String.raw`\"""`)}"""\n`;
}

const NAME = /^(?!__)(?!(?:true|false|null)$)[_A-Za-z]\w*$/;

/** The values of a closed set of texts that can be names in GraphQL; undefined for any other schema. */
export function enumValues({ enum: values }: JsonSchema): readonly string[] | undefined {
  const names = values?.filter((value): value is string => typeof value === 'string' && NAME.test(value));
  return names !== undefined && names.length > 0 && names.length === values?.length ? names : undefined;
}

/** The SDL of an enum, with the values as they are over HTTP. */
export function enumSdl(name: string, schema: JsonSchema, values: readonly string[]): string {
  const texts = (schema[VALUE_TEXTS] ?? {}) as Readonly<Record<string, string>>;
  const lines = values.map((value) => `${description(texts[value], '  ')}  ${value}`);
  return `${description(schema.description)}enum ${name} {\n${lines.join('\n')}\n}`;
}

/** A decimal as two arguments: for clients that declare numbers, and as text; the GraphQL function merges them. */
export function decimalMembers(
  name: string,
  { description: text }: JsonSchema,
  siblings: Readonly<Record<string, JsonSchema>>,
  indent: string,
): string[] {
  const other = `${name}Text`;
  if (other in siblings) throw new Error(`"${other}" is the argument for the text of "${name}": rename it`);
  const about = `The same as \`${name}\`, as decimal text. Give one of the two.`;
  return [
    `${description(text, indent)}${indent}${name}: Float`,
    `${description(about, indent)}${indent}${other}: Decimal`,
  ];
}
