import * as z from 'zod/mini';
import type { $ZodIssue, $ZodType } from 'zod/v4/core';
import { ruleOf } from './fault-messages.ts';
import { nearest } from '../nearest.ts';
import { namesAt } from './definition.ts';
import { shownName, shownPath } from './shown-name.ts';

// Compiling validators at run time costs more at start than it saves per call.
z.config({ jitless: true });

/** One reason why a value does not fit, without the value itself. */
export interface Fault {
  /** Dotted path, see {@link shownPath}; empty for the whole value. */
  readonly path: string;
  readonly message: string;
}

type Validated<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** More are counted only: a body can hold a hundred thousand unknown members. */
const FAULTS_MAX = 50;

/** Checks a value against a schema. Faults name path and rule, never the value. */
export function validate<T>(schema: $ZodType<T>, value: unknown): Validated<T> {
  const result = z.safeParse(schema, value);
  if (result.success) return { ok: true, value: result.data };
  const { issues } = result.error;
  const found = [
    ...faultsOf(
      issues.flatMap((issue) => narrowUnion(issue, value)),
      schema,
      value,
    ),
  ];
  const faults = [...new Map(found.map((fault) => [`${fault.path}\n${fault.message}`, fault])).values()];
  const rest = faults.length - FAULTS_MAX;
  const more = { path: '', message: `${rest} more members do not fit` };
  return { ok: false, faults: rest > 0 ? [...faults.slice(0, FAULTS_MAX), more] : faults };
}

/** The issues of the one alternative of a union that has the value's type; the union's own issue in any other case. */
function narrowUnion(issue: $ZodIssue, value: unknown): $ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const ofKind = issue.errors.filter((errors) => errors.every(({ code, path }) => !isAboutKind(code, path)));
  const [only] = ofKind;
  if (only === undefined || ofKind.length > 1 || valueAt(value, issue.path) === undefined) return [issue];
  return only.flatMap((inner) => narrowUnion({ ...inner, path: [...issue.path, ...inner.path] }, value));
}

const isAboutKind = (code: string, path: readonly PropertyKey[]): boolean =>
  path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');

function* faultsOf(issues: readonly $ZodIssue[], schema: $ZodType, value: unknown): Generator<Fault> {
  const unknown = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.slice(0, FAULTS_MAX + 1).map((key) => ({ at: issue.path, key }))
      : [],
  );
  const missing = issues.flatMap(({ code, path }) =>
    code !== 'unrecognized_keys' && path.length > 0 && valueAt(value, path) === undefined ? [path] : [],
  );
  const misspelt = new Map<string, string>();
  const hints: Fault[] = [];
  for (const { at, key } of unknown) {
    const sought = missing.filter((path) => shownPath(path.slice(0, -1)) === shownPath(at));
    const name =
      nearest(
        key,
        sought.map((path) => String(path.at(-1))),
      ) ?? nearest(key, unused(schema, value, at));
    if (name !== undefined) misspelt.set(shownPath([...at, name]), shownName(key));
    const hint = name === undefined ? '' : `: did you mean ${name}?`;
    hints.push({ path: shownPath([...at, key]), message: `is not known here${hint}` });
  }
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys') continue;
    const path = shownPath(issue.path);
    const message = ruleOf(issue, valueAt(value, issue.path));
    const given = message.startsWith('is required') ? misspelt.get(path) : undefined;
    yield { path, message: given === undefined ? message : `${message} (given was ${given})` };
  }
  yield* hints;
}

/** The names that an object may have and does not have. */
function unused(schema: $ZodType, value: unknown, path: readonly PropertyKey[]): string[] {
  const given = Object(valueAt(value, path)) as object;
  return namesAt(schema, path).filter((name) => !Object.hasOwn(given, name));
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const key of path) at = (at as Record<PropertyKey, unknown> | null | undefined)?.[key];
  return at;
}
