import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

interface LockedPackage {
  readonly license?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
}

const root = join(import.meta.dirname, '../..');
const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};

/** Permissive licences, by their SPDX identifiers: what is shipped under them can be used in any product. */
const PERMISSIVE = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Unlicense',
]);
/** For tools that run here and are not shipped: these ask for the source of what is changed in them. */
const FOR_TOOLS = new Set([...PERMISSIVE, 'MPL-2.0', 'Python-2.0']);

/** Whether one of the alternatives of an SPDX expression, with all of its parts, is among `allowed`. */
const fits = (expression: string, allowed: ReadonlySet<string>): boolean =>
  expression
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((alternative) => alternative.split(' AND ').every((part) => allowed.has(part)));

const locked = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && !link);

/** The licence of a package: its own file has it where the lock file does not. */
function licenceOf(path: string, { license }: LockedPackage): string {
  if (license !== undefined) return license;
  const manifest = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')) as {
    readonly license?: string;
  };
  return manifest.license ?? 'none';
}

function unfit(of: (one: LockedPackage) => boolean, allowed: ReadonlySet<string>): string[] {
  return locked
    .filter(([, one]) => of(one))
    .map(([path, one]) => [path, licenceOf(path, one)] as const)
    .filter(([, licence]) => !fits(licence, allowed))
    .map(([path, licence]) => `${path}: ${licence}`);
}

test('what is shipped has a permissive licence, down to the last dependency', () => {
  expect(locked.filter(([, { dev }]) => !dev).length).toBeGreaterThan(100);
  expect(unfit(({ dev }) => !dev, PERMISSIVE)).toEqual([]);
});

test('what is needed for development alone may be used as well', () => {
  expect(unfit(({ dev }) => dev === true, FOR_TOOLS)).toEqual([]);
});

test.each([
  ['MIT', true],
  ['(MIT OR GPL-3.0-or-later)', true],
  ['Apache-2.0 AND MIT', true],
  ['Apache-2.0 AND GPL-3.0-only', false],
  ['AGPL-3.0-or-later', false],
  ['SEE LICENSE IN LICENSE.txt', false],
  ['UNLICENSED', false],
  ['none', false],
])('%s: %s', (expression, expected) => {
  expect(fits(expression, PERMISSIVE)).toBe(expected);
});
