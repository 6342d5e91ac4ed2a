import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import * as zod from 'zod/mini';
import type { $ZodType } from 'zod/v4/core';
import { text } from '#runtime/contract/text.ts';
import * as deferred from '#runtime/schema/deferred/all.ts';
import { read } from '#runtime/schema/deferred/read.ts';
import { REFUSED } from '#runtime/schema/deferred/refused.ts';
import { schemaLeaves } from '#runtime/schema/leaves.ts';
import { withoutNulls } from '#runtime/schema/nulls.ts';
import { isSecret, secret } from '#runtime/schema/secret.ts';

type Z = typeof zod;

const word = (z: Z) => z.string().check(z.regex(/^\S+$/), z.minLength(1), z.maxLength(8));

/** One schema of every kind that is read without Zod, and values that it has to read so. */
const schemas: Readonly<Record<string, readonly [(z: Z) => $ZodType, ...unknown[]]>> = {
  string: [(z) => z.string(), '', 'a'],
  text: [(z) => z.string().check(z.minLength(2), z.maxLength(4)), 'abc', '\u{1f4b3}\u{1f4b3}'],
  word: [word, 'word'],
  part: [(z) => z.string().check(z.includes('--')), 'a--b'],
  lowerCase: [(z) => z.string().check(z.regex(/^[A-Za-z]{3}$/g), z.toLowerCase()), 'USD', 'usd'],
  overwritten: [
    (z) =>
      z.string().check(
        z.overwrite((given: string) => given.trim()),
        z.minLength(1),
      ),
    ' a ',
  ],
  custom: [
    (z) =>
      z.string().check(
        z.check<string>(({ value, issues }) => {
          if (value === 'no') issues.push({ code: 'custom', input: value });
        }),
        z.refine((given: string) => given !== 'never', 'must not be never'),
      ),
    'yes',
  ],
  number: [(z) => z.number().check(z.gte(-1), z.lt(100)), 0, -1, 99.5],
  int: [(z) => z.int().check(z.minimum(1), z.maximum(100)), 1, 100],
  positive: [(z) => z.number().check(z.positive(), z.lte(10)), 0.1],
  boolean: [(z) => z.boolean(), true, false],
  unknown: [(z) => z.unknown(), undefined, null, { a: [1] }],
  literal: [(z) => z.literal(['a', 1, null]), 'a', 1, null],
  enum: [(z) => z.enum(['one', 'two']), 'one', 'two'],
  time: [(z) => z.iso.datetime(), '2026-11-29T23:59:59Z', '2026-02-28T00:00:00.123Z'],
  timeOfAnyZone: [(z) => z.string().check(z.iso.datetime({ offset: true })), '2026-11-29T08:30:04.120Z'],
  url: [(z) => z.url(), 'https://example.com/a?b#c', 'mailto:a@example.com'],
  date: [(z) => z.iso.date(), '2026-01-31'],
  object: [(z) => z.object({ a: z.string(), b: z.optional(z.int()) }), { a: '', b: 1, c: 1 }, { a: '' }],
  strictObject: [
    (z) => z.strictObject({ a: z._default(z.int(), 20), b: z.optional(z.nullable(z.string())) }),
    {},
    { a: 1 },
    { b: null },
    { b: undefined },
  ],
  refined: [
    (z) => z.object({ a: z.optional(z.int()) }).check(z.refine(({ a }) => a !== 1, 'must not be 1')),
    { a: 2 },
    {},
  ],
  defaults: [
    (z) => z.object({ list: z._default(z.array(z.int()), [1]), at: z._default(z.string(), () => 'now') }),
    {},
  ],
  defaultOfObject: [
    (z) => z._default(z.object({ a: z._default(z.boolean(), true) }), { a: false }),
    undefined,
    {},
  ],
  array: [(z) => z.array(z.object({ a: z.int() })).check(z.maxLength(3)), [], [{ a: 1, b: 2 }]],
  record: [(z) => z.record(word(z), z.optional(z.int())), {}, { a: 1, b: undefined }],
  union: [
    (z) => z.union([z.number(), word(z), z.array(z.string()), z.object({ a: z.int() })]),
    1,
    'a',
    ['b'],
    { a: 1 },
  ],
  pipe: [
    (z) =>
      z.pipe(
        z.union([z.number(), z.string()]),
        z.transform((given, { issues }) => {
          if (given === '') issues.push({ code: 'custom', input: given });
          return String(given);
        }),
      ),
    1,
    'a',
  ],
  secret: [(z) => z.strictObject({ key: secret(z.string()) }), { key: 'a' }],
  // What is left to Zod altogether.
  optionalDefault: [(z) => z.object({ a: z.optional(z._default(z.int(), 1)) })],
  loose: [(z) => z.looseObject({ a: z.int() })],
  protocol: [(z) => z.url({ protocol: /^https$/ })],
  tuple: [(z) => z.tuple([z.int(), z.string()])],
  closedRecord: [(z) => z.record(z.enum(['a', 'b']), z.int())],
  coercing: [(z) => z.union([z.string({ coerce: true } as never), z.number()])],
  halfLength: [(z) => z.string().check(z.minLength(1.5))],
  sameKinds: [(z) => z.union([z.object({ a: z.int() }), z.object({ a: z.string() })])],
  discriminated: [
    (z) =>
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('a'), a: z.int() }),
        z.object({ kind: z.literal('b') }),
      ]),
  ],
  settings: [(z) => z.string().check(z.refine((given: string) => given !== 'a', { when: () => false }))],
  symbols: [(z) => z.object({ [Symbol.iterator]: z.optional(z.int()), a: z.int() })],
};

