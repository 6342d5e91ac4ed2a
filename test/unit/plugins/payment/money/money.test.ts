import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencies, exponentOf } from '../../../../../plugins/payment/money/currencies.ts';
import {
  AMOUNT_MINOR_MAX,
  formatMajor,
  parseMajor,
  parseMinor,
  toMajorNumber,
} from '../../../../../plugins/payment/money/money.ts';

const minor = fc.integer({ min: 1, max: AMOUNT_MINOR_MAX });

describe.each(currencies)('%s', (currency) => {
  const exponent = exponentOf(currency) ?? Number.NaN;

  it('is the same amount as text, as number and in minor units', () => {
    fc.assert(
      fc.property(minor, (amountMinor) => {
        const exact = { kind: 'exact', amountMinor };
        expect(parseMajor(formatMajor(amountMinor, exponent), exponent)).toEqual(exact);
        expect(parseMajor(toMajorNumber(amountMinor, exponent), exponent)).toEqual(exact);
        expect(parseMinor(amountMinor)).toEqual(exact);
      }),
      { numRuns: 50 },
    );
  });

  it('refuses a digit below its minor unit and names the neighbours', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 1, max: 9 }),
        (amountMinor, digit) => {
          const text = formatMajor(amountMinor, exponent);
          const finer = exponent === 0 ? `${text}.${digit}` : `${text}${digit}`;
          expect(parseMajor(finer, exponent)).toEqual({
            kind: 'imprecise',
            nearestMinor: [amountMinor, amountMinor + 1],
          });
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('parseMajor', () => {
  it.each([
    '',
    ' ',
    '1 ',
    '+1',
    '-1',
    '1e2',
    '1E2',
    '0x1',
    '01',
    '.5',
    '5.',
    '1,5',
    '١',
    'NaN',
    'Infinity',
    '0',
    '0.00',
  ])('takes %j for malformed', (text) => {
    expect(parseMajor(text, 2)).toEqual({ kind: 'malformed' });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -0, 0, -1])('takes %s for malformed', (value) => {
    expect(parseMajor(value, 2)).toEqual({ kind: 'malformed' });
  });

  it('reads a number that JavaScript writes with an exponent like any other', () => {
    expect(parseMajor(1e21, 2)).toEqual({ kind: 'out-of-range' });
    expect(parseMajor(1.5e-7, 2)).toEqual({ kind: 'imprecise', nearestMinor: [1] });
  });

  it('ignores zeros behind the last decimal, and knows the upper bound', () => {
    expect(parseMajor('10.500', 2)).toEqual({ kind: 'exact', amountMinor: 1050 });
    expect(parseMajor('9999999999.99', 2)).toEqual({ kind: 'exact', amountMinor: AMOUNT_MINOR_MAX });
    expect(parseMajor('10000000000', 2)).toEqual({ kind: 'out-of-range' });
    expect(parseMajor(0.001, 2)).toEqual({ kind: 'imprecise', nearestMinor: [1] });
  });

  it('is not fooled by floats', () => {
    for (const value of [0.1 + 0.2 - 0.1, 1.005 * 1000, 4.35, 19.99, 0.29, 1.1]) {
      const parsed = parseMajor(value, 2);
      const scaled = Number(`${value}e2`);
      expect(parsed.kind === 'exact' ? parsed.amountMinor : parsed.kind).toBe(
        Number.isInteger(scaled) ? scaled : 'imprecise',
      );
    }
  });

  it('keeps to the step of the provider', () => {
    expect(parseMajor('5.124', 3, 10)).toEqual({ kind: 'imprecise', nearestMinor: [5120, 5130] });
    expect(parseMinor(150, 100)).toEqual({ kind: 'imprecise', nearestMinor: [100, 200] });
    expect(parseMinor(50, 100)).toEqual({ kind: 'imprecise', nearestMinor: [100] });
  });

  it.each([0, -1, 1.5, Number.NaN, 2 ** 53])('takes %s minor units for malformed', (value) => {
    expect(parseMinor(value)).toEqual({ kind: 'malformed' });
  });
});
