import type { JsonSchema } from '../bundling/compose/types.ts';
import { code, linkTo } from './markdown.ts';

const DEFINITION = '#/$defs/';

/** A value as it is written, without the quotes of a text. */
export const written = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/** One member of an object, as the reference lists it. */
export interface MemberRow {
  /** Dotted; `[]` for a place in a list, `<name>` for a name of the caller's choice. */
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  readonly preset: unknown;
  readonly secret: boolean;
  readonly meaning: string;
}

/** What a value may be, in words; definitions are linked. */
export function typeText(schema: JsonSchema): string {
  const { $ref, enum: values, const: constant, items } = schema;
  if ($ref !== undefined) return linkTo($ref.replace(DEFINITION, ''));
  if (constant !== undefined) return code(JSON.stringify(constant));
  if (values) return values.map((value) => code(written(value))).join(', ');
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return [...new Set(options.map(typeText))].join(' or ');
  if (Array.isArray(schema.type))
    return schema.type.map((type) => typeText({ ...schema, type })).join(' or ');
  if (schema.type === 'array') return items ? `list of ${typeText(items)}` : 'list';
  if (schema.type === 'integer' || schema.type === 'number') return numberText(schema);
  if (schema.type === 'string') return stringText(schema);
  if (schema.type === 'object' || schema.properties) return objectText(schema);
  return typeof schema.type === 'string' ? schema.type : 'anything';
}

function objectText({ properties, additionalProperties: members }: JsonSchema): string {
  if (properties || typeof members !== 'object' || members.properties) return 'object';
  return `object of ${typeText(members)}`;
}

const isBound = (value: number | undefined): value is number =>
  value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER;

function numberText({ type, minimum, maximum }: JsonSchema): string {
  if (isBound(minimum) && isBound(maximum)) return `${written(type)}, ${minimum} to ${maximum}`;
  if (isBound(minimum)) return `${written(type)}, from ${minimum}`;
  return isBound(maximum) ? `${written(type)}, up to ${maximum}` : written(type);
}

const FORMATS: Readonly<Record<string, string>> = {
  uri: 'URL',
  'date-time': 'time',
  email: 'e-mail address',
};

function stringText({ format, pattern, minLength = 0, maxLength, contentEncoding }: JsonSchema): string {
  const name = FORMATS[written(format)] ?? (contentEncoding ? written(contentEncoding) : 'text');
  const min = Number(minLength);
  const length =
    maxLength === undefined
      ? min > 1 && `at least ${min} characters`
      : min > 0
        ? `${min} to ${written(maxLength)} characters`
        : `up to ${written(maxLength)} characters`;
  // A format has its pattern as well, which says the same at length.
  if (pattern === String.raw`^\S+$`) return `${name} without spaces`;
  const form = pattern !== undefined && name === 'text' && `matching ${code(written(pattern))}`;
  return [name, length, form].filter(Boolean).join(', ');
}

/** Every member of an object, with those of objects within it. */
export function membersOf(schema: JsonSchema, path = ''): MemberRow[] {
  const { properties = {}, required = [] } = schema;
  return Object.entries(properties).flatMap(([name, member]) => {
    const at = path === '' ? name : `${path}.${name}`;
    const { default: preset, writeOnly, description = '' } = member;
    const isRequired = required.includes(name);
    const row = {
      path: at,
      type: typeText(member),
      required: isRequired,
      preset,
      secret: writeOnly === true,
    };
    return [{ ...row, meaning: description }, ...within(member, at)];
  });
}

/** The members of what stands at a path. */
function within(member: JsonSchema, at: string): MemberRow[] {
  const { items, additionalProperties: free } = member;
  const options = [...(member.anyOf ?? []), ...(member.allOf ?? [])];
  return [
    ...membersOf(member, at),
    ...(items ? within(items, `${at}[]`) : []),
    ...(typeof free === 'object' ? membersOf(free, `${at}.<name>`) : []),
    ...options.flatMap((option) => within(option, at)),
  ];
}

/** What a value is when it is left out; empty where nothing stands in for it. */
export const presetText = (preset: unknown): string =>
  preset === undefined || typeof preset === 'object' ? '' : code(written(preset));
