import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainDecimal } from '#runtime/decimal.ts';

describe('a decimal without its exponent', () => {
  it.each([
    ['1e2', '100'],
    ['1.25e2', '125'],
    ['1.5e-7', '0.00000015'],
    ['12.5E-1', '1.25'],
    ['-1e-1', '-0.1'],
    ['0e5', '0'],
    ['0.001e2', '0.1'],
    ['10.50', '10.50'],
    ['1e9999', '1e9999'],
    ['e', 'e'],
  ])('%s is %s', (literal, expected) => {
    expect(plainDecimal(literal)).toBe(expected);
  });

  it('is the same number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const plain = plainDecimal(String(value));
        expect(plain).toMatch(/^-?\d+(\.\d+)?$/);
        expect(Number(plain) === value).toBe(true);
      }),
    );
  });
});
