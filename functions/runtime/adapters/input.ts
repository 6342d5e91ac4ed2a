import type { $ZodType } from 'zod/v4/core';
import { platformProblem } from '../contract/errors.ts';
import { FORBIDDEN_NAMES } from '../json-object.ts';
import { fromText, schemaLeaves, type LeafKind } from '../schema/leaves.ts';
import { withoutNulls } from '../schema/nulls.ts';
import { shownPath } from '../schema/shown-name.ts';
import { validate } from '../schema/validate.ts';

type Texts = Readonly<Record<string, string | undefined>>;

interface InputParts {
  readonly path?: Texts | undefined;
  readonly query?: Texts | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

const kindsBySchema = new WeakMap<$ZodType, ReadonlyMap<string, ReadonlySet<LeafKind>>>();

function topLevelKinds(schema: $ZodType): ReadonlyMap<string, ReadonlySet<LeafKind>> {
  let kinds = kindsBySchema.get(schema);
  if (!kinds) {
    kinds = new Map(
      schemaLeaves(schema)
        .filter((leaf) => leaf.path.length === 1)
        .map((leaf) => [leaf.path[0] as string, leaf.kinds]),
    );
    kindsBySchema.set(schema, kinds);
  }
  return kinds;
}

/**
 * Path, query and body members as one object. Path and query are text on the wire: where the schema takes only
 * numbers, booleans or lists, they become such: API Gateway joins a query parameter that is repeated with commas.
 * @throws ProblemError 400 `invalid-request` for a name that is given twice, or that is one of an object's prototype
 */
export function mergeInput(schema: $ZodType, { path, query, body }: InputParts): Record<string, unknown> {
  const input: Record<string, unknown> = { ...body };
  for (const [where, texts] of Object.entries({ query, path })) {
    for (const [name, text] of Object.entries(texts ?? {})) {
      if (text === undefined) continue;
      const message = FORBIDDEN_NAMES.has(name)
        ? 'is not allowed'
        : Object.hasOwn(input, name) && `is given twice, one time in the ${where}`;
      if (message) {
        throw platformProblem('invalid-request', {
          extensions: { errors: [{ path: shownPath([name]), message }] },
        });
      }
      input[name] = fromText(text, topLevelKinds(schema).get(name) ?? new Set(['string']));
    }
  }
  return input;
}

/**
 * The input as its schema reads it; `null` for an optional member that is not nullable means that it is left out.
 * @throws ProblemError 400 `invalid-request` with `errors: [{path, message}]`, which never repeats a value
 */
export function checkedInput<I>(schema: $ZodType<I>, input: unknown): I {
  const checked = validate(schema, withoutNulls(schema, input));
  if (checked.ok) return checked.value;
  throw platformProblem('invalid-request', { extensions: { errors: checked.faults } });
}