const catalogue = Object.entries(schemas).map(([name, [schemaBy, ...fitting]]) => {
  const lazy = schemaBy(deferred as unknown as Z);
  return { name, real: schemaBy(zod), lazy, fitting };
});

const outcome = (z: Z, schema: $ZodType, value: unknown) => {
  const result = z.safeParse(schema, value);
  return result.success ? result : { success: false, issues: result.error.issues };
};

test.each(catalogue)('$name: reads what fits without Zod', ({ lazy, real, fitting }) => {
  for (const value of fitting) {
    const made = read(lazy, value);
    expect(made).not.toBe(REFUSED);
    expect({ success: true, data: made }).toStrictEqual(zod.safeParse(real, value));
  }
});

test.each([
  ['coercing', 5],
  ['halfLength', '\u{1f4b3}'],
])('%s: leaves to Zod what it may read as something else', (name, value) => {
  expect(read(catalogue.find((one) => one.name === name)?.lazy, value)).toBe(REFUSED);
});

const names = fc.constantFrom(
  'a',
  'b',
  'c',
  'key',
  'kind',
  'list',
  'at',
  '__proto__',
  'constructor',
  'toString',
);
const leaf = fc.oneof(
  fc.constantFrom(
    undefined,
    null,
    '',
    'a',
    'b',
    'no',
    'never',
    'one',
    'usd',
    ' a ',
    'a--b',
    'https://example.com/x',
  ),
  fc.constantFrom(
    '2026-02-29',
    '2024-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-11-29T08:30Z',
    '2026-11-29T24:00:00Z',
  ),
  fc.constantFrom(0, -0, 1, 1.5, 99, 100, 101, -1, Number.NaN, Infinity, 2 ** 53),
  fc.boolean(),
  fc.string(),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom(1n, Symbol('s'), new Date(0), new Map(), () => 1, Object.create({ a: 1 })),
);
const { value: anyValue } = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  object: fc.dictionary(names, tie('value'), { maxKeys: 4 }),
}));

test.each(catalogue)(
  '$name: never accepts what Zod refuses, and makes the same of it',
  ({ lazy, real, fitting }) => {
    const value = fc.oneof(anyValue, ...(fitting.length > 0 ? [fc.constantFrom(...fitting)] : []));
    fc.assert(
      fc.property(value, (given) => {
        const made = read(lazy, given);
        if (made === REFUSED) return;
        const expected = zod.safeParse(real, given);
        // Vitest's own equality takes a member named `constructor` for the type of its object.
        const isSame = isDeepStrictEqual(made, expected.data);
        if (!expected.success || !isSame) expect({ success: true, data: made }).toStrictEqual(expected);
        expect(isSame).toBe(true);
      }),
      { numRuns: 400 },
    );
  },
);

