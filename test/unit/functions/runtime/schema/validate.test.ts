import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { validate } from '#runtime/schema/validate.ts';

const schema = z.strictObject({
  customerId: z.string(),
  planId: z.string(),
  quantity: z.optional(z.int().check(z.gte(1), z.lte(9), z.multipleOf(3))),
  amount: z.optional(z.union([z.number(), z.string().check(z.maxLength(4))])),
  kind: z.optional(z.enum(['big', 'small'])),
  code: z.optional(z.string().check(z.regex(/^[a-z]+$/))),
  where: z.optional(z.url()),
  at: z.optional(z.iso.datetime()),
  metadata: z.optional(
    z.record(z.string().check(z.maxLength(3), z.regex(/^[^[\]]*$/, 'must be without [ and ]')), z.string()),
  ),
  list: z.optional(z.array(z.strictObject({ price: z.string() }))),
  place: z.optional(z.union([z.strictObject({ street: z.string() }), z.number()])),
});
const sound = { customerId: 'c', planId: 'p' };

function faultsOf(value: unknown): Record<string, string> {
  const checked = validate(schema, value);
  if (checked.ok) throw new Error('It fits');
  return Object.fromEntries(checked.faults.map(({ path, message }) => [path, message]));
}

describe('what does not fit', () => {
  it('connects a missing member with the one that was given for it', () => {
    expect(faultsOf({ customerId: 'c', plan: 'p' })).toEqual({
      planId: 'is required (given was plan)',
      plan: 'is not known here: did you mean planId?',
    });
  });

  it.each([
    [{ quantitty: 1 }, 'quantitty', 'is not known here: did you mean quantity?'],
    [{ meta_data: {} }, 'meta_data', 'is not known here: did you mean metadata?'],
    [{ list: [{ price: 'a', prise: 'b' }] }, 'list.0.prise', 'is not known here'],
    [{ list: [{ Price: 'b' }] }, 'list.0.Price', 'is not known here: did you mean price?'],
    [{ zzz: 1 }, 'zzz', 'is not known here'],
    // What was given already cannot have been meant.
    [{ customer: 'p' }, 'customer', 'is not known here'],
  ])('names what an unknown member stands for: %j', (given, path, message) => {
    expect(faultsOf({ ...sound, ...given })[path]).toBe(message);
  });

  it.each([
    [{ quantity: 0 }, 'quantity', 'must be at least 1'],
    [{ quantity: 1.5 }, 'quantity', 'must be an integer'],
    [{ quantity: 4 }, 'quantity', 'must be a multiple of 3'],
    [{ quantity: null }, 'quantity', 'is required and must be of type number, not null'],
    [{ amount: true }, 'amount', 'must be of type number or string'],
    [{ amount: '12345' }, 'amount', 'must have a length of at most 4'],
    [{ kind: 'x' }, 'kind', 'must be one of "big", "small"'],
    [{ code: '1' }, 'code', 'must match /^[a-z]+$/'],
    [{ where: 'x' }, 'where', 'must be an absolute URL, such as https://example.com/path'],
    [{ at: '1' }, 'at', 'must be a time of ISO 8601 with a time zone, such as 2026-11-01T09:30:00Z'],
    [{ metadata: { 'a[]': '' } }, 'metadata["a[]"]', 'has a name that must be without [ and ]'],
    [{ metadata: { ключ: '' } }, 'metadata.ключ', 'has a name that must have a length of at most 3'],
    [{ metadata: { a: null } }, 'metadata.a', 'is required and must be of type string, not null'],
    [{ list: [null] }, 'list.0', 'must be of type object, not null'],
    [{ list: [{}] }, 'list.0.price', 'is required'],
    [{ place: {} }, 'place.street', 'is required'],
    [{ place: { stret: 'a' } }, 'place.stret', 'is not known here: did you mean street?'],
  ])('is told with the rule that it broke: %j', (given, path, message) => {
    expect(faultsOf({ ...sound, ...given })).toHaveProperty([path], message);
  });

  it('names the fault of a value that is none at all', () => {
    expect(faultsOf(null)).toEqual({ '': 'must be of type object, not null' });
  });

  it('never fills the answer with more than fifty faults', () => {
    const many = Object.fromEntries(Array.from({ length: 70 }, (_, index) => [`zz${index}zz`, 1]));
    const faults = faultsOf({ ...sound, ...many });
    expect(Object.keys(faults)).toHaveLength(51);
    expect(faults['']).toMatch(/^\d+ more members do not fit$/);
  });
});

describe('the name of a member', () => {
  const shown = (name: string) => Object.keys(faultsOf({ ...sound, metadata: { [name]: 1 } }))[0];

  it.each([
    ['ключ', 'metadata.ключ'],
    ['鍵', 'metadata.鍵'],
    ['a b', 'metadata["a b"]'],
    ['a.b', 'metadata["a.b"]'],
    ['a"b', String.raw`metadata["a\"b"]`],
    ['a\nb', String.raw`metadata["a\nb"]`],
    ['a\u0007b', String.raw`metadata["a\u0007b"]`],
    ['a\u009bb', String.raw`metadata["a\u{009b}b"]`],
    ['a\u202eb', String.raw`metadata["a\u{202e}b"]`],
    ['a\ud800', String.raw`metadata["a\ud800"]`],
    ['', 'metadata[""]'],
    ['x'.repeat(41), `metadata["${'x'.repeat(40)}..."]`],
    ['😀'.repeat(41), `metadata["${'😀'.repeat(40)}..."]`],
  ])('is shown as given: %j', (name, path) => {
    expect(shown(name)).toBe(path);
  });

  it.each([
    '4242424242424242',
    'card4242424242424242',
    '4242\u200b4242 4242-4242',
    '\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662',
    'sk_live_abc',
    'whsec_abc',
    'pi_1_secret_2',
  ])('is not repeated when it looks like a card number or a key: %j', (name) => {
    expect(shown(name)).toBe('metadata.[redacted]');
  });
});
