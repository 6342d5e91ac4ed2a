import { isDeepStrictEqual } from 'node:util';
import { isJsonObject } from '#runtime/json-object.ts';
import type { ConfigValues } from '#runtime/lifecycle/config-document.ts';
import { shownPath } from '#runtime/schema/shown-name.ts';

/** A value that the schema of a configuration takes. */
export interface ConfigLeaf {
  readonly path: readonly string[];
  readonly secret: boolean;
}

export const MASK = '********';

type Path = readonly string[];
type Leaves = readonly ConfigLeaf[];

const startsWith = (path: Path, start: Path): boolean => start.every((key, index) => path[index] === key);

/**
 * How a place in a document is shown. What the schema does not know may be a secret of another version: it is masked.
 * `group`: it has members of both kinds.
 */
function kindOf(path: Path, leaves: Leaves): 'open' | 'secret' | 'group' {
  const around = leaves.find((leaf) => startsWith(path, leaf.path));
  if (around) return around.secret ? 'secret' : 'open';
  return leaves.some((leaf) => startsWith(leaf.path, path)) ? 'group' : 'secret';
}

/** The values with every secret masked. */
export function masked(values: unknown, leaves: Leaves, path: Path = []): unknown {
  const kind = kindOf(path, leaves);
  if (kind === 'open') return values;
  if (kind === 'secret' && path.length > 0) return MASK;
  if (!isJsonObject(values)) return path.length === 0 ? {} : MASK;
  const members = Object.entries(values).map(([key, value]) => [key, masked(value, leaves, [...path, key])]);
  return Object.fromEntries(members) as unknown;
}

/** Applies a JSON merge patch (RFC 7396); a masked value that is sent back stays what it is. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) return patch;
  const merged = new Map(Object.entries(isJsonObject(target) ? target : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === MASK) continue;
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}

/** One place in which two documents differ; a side without the value has no member, and secrets are masked. */
export interface ConfigDifference {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Where two documents differ, down to single values. */
export function differences(
  before: ConfigValues,
  after: ConfigValues,
  leaves: Leaves,
): readonly ConfigDifference[] {
  return [...differing(before, after, leaves, [])];
}

function* differing(
  before: unknown,
  after: unknown,
  leaves: Leaves,
  path: Path,
): Generator<ConfigDifference> {
  if (isDeepStrictEqual(before, after)) return;
  const isSecret = path.length > 0 && kindOf(path, leaves) === 'secret';
  const isGroup = [before, after].every((side) => side === undefined || isJsonObject(side));
  if (isGroup && !isSecret) {
    const [left, right] = [before ?? {}, after ?? {}] as [ConfigValues, ConfigValues];
    const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
    if (keys.length > 0) {
      for (const key of keys) yield* differing(left[key], right[key], leaves, [...path, key]);
      return;
    }
  }
  yield {
    path: shownPath(path),
    ...(before !== undefined && { before: masked(before, leaves, path) }),
    ...(after !== undefined && { after: masked(after, leaves, path) }),
  };
}