test.each(catalogue)('$name: refuses with the issues of Zod', ({ lazy, real }) => {
  fc.assert(
    fc.property(anyValue, (given) => {
      expect(outcome(deferred as unknown as Z, lazy, given)).toEqual(outcome(zod, real, given));
    }),
    { numRuns: 100 },
  );
});

const members = (z: Z) =>
  z.strictObject({
    word: z.string(),
    at: z.optional(z.iso.date()),
    list: z._default(z.array(z.string()), []),
    either: z.nullable(z.union([z.int(), z.boolean()])),
    inner: z.optional(z.object({ key: secret(z.string()), open: z.record(z.string(), z.unknown()) })),
    one: z.literal(['a', 1]),
    amount: z.pipe(z.union([z.number(), z.string()]), z.transform(String)),
  });

describe('what is told from a schema without building it', () => {
  const schema = members(deferred as unknown as Z);

  it('has the same leaves', () => {
    expect(schemaLeaves(schema)).toEqual(schemaLeaves(members(zod)));
  });

  it('leaves out the same nulls', () => {
    const value = {
      word: null,
      at: null,
      list: null,
      either: null,
      inner: { key: null, open: { a: null } },
      amount: null,
    };
    expect(withoutNulls(schema, value)).toEqual(withoutNulls(members(zod), value));
  });

  it('has its members', () => {
    expect(Object.keys(schema.shape)).toEqual(Object.keys(members(zod).shape));
    expect((deferred as unknown as Z).enum(['a', 'b']).options).toEqual(['a', 'b']);
  });
});

describe('as a schema of Zod', () => {
  const z = deferred as unknown as Z;

  it('stands in schemas that are not deferred, and the other way around', () => {
    expect(zod.safeParse(zod.object({ a: z.int() }), { a: 1 }).success).toBe(true);
    expect(zod.safeParse(zod.object({ a: z.int() }), { a: 'x' }).success).toBe(false);
    expect(z.safeParse(z.object({ a: zod.int() }), { a: 1 })).toEqual({ success: true, data: { a: 1 } });
    expect(z.int()).toBeInstanceOf(zod.ZodMiniNumberFormat);
  });

  it('has the methods of Zod', async () => {
    const schema = z.object({ a: z.int() });
    expect(schema.parse({ a: 1 })).toEqual({ a: 1 });
    expect(schema.safeParse({ a: 'x' }).success).toBe(false);
    expect(await schema.parseAsync({ a: 1 })).toEqual({ a: 1 });
    expect(() => z.parse(schema, {})).toThrow(zod.core.$ZodError);
    expect(z.parse(schema, { a: 2 })).toEqual({ a: 2 });
    expect(zod.safeParse(zod.extend(schema, { b: zod.string() }), { a: 1 }).success).toBe(false);
  });

  it('keeps what is registered, and what is marked as secret', () => {
    const schema = z.object({ a: z.int() }).register(z.globalRegistry, { id: 'Deferred' });
    const holder = z.object({ it: schema, list: z.array(schema) });
    expect(zod.toJSONSchema(holder)).toMatchObject({ $defs: { Deferred: { type: 'object' } } });
    const marked = secret(z.string());
    expect([isSecret(marked), isSecret(z.string())]).toEqual([true, false]);
  });

  it('has the lengths of a text in its JSON Schema', () => {
    expect(zod.toJSONSchema(text(40))).toMatchObject({ minLength: 1, maxLength: 40 });
  });

  it('reads a schema that refers to itself', () => {
    const node = z.object({
      name: z.string(),
      get children() {
        return z.array(node);
      },
    }) as zod.ZodMiniObject;
    const tree = { name: 'a', children: [{ name: 'b', children: [] }] };
    expect(read(node, tree)).toEqual(tree);
    expect(z.safeParse(node, { name: 'a', children: [{}] }).success).toBe(false);
  });
});
