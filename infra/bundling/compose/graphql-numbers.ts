import type { JsonSchema } from './types.ts';

const INT32_MAX = 2_147_483_647;

/**
 * Whether an integer is an `Int`. Answers have to fit for certain. Arguments are what clients declare as `Int`, unless
 * the schema itself asks for more: without bounds of its own, zod writes those of safe integers.
 */
export function isInt32(schema: JsonSchema, io: 'input' | 'output'): boolean {
  const low = schema.minimum ?? schema.exclusiveMinimum ?? -Infinity;
  const high = schema.maximum ?? schema.exclusiveMaximum ?? Infinity;
  const unbounded = (bound: number): boolean => io === 'input' && Math.abs(bound) >= Number.MAX_SAFE_INTEGER;
  return (low >= -INT32_MAX - 1 || unbounded(low)) && (high <= INT32_MAX || unbounded(high));
}

/** The type of JSON value that a schema takes; undefined when it says nothing, or names several. */
export function jsonTypeOf({ type, const: constant, enum: values }: JsonSchema): string | undefined {
  if (typeof type === 'string') return type;
  const sample = constant ?? values?.[0];
  return sample === undefined ? undefined : typeof sample;
}

/** A number or a text, which is how a schema says that its numbers are decimals. */
export function isNumberOrText(options: readonly JsonSchema[]): boolean {
  const kinds = new Set(options.map(jsonTypeOf));
  return kinds.size === 2 && kinds.has('string') && (kinds.has('number') || kinds.has('integer'));
}
