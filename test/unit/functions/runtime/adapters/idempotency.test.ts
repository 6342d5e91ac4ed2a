import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIdempotencyKey } from '#runtime/adapters/idempotency.ts';
import { canonicalJson } from '#runtime/canonical-json.ts';

const visible = fc
  .array(fc.integer({ min: 0x21, max: 0x7e }), { minLength: 1, maxLength: 255 })
  .map((codes) => String.fromCharCode(...codes));

describe('an idempotency key', () => {
  it('is the same bare and quoted', () => {
    fc.assert(
      fc.property(visible, (key) => {
        const quoted = `"${key.replaceAll(/(["\\])/g, String.raw`\$1`)}"`;
        expect(parseIdempotencyKey(quoted)).toBe(key);
        if (!key.startsWith('"')) expect(parseIdempotencyKey(` ${key} `)).toBe(key);
      }),
    );
  });

  it.each(['', '   ', '""', '"a', 'a b', 'é', 'a\u0000', 'x'.repeat(256), '"a b"'])(
    'refuses %j',
    (header) => {
      expect(() => parseIdempotencyKey(header)).toThrow(
        expect.objectContaining({ code: 'idempotency-key-invalid' }),
      );
    },
  );
});

describe('canonical JSON', () => {
  it('means the same as JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('does not depend on the order of members', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (record) => {
        const reversed = Object.fromEntries(Object.entries(record).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(record));
      }),
    );
  });
});
