import * as z from 'zod';
import type { ErrorCode } from './codes.ts';
import { type JsonPath, pointer, valueAt } from './document.ts';
import { type Finding, shown } from './errors.ts';
import { listed, suggestion } from './suggest.ts';

type Issue = z.core.$ZodIssue;

/** What does not fit a schema at one place. */
export type SchemaFinding = Finding & { readonly code: ErrorCode };

/** Checks a value against a schema: the output if it fits, and what does not fit, once for each place. */
export function schemaFindings<T>(
  schema: z.ZodType<T>,
  value: unknown,
): { readonly data: T | undefined; readonly findings: readonly SchemaFinding[] } {
  const { data, error } = schema.safeParse(value);
  const found = new Map<string, SchemaFinding>();
  for (const finding of (error?.issues ?? []).flatMap((issue) => translate(issue, { schema, value }))) {
    const at = pointer(finding.path);
    if (!found.has(at)) found.set(at, finding);
  }
  return { data, findings: [...found.values()] };
}

/** What is checked, from its root. */
interface Checked {
  readonly schema: z.ZodType;
  readonly value: unknown;
}

function translate(issue: Issue, { schema, value: root }: Checked): SchemaFinding[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknownField([...path, key], schema));
  if (issue.code === 'invalid_key') return [badName(path, issue.issues[0]?.message ?? issue.message)];
  const value = valueAt(root, path);
  if (value === undefined && path.length > 0) return [missing(path, issue, schema)];
  if (issue.code === 'invalid_value') return [notListed(path, value, issue.values.map(String))];
  const wrongType = issue.code === 'invalid_type' && typeof value !== 'number';
  const allowed = allowedBy(issue);
  return [{ code: wrongType ? 'PLG006' : 'PLG007', path, allowed, fix: `Write ${allowed}.` }];
}

function unknownField(path: JsonPath, schema: z.ZodType): SchemaFinding {
  const key = String(path.at(-1));
  const known = knownFields(path.slice(0, -1), schema);
  const fix = suggestion(key, known, 'Remove it.');
  return { code: 'PLG005', path, given: shown(key), allowed: listed(known), fix };
}

function badName(path: JsonPath, allowed: string): SchemaFinding {
  return { code: 'PLG008', path, given: shown(path.at(-1)), allowed, fix: 'Rename it.' };
}

function missing(path: JsonPath, issue: Issue, schema: z.ZodType): SchemaFinding {
  const custom = issue.code === 'custom' ? issue.message : undefined;
  const allowed = custom ?? schemaAt(path, schema)?.description ?? allowedBy(issue);
  return { code: 'PLG004', path, allowed, fix: `Add "${String(path.at(-1))}".` };
}

function notListed(path: JsonPath, value: unknown, values: readonly string[]): SchemaFinding {
  const allowed = listed(values);
  const fix = suggestion(
    typeof value === 'string' ? value : '',
    values,
    values.length === 1 ? `Write ${allowed}.` : 'Write one of them.',
  );
  return { code: 'PLG007', path, allowed, fix };
}

/** The checks of the schema say what they allow; zod's own texts begin with "Invalid". */
function allowedBy(issue: Issue): string {
  if (issue.code !== 'invalid_type' || !issue.message.startsWith('Invalid')) return issue.message;
  const names: Record<string, string> = { record: 'an object', object: 'an object', array: 'an array' };
  return names[issue.expected] ?? `a ${issue.expected}`;
}

function knownFields(path: JsonPath, root: z.ZodType): string[] {
  const schema = schemaAt(path, root);
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** The schema of a place below `root`. */
export function schemaAt(path: JsonPath, root: z.ZodType): z.ZodType | undefined {
  let schema: unknown = root;
  for (const part of path) {
    const parent = unwrapped(schema);
    if (parent instanceof z.ZodObject) schema = parent.shape[part];
    else if (parent instanceof z.ZodRecord) schema = parent.valueType;
    else if (parent instanceof z.ZodArray) schema = parent.element;
    else return undefined;
  }
  const found = unwrapped(schema);
  return found instanceof z.ZodType ? found : undefined;
}

function unwrapped(schema: unknown): unknown {
  const wrapped =
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  return wrapped ? unwrapped(schema.unwrap()) : schema;
}
