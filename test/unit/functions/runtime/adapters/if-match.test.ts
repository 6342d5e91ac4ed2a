import { expect, it } from 'vitest';
import { parseIfMatch } from '#runtime/adapters/if-match.ts';

it.each([
  ['*', '*'],
  ['"a"', ['a']],
  [' "a" , "b-1" ', ['a', 'b-1']],
  ['""', ['']],
])('reads %s', (header, tags) => {
  expect(parseIfMatch(header)).toEqual(tags);
});

it.each([undefined, '', '  '])('demands a header, and %j is none', (header) => {
  expect(() => parseIfMatch(header)).toThrow(
    expect.objectContaining({ code: 'precondition-required', status: 428 }),
  );
});

it.each(['a', 'W/"a"', '"a', '"a" "b"', "'a'"])('refuses %s', (header) => {
  expect(() => parseIfMatch(header)).toThrow(
    expect.objectContaining({ code: 'precondition-invalid', status: 400 }),
  );
});
