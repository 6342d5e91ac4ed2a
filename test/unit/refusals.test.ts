import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { $ZodCheck, $ZodType } from 'zod/v4/core';
import { definitionOf, insideOf } from '#runtime/schema/definition.ts';
import { validate } from '#runtime/schema/validate.ts';
import * as platform from '../../functions/platform/plugins/operations.ts';
import { getPoints } from '../../plugins/examples/advanced-plugin/operations/get-points.ts';
import { listStatements } from '../../plugins/examples/advanced-plugin/operations/list-statements.ts';
import { redeemPoints } from '../../plugins/examples/advanced-plugin/operations/redeem-points.ts';
import { listReceipts } from '../../plugins/examples/simple-plugin/operations/list-receipts.ts';
import { paymentConfig } from '../../plugins/payment/config.ts';
import { operations as payment } from '../../plugins/payment/operations.ts';

const schemas: readonly (readonly [string, $ZodType])[] = [
  ...Object.entries({
    ...platform,
    ...payment,
    listReceipts,
    getPoints,
    listStatements,
    redeemPoints,
  }).map(([name, { input }]) => [name, input] as const),
  ['configuration of payment', paymentConfig],
];

/** What a member may be given that it cannot take; one of them breaks every rule that a schema here has. */
const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));
const broken: readonly unknown[] = [
  undefined,
  null,
  true,
  [],
  [null],
  {},
  -1,
  1.5,
  1e300,
  Number.NaN,
  '',
  'x',
  '0',
  'a b',
  'https://',
  'javascript:alert(1)',
  '2026-02-30',
  '\ud800',
  '\u0007[',
  '😀'.repeat(600_000),
  { '': 'x', '\u0007': 'x', ['k'.repeat(5000)]: 'x' },
  { zzz: 1 },
  { a: null },
  many(200),
  { mode: 'live', webhookId: 'WEBHOOK_ID', clientId: 'a', clientSecret: 'b', webhookPostBack: false },
];

/** Texts that say that something is wrong, but not what. */
const NAMES_NO_RULE =
  /^(?:invalid input|is not valid|fits none.*|is wrong|is invalid|)$|\bis not valid\b|undefined|\[object/i;

interface Place {
  readonly path: string;
  readonly schema: $ZodType;
}

/** Every schema inside of a schema, keys of records too. */
function* placesOf(schema: $ZodType, path: string): Generator<Place> {
  yield { path, schema };
  const { shape = {}, options = [], element, valueType } = definitionOf(schema);
  const { keyType } = schema._zod.def as { readonly keyType?: $ZodType };
  const inside = insideOf(schema);
  if (inside) yield* placesOf(inside, path);
  for (const option of options) yield* placesOf(option, path);
  for (const [name, member] of Object.entries(shape)) yield* placesOf(member, `${path}.${name}`);
  if (element) yield* placesOf(element, `${path}[]`);
  if (keyType) yield* placesOf(keyType, `${path}{key}`);
  if (valueType) yield* placesOf(valueType, `${path}{}`);
}
const places = schemas.flatMap(([name, schema]) => [...placesOf(schema, name)]);

const checksOf = ({ _zod: { def } }: $ZodType): readonly $ZodCheck[] =>
  (def as { readonly checks?: readonly $ZodCheck[] }).checks ?? [];

describe('a refusal of input', () => {
  it('is told of every schema here', () => {
    expect(schemas.length).toBeGreaterThan(25);
    expect(places.length).toBeGreaterThan(150);
  });

  it.each(places.map(({ path, schema }) => [path, schema] as const))('names the rule: %s', (_, schema) => {
    for (const value of broken) {
      const checked = validate(schema, value);
      if (checked.ok) continue;
      for (const { message } of checked.faults) {
        expect(message).not.toMatch(NAMES_NO_RULE);
        expect(message).toMatch(/\b(?:must|is required|is not known|more members)\b/);
      }
    }
  });

  it('breaks every single check once, so that none goes unseen', () => {
    const unbroken = places.flatMap(({ path, schema }) =>
      checksOf(schema)
        .filter(({ _zod: { def } }) => (def as { readonly check?: string }).check !== 'overwrite')
        .filter((check) => {
          const alone = (value: unknown) => {
            const issues: never[] = [];
            try {
              void check._zod.check({ value, issues } as never);
            } catch {
              return false;
            }
            return issues.length > 0;
          };
          return !broken.some(alone);
        })
        .map(() => path),
    );
    expect(unbroken).toEqual([]);
  });

  it('names unknown members wherever members are known', () => {
    for (const { path, schema } of places) {
      const { shape } = definitionOf(schema);
      const { catchall } = schema._zod.def as { readonly catchall?: $ZodType };
      if (shape === undefined || catchall === undefined) continue;
      const [first = ''] = Object.keys(shape);
      const checked = validate(schema, { [`${first}z`]: 1, 'кл\u0007юч': 1 });
      const told = checked.ok ? [] : checked.faults.map((fault) => `${fault.path} ${fault.message}`);
      expect(told, path).toContain(`${first}z is not known here: did you mean ${first}?`);
      expect(told, path).toContain(String.raw`["кл\u0007юч"] is not known here`);
    }
  });

  it('would be found out if it named none', () => {
    const schema = z.object({ a: z.string().check(z.refine((value) => value === 'a')) });
    const checked = validate(schema, { a: 'b' });
    expect(checked.ok ? '' : checked.faults[0]?.message).toMatch(NAMES_NO_RULE);
  });
});
