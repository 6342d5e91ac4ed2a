import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { schemaLeaves } from '#runtime/schema/leaves.ts';
import { secret } from '#runtime/schema/secret.ts';

const word = z.string().check(z.minLength(2));
const schema = z.strictObject({
  open: word,
  key: secret(word),
  maybe: z.optional(secret(word)),
  either: z.union([z.number(), secret(z.string())]),
  list: secret(z.array(word)),
  inList: z.array(z.object({ name: z.string(), token: secret(z.string()) })),
  inRecord: z.record(z.string(), secret(z.string())),
  group: secret(z.object({ a: z.string(), b: z.optional(z.int()) })),
});

it('marks a copy, wherever it stands', () => {
  const marks = Object.fromEntries(
    schemaLeaves(schema).map(({ path, secret: isSecret }) => [path.join('.'), isSecret]),
  );
  expect(marks).toEqual({
    open: false,
    key: true,
    maybe: true,
    either: true,
    list: true,
    inList: true,
    inRecord: true,
    'group.a': true,
    'group.b': true,
  });
});

it('checks values as before', () => {
  expect(z.safeParse(secret(word), 'ab')).toEqual({ success: true, data: 'ab' });
  expect(z.safeParse(secret(word), 'a').success).toBe(false);
});
