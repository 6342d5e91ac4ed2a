import { isDeepStrictEqual } from 'node:util';
import { isJsonObject } from '../json-object.ts';

/**
 * What makes `after` out of `before`, for {@link withChanges}: the members that differ, those of objects by themselves,
 * and `undefined` for those that are left out.
 */
export function changesBetween(before: unknown, after: unknown): unknown {
  if (!isJsonObject(before) || !isJsonObject(after)) return after;
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return Object.fromEntries(
    [...names]
      .filter((name) => !isDeepStrictEqual(valueOf(before, name), valueOf(after, name)))
      .map((name) => [name, changesBetween(valueOf(before, name), valueOf(after, name))]),
  );
}

/** The values with changes: as JSON Merge Patch (RFC 7396), but `undefined` removes a member, so that `null` can be set. */
export function withChanges(values: unknown, changes: unknown): unknown {
  if (!isJsonObject(values) || !isJsonObject(changes)) return changes;
  const merged = new Map(Object.entries(values));
  for (const [name, change] of Object.entries(changes)) {
    if (change === undefined) merged.delete(name);
    else merged.set(name, withChanges(merged.get(name), change));
  }
  return Object.fromEntries(merged);
}

/** Only the object's own members count: a configuration may have one that is called like a method. */
const valueOf = (object: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(object, name) ? object[name] : undefined;
