import type { Operation } from '#runtime/contract/operation.ts';
import * as z from 'zod/mini';
import type { $ZodType, $ZodTypes } from 'zod/v4/core';
import type { Answer, CallOptions } from '../plugin-under-test.ts';

/** Told of every enum of a schema: where it stands, its values, and what the answers have there. */
type Visit = (member: string, allowed: readonly string[], answers: readonly unknown[]) => void;

/** Schemas of these types hold no others. */
const LEAVES: ReadonlySet<string> = new Set(['string', 'number', 'boolean', 'unknown']);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Walks an output schema along with answers that fit it. Members are named after the nearest object that has a name in
 * the OpenAPI document, so a view that several operations answer with is one. What it does not know it refuses, so
 * that no enum goes unseen.
 */
function walk(schema: $ZodType, member: string, answers: readonly unknown[], visit: Visit): void {
  const { def } = (schema as $ZodTypes)._zod;
  if (def.type === 'enum') visit(member, Object.values(def.entries).map(String), answers);
  else if (def.type === 'object') {
    const view = z.globalRegistry.get(schema)?.id ?? member;
    const objects = answers.filter(isObject);
    for (const [name, inner] of Object.entries(def.shape)) {
      const inside = objects.map((answer) => answer[name]);
      walk(inner, `${view}.${name}`, inside, visit);
    }
  } else if (def.type === 'array') walk(def.element, member, answers.filter(Array.isArray).flat(), visit);
  else if (def.type === 'record')
    walk(def.valueType, member, answers.filter(isObject).flatMap(Object.values), visit);
  else if (def.type === 'optional' || def.type === 'nullable') walk(def.innerType, member, answers, visit);
  else if (!LEAVES.has(def.type)) throw new Error(`${member}: no walk through schemas of type ${def.type}`);
}

interface Recorded {
  call: <T>(operation: string, input: unknown, options?: CallOptions) => Promise<Answer<T>>;
}

/** Which values the outputs of operations may have in their enums, and which of them were answered. */
export function enumMembers(
  operations: Readonly<Record<string, Pick<Operation<never, unknown, never>, 'output'>>>,
) {
  const seen = new Set<string>();
  const allowed = new Set<string>();
  for (const [name, { output }] of Object.entries(operations))
    walk(output, name, [], (member, values) => {
      for (const value of values) allowed.add(`${member}=${value}`);
    });
  const note = (name: string, body: unknown): void => {
    const output = operations[name]?.output;
    if (output === undefined) throw new Error(`no operation ${name}`);
    walk(output, name, [body], (member, _values, answers) => {
      for (const answer of answers) if (typeof answer === 'string') seen.add(`${member}=${answer}`);
    });
  };
  return {
    /** Each as `Payment.status=succeeded`. */
    allowed: [...allowed],
    /** The values that no answer had. */
    missing: (): readonly string[] => [...allowed].filter((value) => !seen.has(value)).toSorted(),
    /** Notes what the operations of a bench answer from now on; refusals have another schema. */
    record<B extends Recorded>(bench: B): B {
      const recorded: Recorded = bench;
      const { call } = recorded;
      recorded.call = async <T>(name: string, input: unknown, options?: CallOptions) => {
        const answer = await call<T>(name, input, options);
        if (answer.problem === undefined) note(name, answer.body);
        return answer;
      };
      return bench;
    },
  };
}
