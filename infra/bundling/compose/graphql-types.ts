import { isNumberOrText, isInt32, jsonTypeOf } from './graphql-numbers.ts';
import { pascal } from '#infra/deployment/deployment.ts';
import { decimalMembers, description, enumSdl, enumValues } from './graphql-text.ts';
import { alternatives, type Definitions } from './json-schema.ts';
import type { JsonSchema } from './types.ts';

/** Turns JSON Schemas into GraphQL types and keeps the named types that it meets. */
export interface GraphqlTypes {
  /**
   * The GraphQL type of `schema`, e.g. `[Payment!]!`.
   * @param name what an object or enum type is called that has no id of its own; a text is an `ID` where it ends in Id
   */
  typeOf(schema: JsonSchema, io: Direction, name: string, required: boolean): string;
  /** The members of an object schema, written as fields or arguments. */
  members(schema: JsonSchema, io: Direction, name: string, indent: string): string[];
  /** Every object, input and enum type met so far, as SDL, in the order of their names. */
  sdl(): string[];
}

type Direction = 'input' | 'output';

interface Bare {
  readonly type: string;
  readonly nullable: boolean;
}

export function createGraphqlTypes(definitions: Definitions): GraphqlTypes {
  const types = new Map<string, string>();

  const typeOf: GraphqlTypes['typeOf'] = (schema, io, name, required) => {
    const { type, nullable } = bare(schema, io, name);
    return required && !nullable ? `${type}!` : type;
  };

  const members: GraphqlTypes['members'] = (schema, io, name, indent) => {
    const { properties = {}, required } = definitions.resolve(schema)?.schema ?? schema;
    return Object.entries(properties).flatMap(([key, member]) => {
      if (io === 'input' && isNumberOrText(optionsOf(member)))
        return decimalMembers(key, member, properties, indent);
      const type = typeOf(member, io, `${name}${pascal(key)}`, required?.includes(key) ?? false);
      return `${description(member.description, indent)}${indent}${key}: ${type}`;
    });
  };

  const optionsOf = (schema: JsonSchema): readonly JsonSchema[] =>
    alternatives(definitions.resolve(schema)?.schema ?? schema).options;

  function bare(schema: JsonSchema, io: Direction, name: string): Bare {
    const referenced = definitions.resolve(schema);
    if (referenced) return bare(referenced.schema, io, referenced.id);
    const { options, nullable } = alternatives(schema);
    const [option = {}, ...others] = options;
    if (others.length === 0 && (schema.anyOf ?? schema.oneOf)) {
      const inner = bare(option, io, name);
      return { type: inner.type, nullable: nullable || inner.nullable };
    }
    if (isNumberOrText(options)) return { type: 'Decimal', nullable };
    if (options.every(isTime)) return { type: 'DateTime', nullable };
    const kinds = new Set(options.map(jsonTypeOf));
    return { type: kinds.size === 1 ? single(option, options.length, io, name) : 'JSON', nullable };
  }

  function single(option: JsonSchema, count: number, io: Direction, name: string): string {
    switch (jsonTypeOf(option) ?? 'any') {
      case 'string':
        return count === 1 ? textType(types, option, name) : 'String';
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
    if (types.has(type)) return type;
    // Taken before its members are written, so that a schema may contain itself.
    types.set(type, '');
    const keyword = io === 'input' ? 'input' : 'type';
    const lines = members(schema, io, name, '  ').join('\n');
    types.set(type, `${description(schema.description)}${keyword} ${type} {\n${lines}\n}`);
    return type;
  }

  const sdl = () => [...types].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, written]) => written);
  return { typeOf, members, sdl };
}

/** The type of a text: an enum, which is kept among `types`, an `ID` or a `String`. */
function textType(types: Map<string, string>, schema: JsonSchema, name: string): string {
  const values = enumValues(schema);
  if (values === undefined) return isId(schema, name) ? 'ID' : 'String';
  const sdl = enumSdl(name, schema, values);
  // Arguments and answers share their enums, so a name stands for one set of values.
  const known = types.get(name);
  if (known !== undefined && known !== sdl) throw new Error(`"${name}" would be two types: give one an id`);
  types.set(name, sdl);
  return name;
}

const isTime = ({ type, format }: JsonSchema): boolean =>
  type === 'string' && (format === 'date-time' || format === 'date');

/** A text without a form of its own whose name says what it is: `id`, `customerId`, an item of `refundIds`. */
const isId = ({ enum: values, const: constant, format }: JsonSchema, name: string): boolean =>
  values === undefined && constant === undefined && format === undefined && /Id(sItem)?$/.test(name);
