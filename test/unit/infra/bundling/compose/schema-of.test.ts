import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { schemaOf } from '#infra/bundling/compose/schema-of.ts';
import { secret } from '#runtime/schema/secret.ts';

const word = z.string().check(z.minLength(2));
const schema = z.strictObject({
  open: word,
  key: secret(word),
  maybe: z.optional(secret(word)),
  list: secret(z.array(word)),
  group: secret(z.object({ a: z.string() })),
});

it('publishes a secret value as writeOnly, and nothing else changes', () => {
  const { properties } = schemaOf(schema, 'input', new Map());
  expect(properties).toMatchObject({
    open: { type: 'string', minLength: 2 },
    key: { type: 'string', minLength: 2, writeOnly: true },
    maybe: { type: 'string', minLength: 2, writeOnly: true },
    list: { type: 'array', writeOnly: true },
    group: { type: 'object', writeOnly: true },
  });
  expect(properties?.['open']).not.toHaveProperty('writeOnly');
});
