import type { $ZodType } from 'zod/v4/core';
import { isJsonObject } from '../json-object.ts';
import { definitionOf, insideOf, isOptional } from './definition.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * The same value without the members that are `null` where the schema knows them as optional but not as nullable:
 * for such a member `null` means the same as leaving it out, as in GraphQL. A nullable member gets its `null`, and
 * a required one keeps it, so that the schema refuses it. The entries of an open record are optional by nature.
 */
export function withoutNulls(schema: $ZodType, value: unknown): unknown {
  return holdsNull(value) ? prune(schema, value) : value;
}

function holdsNull(value: unknown): boolean {
  if (value === null) return true;
  return typeof value === 'object' && Object.values(value).some(holdsNull);
}

function prune(schema: $ZodType, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { shape, options, element, valueType } = definitionOf(schema);
  const inside = insideOf(schema);
  if (inside) return prune(inside, value);
  if (options) {
    const fitting = options.filter((option) => acceptsType(option, value));
    return fitting[0] !== undefined && fitting.length === 1 ? prune(fitting[0], value) : value;
  }
  if (Array.isArray(value)) return element ? value.map((item) => prune(element, item)) : value;
  if (shape) return pruned(value as Json, (name) => (Object.hasOwn(shape, name) ? shape[name] : undefined));
  return valueType ? pruned(value as Json, () => valueType, true) : value;
}

function pruned(value: Json, schemaOf: (name: string) => $ZodType | undefined, areOptional = false): Json {
  const kept = Object.entries(value).flatMap(([name, member]): [string, unknown][] => {
    const schema = schemaOf(name);
    if (schema === undefined) return [[name, member]];
    if (member === null) {
      return (areOptional || isOptional(schema)) && !takesNull(schema) ? [] : [[name, member]];
    }
    return [[name, prune(schema, member)]];
  });
  return Object.fromEntries(kept);
}

/** Whether an alternative of a union is of the kind of the value. */
function acceptsType(schema: $ZodType, value: unknown): boolean {
  const definition = definitionOf(schema);
  const inside = insideOf(schema);
  if (inside) return acceptsType(inside, value);
  if (definition.options) return definition.options.some((option) => acceptsType(option, value));
  if (definition.shape ?? definition.valueType) return isJsonObject(value);
  return definition.element !== undefined && Array.isArray(value);
}

const TAKE_ALL: ReadonlySet<string> = new Set(['nullable', 'null', 'any', 'unknown', 'custom', 'transform']);

function takesNull(schema: $ZodType): boolean {
  const definition = definitionOf(schema);
  if (TAKE_ALL.has(definition.type)) return true;
  if (definition.options) return definition.options.some(takesNull);
  const inside = insideOf(schema);
  return inside ? takesNull(inside) : (definition.values?.includes(null) ?? false);
}
