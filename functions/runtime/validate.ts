import * as z from 'zod/mini';
import type { $ZodIssue, $ZodType } from 'zod/v4/core';

// Compiling validators at run time costs more at start than it saves per call.
z.config({ jitless: true });

/** One reason why a value does not fit, without the value itself. */
export interface Fault {
  /** Dotted path; empty for the whole value. */
  readonly path: string;
  readonly message: string;
}

export type Validated<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Checks a value against a schema; what does not fit is told by path and expectation, never by value. */
export function validate<T>(schema: $ZodType<T>, value: unknown): Validated<T> {
  const result = z.safeParse(schema, value);
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, faults: result.error.issues.flatMap((issue) => faultsOf(issue, value)) };
}

function faultsOf(issue: $ZodIssue, value: unknown): Fault[] {
  const path = issue.path.map(shownName);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, shownName(key)].join('.'),
      message: 'is not known here',
    }));
  }
  return [{ path: path.join('.'), message: messageOf(issue, value) }];
}

/** A member's name is the client's text too: one that does not look like a name is not repeated. */
function shownName(name: PropertyKey): string {
  const text = String(name);
  return typeof name === 'number' || /^[A-Za-z_][\w-]{0,39}$/.test(text) ? text : '?';
}

/** `zod/mini` brings no texts of its own: what a schema says itself stands, the rest is told from the issue. */
function messageOf(issue: $ZodIssue, value: unknown): string {
  if (issue.message && issue.message !== 'Invalid input') return issue.message;
  if (issue.code === 'invalid_type') {
    return valueAt(value, issue.path) === undefined ? 'is required' : `must be of type ${issue.expected}`;
  }
  if (issue.code === 'invalid_value') {
    return `must be one of ${issue.values.map((allowed) => JSON.stringify(allowed)).join(', ')}`;
  }
  if (issue.code === 'too_small') {
    return `must ${bound(issue.origin)} ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`;
  }
  if (issue.code === 'too_big') {
    return `must ${bound(issue.origin)} ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`;
  }
  if (issue.code === 'invalid_format') return `must have the form ${issue.format}`;
  return issue.code === 'invalid_union' ? 'fits none of the allowed forms' : 'is not valid';
}

const bound = (origin: string): string =>
  ['string', 'array', 'set', 'map', 'file'].includes(origin) ? 'have a length of' : 'be';

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const key of path) at = (at as Record<PropertyKey, unknown> | null | undefined)?.[key];
  return at;
}
