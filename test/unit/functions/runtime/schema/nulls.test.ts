import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { withoutNulls } from '#runtime/schema/nulls.ts';

const schema = z.strictObject({
  id: z.string(),
  name: z.optional(z.string()),
  note: z.optional(z.nullable(z.string())),
  cascade: z._default(z.boolean(), false),
  any: z.optional(z.unknown()),
  address: z.optional(z.strictObject({ street: z.optional(z.string()), city: z.string() })),
  items: z.optional(z.array(z.strictObject({ tag: z.optional(z.string()) }))),
  metadata: z.optional(z.record(z.string(), z.string())),
  clearable: z.optional(z.record(z.string(), z.nullable(z.string()))),
  either: z.optional(z.union([z.string(), z.strictObject({ a: z.optional(z.string()) })])),
  piped: z.optional(
    z.pipe(
      z.strictObject({ a: z.optional(z.string()) }),
      z.transform((value) => value),
    ),
  ),
});

describe('null', () => {
  it('of an optional member is as if it was left out, at any depth', () => {
    const given = {
      id: 'a',
      name: null,
      cascade: null,
      address: { street: null, city: 'b' },
      items: [{ tag: null }, { tag: 'c' }],
      metadata: { a: null, b: 'c' },
      either: { a: null },
      piped: { a: null },
    };
    expect(withoutNulls(schema, given)).toStrictEqual({
      id: 'a',
      address: { city: 'b' },
      items: [{}, { tag: 'c' }],
      metadata: { b: 'c' },
      either: {},
      piped: {},
    });
  });

  it.each([
    ['a required member', { id: null }],
    ['a required member further inside', { id: 'a', address: { city: null } }],
    ['a nullable member', { id: 'a', note: null }],
    ['an entry that is nullable', { id: 'a', clearable: { b: null } }],
    ['a member that may be anything', { id: 'a', any: null }],
    ['an element of a list', { id: 'a', items: [null] }],
    ['a member that is not known', { id: 'a', other: null }],
    ['the whole', null],
  ])('of %s stays', (_, given) => {
    expect(withoutNulls(schema, given)).toStrictEqual(given);
  });

  it('hands on what holds none as it is', () => {
    const given = { id: 'a', address: { city: 'b' } };
    expect(withoutNulls(schema, given)).toBe(given);
  });
});
