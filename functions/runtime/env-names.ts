import type { $ZodType } from 'zod/v4/core';
import { schemaLeaves, type SchemaLeaf } from './schema-leaves.ts';

/** `stripe.secretKey` -> `STRIPE_SECRET_KEY`: dots and humps both become an underscore. */
export function screamingSnake(path: readonly string[]): string {
  return path
    .join('.')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();
}

/**
 * Environment name of every leaf of a configuration schema.
 * @throws Error when two leaves would share one name
 */
export function envNames(schema: $ZodType, prefix: string): ReadonlyMap<string, SchemaLeaf> {
  const names = new Map<string, SchemaLeaf>();
  for (const leaf of schemaLeaves(schema)) {
    const name = `${prefix}_${screamingSnake(leaf.path)}`;
    const other = names.get(name);
    if (other) {
      throw new Error(`${name} would stand for both "${other.path.join('.')}" and "${leaf.path.join('.')}"`);
    }
    names.set(name, leaf);
  }
  return names;
}

/** Variables with the prefix that stand for nothing, each with the nearest name that does. */
export function unknownVariables(
  names: Iterable<string>,
  prefix: string,
  variables: Readonly<Record<string, string | undefined>>,
): { readonly name: string; readonly nearest: string | undefined }[] {
  const known = [...names];
  return Object.keys(variables)
    .filter((name) => name.startsWith(`${prefix}_`) && !known.includes(name))
    .map((name) => ({ name, nearest: nearest(name, known) }));
}

function nearest(name: string, known: readonly string[]): string | undefined {
  const ranked = known.map((candidate) => ({ candidate, distance: editDistance(name, candidate) }));
  return ranked.sort((a, b) => a.distance - b.distance)[0]?.candidate;
}

/** Levenshtein distance, row by row. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
