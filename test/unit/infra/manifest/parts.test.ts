import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument, pointer } from '#infra/manifest/document.ts';
import { dependencyOrder } from '#infra/manifest/graph.ts';
import { covers, parsePermission } from '#infra/manifest/permissions.ts';
import { overlap } from '#infra/manifest/platform-resources.ts';

describe('parsePermission', () => {
  it.each([
    ['table:orders:read', { kind: 'table', table: 'orders', access: 'read' }],
    ['table:write:write', { kind: 'table', table: 'write', access: 'write' }],
    ['events:publish:payment.*', { kind: 'publish', pattern: 'payment.*' }],
    ['events:publish:payment.in_doubt', { kind: 'publish', pattern: 'payment.in_doubt' }],
    ['call:my-shop.getQuote', { kind: 'call', plugin: 'my-shop', operation: 'getQuote' }],
    ['table:orders:scan', { kind: 'table', table: 'orders', access: 'scan' }],
    ['table:orders:delete', undefined],
    ['table:orders:read ', undefined],
    ['events:publish:*', undefined],
    ['events:publish:payment*', undefined],
    ['call:shop', undefined],
    ['iam:*', undefined],
  ])('%s', (permission, expected) => {
    expect(parsePermission(permission)).toEqual(expected);
  });
});

describe('covers', () => {
  it.each([
    ['payment.*', 'payment.created', true],
    ['payment.*', 'payment.refund.created', true],
    ['payment.*', 'payments.created', false],
    ['payment.created', 'payment.created', true],
    ['payment.created', 'payment.created_late', false],
  ])('%s %s: %s', (pattern, type, expected) => {
    expect(covers(pattern, type)).toBe(expected);
  });
});

describe('dependencyOrder', () => {
  const letter = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
  const edges = fc.dictionary(letter, fc.uniqueArray(letter));

  it('names each node once, and without a cycle each after its dependencies', () => {
    fc.assert(
      fc.property(edges, (graph) => {
        const { order, cycles } = dependencyOrder(new Map(Object.entries(graph)));
        expect([...order].sort()).toEqual(Object.keys(graph).sort());
        if (cycles.length > 0) return;
        for (const [name, needs] of Object.entries(graph)) {
          for (const need of needs) expect(order.indexOf(need)).toBeLessThan(order.indexOf(name));
        }
      }),
    );
  });

  it('reports real cycles, and one exactly when a node reaches itself', () => {
    fc.assert(
      fc.property(edges, (graph) => {
        const next = (name: string) => (Object.hasOwn(graph, name) ? (graph[name] ?? []) : []);
        const { cycles } = dependencyOrder(new Map(Object.entries(graph)));
        for (const cycle of cycles) {
          expect(cycle.at(0)).toBe(cycle.at(-1));
          for (const [index, name] of cycle.slice(0, -1).entries()) {
            expect(next(name)).toContain(cycle[index + 1]);
          }
        }
        const reaches = (from: string) => {
          const seen = new Set<string>();
          const queue = [...next(from)];
          for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
            if (!seen.has(name)) queue.push(...next(name));
            seen.add(name);
          }
          return seen;
        };
        expect(cycles.length > 0).toBe(Object.keys(graph).some((name) => reaches(name).has(name)));
      }),
    );
  });
});

describe('parseDocument', () => {
  it('finds the line of every member, whatever the keys', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 8 }), (keys) => {
        const members = keys.map((key, index) => `${JSON.stringify(key)}: [\n${index}]`);
        const document = parseDocument(`{\n${members.join(',\n')}\n}`);
        for (const [index, key] of keys.entries()) {
          expect(document.lineOf([key])).toBe(2 + 2 * index);
          expect(document.lineOf([key, 0])).toBe(3 + 2 * index);
          expect(document.lineOf([key, 0, 'nothing'])).toBe(3 + 2 * index);
        }
      }),
    );
  });

  it('escapes pointers as RFC 6901 says', () => {
    expect(pointer(['a/b', 'c~d', 0])).toBe('/a~1b/c~0d/0');
    expect(pointer([])).toBe('');
  });
});

describe('overlap', () => {
  it.each([
    ['a*', '*b', true],
    ['a*c', 'ab', false],
    ['a?c', 'a*', true],
    ['**', '', true],
    ['?', '', false],
    ['table/anineeplus-*', 'table/anineeplu?-x', true],
    ['table/anineeplus-*', 'table/other-*', false],
  ])('of %s and %s', (one, other, expected) => {
    expect([overlap(one, other), overlap(other, one)]).toEqual([expected, expected]);
  });

  it('of a pattern with a text is whether the text fits', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 6 });
    fc.assert(
      fc.property(pattern, letters, (glob, text) => {
        const expression = new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`);
        expect(overlap(glob, text)).toBe(expression.test(text));
      }),
    );
  });
});
