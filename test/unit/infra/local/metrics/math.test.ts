import { expect, it } from 'vitest';
import { parseMetricMath } from '#infra/local/metrics/math.ts';

const valued = (text: string, values: Readonly<Record<string, number>> = {}) =>
  parseMetricMath(text).evaluate((id) => values[id]);

it.each([
  ['a', { a: 4 }, 4],
  ['100 * a / b', { a: 1, b: 4 }, 25],
  ['a - b * 2 + 1', { a: 7, b: 3 }, 2],
  ['-a', { a: 3 }, -3],
  ['SUM([a, b, c])', { a: 1, b: 2, c: 3 }, 6],
  ['SUM([a, b])', { b: 2 }, 2],
  ['AVG([a, b])', { a: 1, b: 2 }, 1.5],
  ['MIN([a, b])', { a: 1, b: 2 }, 1],
  ['MAX([a / 10, b / 100])', { a: 20, b: 100 }, 2],
  ['MAX([a / 1000, b / 1000])', { b: 5000 }, 5],
  ['IF(a >= 3, 100 * a / b, 0)', { a: 3, b: 6 }, 50],
  ['IF(a >= 3, 100 * a / b, 0)', { a: 2, b: 6 }, 0],
  ['FILL(a, 7)', {}, 7],
  ['FILL(a, 7)', { a: 0 }, 0],
  ['a == b', { a: 1, b: 1 }, 1],
  ['a != b', { a: 1, b: 1 }, 0],
] as const)('%s of %j is %d', (text, values, expected) => {
  expect(valued(text, values)).toBe(expected);
});

it.each([
  ['a / b', { a: 1 }],
  ['a / b', { a: 1, b: 0 }],
  ['IF(a > 1, 1, 0)', {}],
  ['SUM([a, b])', {}],
])('%s of %j has no data', (text, values) => {
  expect(valued(text, values)).toBeUndefined();
});

it('names the metrics of an expression once', () => {
  expect(parseMetricMath('IF(a >= 3, 100 * a / b, 0)').ids).toEqual(['a', 'b']);
});

it.each([
  ['RATE(a)', 'RATE of Identifier'],
  ['SUM(a)', 'SUM of Identifier'],
  ['IF(a, 1)', 'IF of Identifier, Literal'],
  ['a ** b', 'operator **'],
  ['a && b', 'operator &&'],
  ['a.b', 'MemberExpression'],
  ["SEARCH('x', 'Sum')", 'SEARCH'],
  ['a +', 'is no expression'],
  ['', 'is not one expression'],
  ['a b', 'is not one expression'],
  ["'a'", "'a' is no number"],
  ['SUM([a,,b])', 'an empty place'],
  ['a.b(c)', 'MemberExpression of Identifier'],
  ['constructor([a])', 'constructor'],
])('%s is refused with what of it is not known', (text, what) => {
  expect(() => parseMetricMath(text)).toThrow(what);
});
