import type { $ZodType } from 'zod/v4/core';
import { nearest } from '../nearest.ts';
import { screamingSnake } from '../screaming-snake.ts';
import { schemaLeaves, type SchemaLeaf } from '../schema/leaves.ts';

/**
 * Environment name of every leaf of a configuration schema.
 * @throws Error when two leaves would share one name
 */
export function envNames(schema: $ZodType, prefix: string): ReadonlyMap<string, SchemaLeaf> {
  const names = new Map<string, SchemaLeaf>();
  for (const leaf of schemaLeaves(schema)) {
    const name = `${prefix}_${screamingSnake(leaf.path.join('.'))}`;
    const other = names.get(name);
    if (other) {
      throw new Error(`${name} would stand for both "${other.path.join('.')}" and "${leaf.path.join('.')}"`);
    }
    names.set(name, leaf);
  }
  return names;
}

/** Variables with the prefix that are no name of the schema, each with the nearest known name. */
export function unknownVariables(
  names: Iterable<string>,
  prefix: string,
  variables: Readonly<Record<string, string | undefined>>,
): { readonly name: string; readonly nearest: string | undefined }[] {
  // Without the prefix, which all have in common and which would make every two of them alike.
  const start = `${prefix}_`;
  const known = new Set([...names].map((name) => name.slice(start.length)));
  return Object.keys(variables)
    .filter((name) => name.startsWith(start) && !known.has(name.slice(start.length)))
    .map((name) => {
      const near = nearest(name.slice(start.length), known);
      return { name, nearest: near === undefined ? undefined : `${start}${near}` };
    });
}
