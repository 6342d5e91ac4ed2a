import { alternatives, type Definitions } from './json-schema.ts';
import type { JsonSchema } from './types.ts';

export const scalars = {
  Decimal: 'An exact decimal number, as a number or a string.',
  SafeInt: 'An integer that 64-bit floats hold exactly.',
  JSON: 'Any JSON value.',
} as const;

const INT32_MAX = 2_147_483_647;

function fitsInt32(schema: JsonSchema): boolean {
  const low = schema.minimum ?? schema.exclusiveMinimum ?? -Infinity;
  const high = schema.maximum ?? schema.exclusiveMaximum ?? Infinity;
  return low >= -INT32_MAX - 1 && high <= INT32_MAX;
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
    return Object.entries(resolved.properties ?? {}).map(([key, member]) => {
      const required = resolved.required?.includes(key) ?? false;
      const type = typeOf(member, io, `${name}${pascal(key)}`, required);
      return `${description(member.description, indent)}${indent}${key}: ${type}`;
    });
  };

  function bare(schema: JsonSchema, io: Direction, name: string): { type: string; nullable: boolean } {
    const referenced = definitions.resolve(schema);
    if (referenced) return bare(referenced.schema, io, referenced.id);
    const { options, nullable } = alternatives(schema);
    const [option = {}, ...others] = options;
    if (others.length === 0 && (schema.anyOf ?? schema.oneOf)) {
      const inner = bare(option, io, name);
      return { type: inner.type, nullable: nullable || inner.nullable };
    }
    const kinds = new Set(options.map(typeNameOf));
    if (kinds.size === 2 && kinds.has('string') && (kinds.has('number') || kinds.has('integer'))) {
      return { type: 'Decimal', nullable };
    }
    return { type: kinds.size === 1 ? single(option, options.length, io, name) : 'JSON', nullable };
  }

  function single(option: JsonSchema, count: number, io: Direction, name: string): string {
    switch (typeNameOf(option) ?? 'any') {
      case 'string':
        return 'String';
      case 'boolean':
        return 'Boolean';
      case 'integer':
        return fitsInt32(option) ? 'Int' : 'SafeInt';
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
