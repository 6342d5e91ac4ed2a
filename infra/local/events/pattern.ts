import { isObject, type JsonObject } from '../json.ts';
import { compileMatcher, type Matcher, PatternError } from './pattern-matchers.ts';

export { PatternError } from './pattern-matchers.ts';

/**
 * One object of the pattern, compiled.
 * `candidate` is the object under test, `all` every object the event has at this path: a field counts as absent only
 * when none of an array's elements has it.
 */
type Node = (candidate: JsonObject, all: readonly JsonObject[]) => boolean;

const NOTHING: JsonObject = {};

/**
 * Compiles an EventBridge event pattern; event source mappings use the same language for their filters.
 * Semantics follow aws/event-ruler: every field must match, a field's list is an "or", arrays match by any element,
 * and fields inside an array of objects must match in the same element.
 * @throws {PatternError} naming the path of what EventBridge would refuse
 */
export function compilePattern(pattern: unknown): (event: unknown) => boolean {
  const node = compileObject(pattern, '$');
  return (event) => {
    const roots = objectsIn(event);
    return roots.some((root) => node(root, roots));
  };
}

/** Compiles and applies a pattern once. */
export function matchesPattern(pattern: unknown, event: unknown): boolean {
  return compilePattern(pattern)(event);
}

function compileObject(pattern: unknown, path: string): Node {
  if (!isObject(pattern)) throw new PatternError(path, 'must be an object');
  const entries = Object.entries(pattern);
  if (entries.length === 0) throw new PatternError(path, 'an empty object is not allowed');
  const parts = entries.map(([key, value]) => compileMember(key, value, `${path}.${key}`));
  return (candidate, all) => parts.every((part) => part(candidate, all));
}

function compileMember(key: string, value: unknown, path: string): Node {
  if (key === '$or') return compileOr(value, path);
  if (Array.isArray(value)) return compileField(key, value, path);
  if (!isObject(value)) throw new PatternError(path, 'must be an object or an array of values to match');
  const nested = compileObject(value, path);
  return (candidate, all) => {
    const children = all.flatMap((object) => objectsIn(own(object, key)));
    const mine = objectsIn(own(candidate, key));
    return (mine.length > 0 ? mine : [NOTHING]).some((child) => nested(child, children));
  };
}

function compileOr(value: unknown, path: string): Node {
  if (!Array.isArray(value) || value.length < 2) {
    throw new PatternError(path, 'must be an array of at least two patterns');
  }
  const branches = value.map((branch, index) => compileObject(branch, `${path}[${index}]`));
  return (candidate, all) => branches.some((branch) => branch(candidate, all));
}

function compileField(key: string, values: readonly unknown[], path: string): Node {
  if (values.length === 0) throw new PatternError(path, 'an empty array is not allowed');
  const matchers: Matcher[] = values.map((value, index) => compileMatcher(value, `${path}[${index}]`));
  return (candidate, all) =>
    matchers.some((matcher) =>
      matcher.kind === 'absent'
        ? all.every((object) => scalarsIn(own(object, key)).length === 0)
        : scalarsIn(own(candidate, key)).some((scalar) => matcher.test(scalar)),
    );
}

/** An own member only: `toString` and its like are not fields of an event. */
function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function objectsIn(value: unknown): readonly JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  return isObject(value) ? [value] : [];
}

function scalarsIn(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(scalarsIn);
  return value === undefined || isObject(value) ? [] : [value];
}
