import { expect, it } from 'vitest';
import { differences } from './shown-json.ts';

it.each([
  [{ a: 1 }, { a: 1, b: 2 }],
  [{ id: 'pay_...' }, { id: 'pay_1' }],
  [[{ name: 'b' }], [{ name: 'a' }, { name: 'b', more: true }]],
  [[], [1]],
  [null, null],
])('%j shows %j', (shown, actual) => {
  expect(differences(shown, actual)).toEqual([]);
});

it.each([
  [{ a: 1 }, { a: 2 }, 'a is 2, not 1'],
  [{ a: { b: 'x' } }, { a: {} }, 'a.b is undefined, not "x"'],
  [{ id: 'pay_...' }, { id: 're_1' }, 'id is "re_1", not "pay_..."'],
  [[{ name: 'b' }], [{ name: 'a' }], '[0].name is "a", not "b"'],
  [['x'], [], '[0] is missing'],
  [{ a: [] }, { a: {} }, 'a is {}, not []'],
])('%j is not %j', (shown, actual, difference) => {
  expect(differences(shown, actual)).toEqual([difference]);
});
