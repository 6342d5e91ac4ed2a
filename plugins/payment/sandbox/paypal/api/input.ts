import * as z from 'zod/mini';
import { ApiError, type ErrorDetail } from './errors.ts';

/** The body as the schema wants it, or a 400 that names every place that is wrong. */
export function readBody<S extends z.ZodMiniType>(schema: S, body: unknown): z.output<S> {
  const result = z.safeParse(schema, body);
  if (result.success) return result.data;
  throw new ApiError(
    400,
    result.error.issues.map((issue) => detailOf(issue, body)),
  );
}

function detailOf(issue: z.core.$ZodIssue, body: unknown): ErrorDetail {
  const field = issue.path.map((part) => `/${String(part)}`).join('') || '/';
  const [name, description] = reasonOf(issue, valueAt(body, issue.path));
  return { issue: name, description, field, location: 'body' };
}

function reasonOf(issue: z.core.$ZodIssue, value: unknown): readonly [string, string] {
  if (value === undefined) return ['MISSING_REQUIRED_PARAMETER', 'A required field / parameter is missing.'];
  if (issue.code === 'too_big' || issue.code === 'too_small') {
    const end = issue.code === 'too_big' ? 'MAX' : 'MIN';
    return Array.isArray(value)
      ? [`INVALID_ARRAY_${end}_ITEMS`, 'The number of items in an array parameter is out of range.']
      : ['INVALID_STRING_LENGTH', 'The value of a field is either too short or too long.'];
  }
  if (issue.code === 'invalid_value') return ['INVALID_PARAMETER_VALUE', 'The value of a field is invalid.'];
  return ['INVALID_PARAMETER_SYNTAX', 'The value of a field does not conform to the expected format.'];
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) => (value as Record<PropertyKey, unknown> | undefined)?.[part],
    body,
  );
}

const TIME = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:?\d{2})$/;

const time = z.pipe(
  z.string().check(
    z.regex(TIME),
    z.refine((text) => !Number.isNaN(Date.parse(text))),
  ),
  z.transform((text) => Date.parse(text)),
);

/** A time in the query, in epoch milliseconds. */
export const queryTime = z.optional(time);
export const neededTime = time;

/** A whole number in the query. */
export function queryInt(fallback: number, min: number, max: number) {
  const digits = z.string().check(z.regex(/^\d{1,6}$/));
  const number = z.pipe(
    digits,
    z.pipe(
      z.transform((text: string) => Number(text)),
      z.int().check(z.minimum(min), z.maximum(max)),
    ),
  );
  return z._default(z.optional(number), fallback);
}

/** How many things a page shows. */
export function pageSize(fallback: number, max: number) {
  return queryInt(fallback, 1, max);
}

/** The query as the schema wants it, or a 400 that names every parameter that is wrong. */
export function readQuery<S extends z.ZodMiniType>(schema: S, query: URLSearchParams): z.output<S> {
  const values = Object.fromEntries(query);
  const result = z.safeParse(schema, values);
  if (result.success) return result.data;
  const details = result.error.issues.map(({ path }): ErrorDetail => {
    const field = String(path[0]);
    const missing = values[field] === undefined;
    return {
      issue: missing ? 'MISSING_REQUIRED_PARAMETER' : 'INVALID_PARAMETER_VALUE',
      description: missing ? 'A required field / parameter is missing.' : 'The value of a field is invalid.',
      field,
      location: 'query',
    };
  });
  throw new ApiError(400, details);
}
