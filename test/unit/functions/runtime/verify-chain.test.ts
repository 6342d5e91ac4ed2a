import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkTo } from '#runtime/hash-chain.ts';
import { anchorFault, verifyChain, withoutHash, type Chain, type Entry } from '#runtime/verify-chain.ts';

interface Note extends Entry {
  readonly by: string;
}

/** A log as it is written, each entry about its version. */
function logOf(versions: readonly number[]): Note[] {
  const entries: Note[] = [];
  for (const version of versions)
    entries.push(linkTo(entries.at(-1)?.hash, { version, by: `user ${version}`, before: { state: 'a' } }));
  return entries;
}

const chainOf = (entries: readonly Entry[], newest = entries.at(-1), isGapless = true): Chain => ({
  entries,
  head: newest?.hash === undefined ? undefined : { version: newest.version, hash: newest.hash },
  isGapless,
});

const log = logOf([1, 2, 3, 4]);
const [one, two, three, four] = log as [Note, Note, Note, Note];
const kinds = (chain: Chain) => verifyChain(chain).map(({ kind, version }) => `${kind} ${version}`);
/** The entry with another content, and with the hash of that. */
const hashedAnew = ({ hash: _hash, previousHash, ...entry }: Note): Note =>
  linkTo(previousHash, { ...entry, by: 'eve' });

describe('a hash chain', () => {
  it('has no fault as it was written', () => {
    expect(kinds(chainOf(log))).toEqual([]);
    expect(kinds(chainOf([]))).toEqual([]);
    expect(kinds(chainOf(logOf([1, 4, 9]), logOf([1, 4, 9]).at(-1), false))).toEqual([]);
  });

  it('hashes what RFC 8785 makes of an entry, so that anybody can compute it', () => {
    const text = `{"before":{"state":"a"},"by":"user 2","previousHash":"${one.hash}","version":2}`;
    expect(two.hash).toBe(createHash('sha256').update(text).digest('base64url'));
  });

  it.each<[string, Entry[], string[]]>([
    ['an entry that was changed', [one, { ...two, by: 'eve' } as Note, three, four], ['changed 2']],
    ['one that was changed and hashed anew', [one, hashedAnew(two), three, four], ['changed 2']],
    ['the newest one, changed and hashed anew', [one, two, three, hashedAnew(four)], ['changed 4']],
    ['one without its hash', [one, two, { ...three, hash: undefined }, four], ['changed 3']],
    ['one that was removed', [one, three, four], ['removed 3']],
    ['the oldest ones removed', [three, four], ['removed 3']],
    ['the newest removed', [one, two, three], ['removed 4']],
    ['all removed', [], ['removed 4']],
    [
      'one that was inserted',
      [one, two, linkTo(two.hash, { version: 2.5, by: 'eve' }), three, four],
      ['inserted 2.5'],
    ],
    ['one that was added', [...log, linkTo(four.hash, { version: 5, by: 'eve' })], ['inserted 5']],
  ])('finds %s', (_, entries, found) => {
    expect(kinds(chainOf(entries, four))).toEqual(found);
  });

  it('finds that the record of the newest entry is missing', () => {
    expect(kinds({ entries: log, head: undefined, isGapless: true })).toEqual(['removed 4']);
  });

  it('finds any member of any entry that is another one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 12 }).chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1))),
        fc.constantFrom('version', 'by', 'before', 'previousHash', 'hash', 'extra'),
        ([size, at], member) => {
          const entries = logOf(Array.from({ length: size }, (_, index) => index + 1));
          const changed = entries.map((entry, index) =>
            index === at ? { ...entry, [member]: 'another' } : entry,
          );
          expect(verifyChain(chainOf(changed, entries.at(-1)))).not.toEqual([]);
        },
      ),
    );
  });

  it('begins after the entries from before there was one', () => {
    const older = { version: 1, by: 'ada' };
    const first = linkTo(undefined, { version: 2, by: 'ada' });
    const chain = chainOf([older, first]);
    expect(kinds(chain)).toEqual([]);
    expect(withoutHash(chain)).toBe(1);
    expect(kinds(chainOf([first, { version: 3 }], first))).toEqual(['changed 3', 'inserted 3']);
  });

  it('that was written anew as a whole is told from the one that was noted', () => {
    const head = { version: 3, hash: three.hash ?? '' };
    const rewritten = [one, two, three, four].reduce<Note[]>(
      (done, { version }) => [...done, linkTo(done.at(-1)?.hash, { version, by: 'eve' })],
      [],
    );
    expect(kinds(chainOf(rewritten))).toEqual([]);
    expect(anchorFault(chainOf(rewritten), head)).toMatchObject({ kind: 'changed', version: 3 });
    expect(anchorFault(chainOf(log), head)).toBeUndefined();
  });
});
