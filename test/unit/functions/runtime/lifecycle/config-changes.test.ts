import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesBetween, withChanges } from '#runtime/lifecycle/config-changes.ts';

const json = fc.object({
  maxDepth: 3,
  withNullPrototype: false,
  key: fc.oneof(fc.constantFrom('a', 'b', '__proto__', 'constructor', 'toString'), fc.string()),
  values: [fc.integer(), fc.string(), fc.boolean(), fc.constant(null), fc.array(fc.integer())],
});

describe('changes of a configuration', () => {
  it('make one out of any other', () => {
    fc.assert(
      fc.property(json, json, (before, after) => {
        expect(withChanges(before, changesBetween(before, after))).toEqual(after);
      }),
    );
  });

  it('are none between two that are the same', () => {
    fc.assert(
      fc.property(json, (values) => {
        expect(changesBetween(values, structuredClone(values))).toEqual({});
      }),
    );
  });

  it.each([
    ['set a member inside of an object', { a: { b: 1, c: 2 } }, { a: { b: 3 } }, { a: { b: 3, c: 2 } }],
    ['remove what is undefined', { a: { b: 1, c: 2 } }, { a: { b: undefined } }, { a: { c: 2 } }],
    ['set null', { a: 1 }, { a: null }, { a: null }],
    ['replace a list', { a: [1, 2] }, { a: [3] }, { a: [3] }],
    ['replace a value by an object', { a: 1 }, { a: { b: 2 } }, { a: { b: 2 } }],
  ])('%s', (_, values, changes, expected) => {
    const merged = withChanges(values, changes);
    expect(merged).toEqual(expected);
    expect(Object.keys(merged as object)).toEqual(Object.keys(expected));
  });
});
