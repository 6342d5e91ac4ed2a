import { describe, expect, it } from 'vitest';
import { strings } from '#runtime/strings.ts';

describe('the texts of a value', () => {
  it('are found wherever they stand, names of members too', () => {
    const value = { a: 'x', list: ['y', { deep: 'z' }], n: 1, nothing: null };
    expect([...strings(value)].map(({ path, text }) => `${path}=${text}`)).toEqual([
      'a=a',
      'a=x',
      'list=list',
      'list.0=y',
      'list.1.deep=deep',
      'list.1.deep=z',
      'n=n',
      'nothing=nothing',
    ]);
  });
});
