import { alternatives, type Definitions } from './json-schema.ts';
import type { JsonSchema } from './types.ts';

export const scalars = {
  Decimal: 'An exact decimal number, as a number or a string.',
  SafeInt: 'An integer that 64-bit floats hold exactly, up to 2^53 - 1.',
  JSON: 'Any JSON value.',
} as const;

const INT32_MAX = 2_147_483_647;

/**
 * Whether an integer is an `Int`. Answers have to fit for certain. Arguments are what clients declare as `Int`, unless
 * the schema itself asks for more: without bounds of its own, zod writes those of safe integers.
 */
function isInt32(
  { minimum, exclusiveMinimum, maximum, exclusiveMaximum }: JsonSchema,
  io: Direction,
): boolean {
  const low = minimum ?? exclusiveMinimum ?? -Infinity;
  const high = maximum ?? exclusiveMaximum ?? Infinity;
  const unbounded = (bound: number): boolean => io === 'input' && Math.abs(bound) >= Number.MAX_SAFE_INTEGER;
  return (low >= -INT32_MAX - 1 || unbounded(low)) && (high <= INT32_MAX || unbounded(high));
}

/** A number or a text, which is how a schema says that its numbers are decimals. */
function isDecimal(options: readonly JsonSchema[]): boolean {
  const kinds = new Set(options.map(typeNameOf));
  return kinds.size === 2 && kinds.has('string') && (kinds.has('number') || kinds.has('integer'));
}

function typeNameOf(option: JsonSchema): string | undefined {
  if (typeof option.type === 'string') return option.type;
  const sample = option.const ?? option.enum?.[0];
  return sample === undefined ? undefined : typeof sample;
}

const pascal = (name: string): string =>
  name.replaceAll(/(?:^|[^A-Za-z0-9]+)([a-z0-9])/gi, (_, first: string) => first.toUpperCase());

/** `"""text"""`, safe whatever the text holds. */
export function description(text: string | undefined, indent = ''): string {
  if (!text) return '';
  return `${indent}"""${text.replaceAll('\\', '\\\\').replaceAll('"""', String.raw`\"""`)}"""\n`;
}

/** Turns JSON Schemas into GraphQL types and keeps the object types that it meets. */
export interface GraphqlTypes {
  /**
   * The GraphQL type of `schema`, e.g. `[Payment!]!`.
   * @param name what an object type is called that has no id of its own
   */
  typeOf(schema: JsonSchema, io: Direction, name: string, required: boolean): string;
  /** The members of an object schema, written as fields or arguments. */
  members(schema: JsonSchema, io: Direction, name: string, indent: string): string[];
  /** Every object and input type met so far, as SDL, in the order of their names. */
  sdl(): string[];
}

type Direction = 'input' | 'output';

export function createGraphqlTypes(definitions: Definitions): GraphqlTypes {
  const objects = new Map<string, string>();

  const typeOf: GraphqlTypes['typeOf'] = (schema, io, name, required) => {
    const { type, nullable } = bare(schema, io, name);
    return required && !nullable ? `${type}!` : type;
  };

  const members: GraphqlTypes['members'] = (schema, io, name, indent) => {
    const resolved = definitions.resolve(schema)?.schema ?? schema;
    const properties = resolved.properties ?? {};
    return Object.entries(properties).flatMap(([key, member]) => {
      const required = resolved.required?.includes(key) ?? false;
      if (io === 'input' && isDecimal(alternatives(definitions.resolve(member)?.schema ?? member).options))
        return decimalMembers(key, member, properties, indent);
      const type = typeOf(member, io, `${name}${pascal(key)}`, required);
      return `${description(member.description, indent)}${indent}${key}: ${type}`;
    });
  };

  /** A decimal as two members: numbers for clients that declare `Float`, and text; the front puts them together. */
  function decimalMembers(
    key: string,
    { description: text }: JsonSchema,
    siblings: Readonly<Record<string, JsonSchema>>,
    indent: string,
  ): string[] {
    const other = `${key}Text`;
    if (other in siblings) throw new Error(`"${other}" is the argument for the text of "${key}": rename it`);
    const about = `The same as \`${key}\`, as decimal text. Give one of the two.`;
    return [
      `${description(text, indent)}${indent}${key}: Float`,
      `${description(about, indent)}${indent}${other}: Decimal`,
    ];
  }

  function bare(schema: JsonSchema, io: Direction, name: string): { type: string; nullable: boolean } {
    const referenced = definitions.resolve(schema);
    if (referenced) return bare(referenced.schema, io, referenced.id);
    const { options, nullable } = alternatives(schema);
    const [option = {}, ...others] = options;
    if (others.length === 0 && (schema.anyOf ?? schema.oneOf)) {
      const inner = bare(option, io, name);
      return { type: inner.type, nullable: nullable || inner.nullable };
    }
    if (isDecimal(options)) return { type: 'Decimal', nullable };
    const kinds = new Set(options.map(typeNameOf));
    return { type: kinds.size === 1 ? single(option, options.length, io, name) : 'JSON', nullable };
  }

  function single(option: JsonSchema, count: number, io: Direction, name: string): string {
    switch (typeNameOf(option) ?? 'any') {
      case 'string':
        return 'String';
      case 'boolean':
        return 'Boolean';
      case 'integer':
        return isInt32(option, io) ? 'Int' : 'SafeInt';
      case 'number':
        return 'Float';
      case 'array':
        return option.items ? `[${typeOf(option.items, io, `${name}Item`, true)}]` : 'JSON';
      case 'object':
        return count === 1 && Object.keys(option.properties ?? {}).length > 0
          ? object(option, io, name)
          : 'JSON';
      default:
        return 'JSON';
    }
  }

  function object(schema: JsonSchema, io: Direction, name: string): string {
    const type = io === 'input' ? `${name}Input` : name;
    if (objects.has(type)) return type;
    // Taken before its members are written, so that a schema may contain itself.
    objects.set(type, '');
    const keyword = io === 'input' ? 'input' : 'type';
    const lines = members(schema, io, name, '  ').join('\n');
    objects.set(type, `${description(schema.description)}${keyword} ${type} {\n${lines}\n}`);
    return type;
  }

  const sdl = () => [...objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  return { typeOf, members, sdl };
}
