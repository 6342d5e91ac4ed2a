import type { $ZodType } from 'zod/v4/core';
import { isJsonObject } from '../json-object.ts';
import { schemaLeaves } from './leaves.ts';

/** The texts among the values of a configuration that its schema marks as secret. */
export function secretTexts(schema: $ZodType, values: unknown): readonly string[] {
  return schemaLeaves(schema)
    .filter(({ secret }) => secret)
    .flatMap(({ path }) => textsIn(path.reduce(memberOf, values)));
}

const memberOf = (value: unknown, key: string): unknown => (isJsonObject(value) ? value[key] : undefined);

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(textsIn);
  return typeof value === 'string' && value !== '' ? [value] : [];
}
