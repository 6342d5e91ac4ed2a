import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  differences,
  MASK,
  masked,
  mergePatch,
  type ConfigLeaf,
} from '../../../../../functions/platform/config/document.ts';

const leaf = (path: string, secret = false): ConfigLeaf => ({ path: path.split('.'), secret });
const leaves = [
  leaf('word'),
  leaf('stripe.key', true),
  leaf('stripe.mode'),
  leaf('limits.currencies'),
  leaf('roots', true),
];

describe('the masked values', () => {
  it('show what is known as no secret, and nothing else', () => {
    const values = {
      word: 'w',
      stripe: { key: 'sk_1', mode: 'live', former: 'sk_0' },
      limits: { currencies: { eur: { max: 1 } } },
      roots: ['a', 'b'],
      unknown: { deep: 'sk_9' },
    };
    expect(masked(values, leaves)).toEqual({
      word: 'w',
      stripe: { key: MASK, mode: 'live', former: MASK },
      limits: { currencies: { eur: { max: 1 } } },
      roots: MASK,
      unknown: MASK,
    });
  });

  it('hide a group that is no object', () => {
    expect(masked({ stripe: 'sk_1' }, leaves)).toEqual({ stripe: MASK });
    expect(masked('sk_1', leaves)).toEqual({});
  });
});

describe('a merge patch', () => {
  // RFC 7396, appendix A, as far as both sides are objects.
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('makes %j by %j into %j', (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result);
  });

  it('leaves a masked value as it is', () => {
    expect(mergePatch({ a: 'sk_1', b: 1 }, { a: MASK, b: 2, c: MASK })).toEqual({ a: 'sk_1', b: 2 });
  });

  it('changes nothing when the masked document is sent back', () => {
    const values = fc.record({
      word: fc.string(),
      stripe: fc.record({ key: fc.string(), mode: fc.string() }),
      roots: fc.array(fc.string()),
    });
    fc.assert(
      fc.property(values, (document) => {
        expect(mergePatch(document, masked(document, leaves))).toEqual(document);
      }),
    );
  });
});

describe('the differences of two documents', () => {
  it('are single values, with secrets masked on both sides', () => {
    const before = {
      word: 'a',
      stripe: { key: 'sk_1', mode: 'live' },
      limits: { currencies: { eur: { max: 1 } } },
    };
    const after = {
      stripe: { key: 'sk_2', mode: 'live' },
      limits: { currencies: { eur: { max: 2 }, usd: {} } },
      x: 'y',
    };
    expect(differences(before, after, leaves)).toEqual([
      { path: 'word', before: 'a' },
      { path: 'stripe.key', before: MASK, after: MASK },
      { path: 'limits.currencies.eur.max', before: 1, after: 2 },
      { path: 'limits.currencies.usd', after: {} },
      { path: 'x', after: MASK },
    ]);
    expect(differences(after, after, leaves)).toEqual([]);
  });
});
