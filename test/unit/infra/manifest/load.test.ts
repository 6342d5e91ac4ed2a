import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatErrors } from '#infra/manifest/format.ts';
import { loadManifests, PLATFORM_VERSION } from '#infra/manifest/load.ts';
import { api, manifest, operation, plugins, project } from './fixture.ts';

const repository = join(import.meta.dirname, '..', '..', '..', '..');

describe('the plugins of this repository', () => {
  const set = loadManifests(repository);

  it('are all valid', () => {
    expect(formatErrors(set.errors, { color: false })).toBe('0 errors in 0 files');
    expect(set.broken).toEqual([]);
    expect(set.plugins.map(({ manifest: { name } }) => name)).toEqual(
      expect.arrayContaining(['payment', 'simple-plugin']),
    );
  });

  it('come with defaults and paths relative to the root', () => {
    const payment = set.plugins.find((plugin) => plugin.manifest.name === 'payment');
    expect(payment).toMatchObject({ file: 'plugins/payment/plugin.json', root: 'plugins/payment' });
    expect(payment?.manifest.operations['createPayment']).toMatchObject({
      expose: 'public',
      function: 'api',
    });
    expect(payment?.manifest.events.subscribes).toEqual({});
  });

  it('are checked against the version in package.json', () => {
    const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(PLATFORM_VERSION).toBe(version);
  });
});

describe('five mistakes in one manifest', () => {
  const text = readFileSync(join(repository, 'plugins/payment/plugin.json'), 'utf8');
  const swaps = [
    ['"engine": "^1.0.0"', '"engine": "*"', 'PLG007', '/engine'],
    ['"memoryMb": 512', '"memoryMB": 512', 'PLG005', '/functions/api/memoryMB'],
    ['"function": "webhook-stripe"', '"function": "webhook-strip"', 'PLG101', '/webhooks/stripe/function'],
    ['"table:payments:read"', '"table:payment:read"', 'PLG103', '/permissions/api/0'],
    ['"path": "/payments/{id}"', '"path": "payments/{id}"', 'PLG007', '/operations/getPayment/http/path'],
  ] as const;
  const entries = [...text.matchAll(/"entry": "([^"]+)"/g)].map((match) => match[1]);
  const broken = swaps.reduce((at, [from, to]) => at.replace(from, to), text);
  const lineOf = (part: string) => broken.slice(0, broken.indexOf(part)).split('\n').length;
  const root = () =>
    project({
      'plugins/payment/plugin.json': broken,
      ...Object.fromEntries(entries.map((entry) => [`plugins/payment/${entry}`, ''])),
      'plugins/simple-plugin/plugin.json': readFileSync(
        join(repository, 'plugins/examples/simple-plugin/plugin.json'),
        'utf8',
      ),
      'plugins/simple-plugin/functions/api.ts': '',
      'plugins/simple-plugin/functions/on-payment-succeeded.ts': '',
    });

  it('are five errors at once, each with its code, place and line', () => {
    const { errors } = loadManifests(root());
    const expected = swaps.map(([, to, code, path]) => ({ code, path, line: lineOf(to) }));
    expect(errors.map(({ code, path, line }) => ({ code, path, line }))).toEqual(
      expected.toSorted((a, b) => a.line - b.line),
    );
  });

  it('do not stop the other plugin, which subscribes to the broken one', () => {
    const set = loadManifests(root());
    expect(set.plugins.map((plugin) => plugin.manifest.name)).toEqual(['simple-plugin']);
    expect(set.broken).toEqual([
      { name: 'payment', file: 'plugins/payment/plugin.json', errors: set.errors },
    ]);
  });

  it('are readable', () => {
    const lines = formatErrors(loadManifests(root()).errors, { color: false }).split('\n');
    expect(lines.slice(0, 5)).toEqual([
      'plugins/payment/plugin.json:9  PLG007  Value not allowed',
      '  at      /engine',
      '  given   "*"',
      '  allowed a range with bounds, such as "^1.0.0"; not "*"',
      '  fix     Write a range with bounds, such as "^1.0.0"; not "*".',
    ]);
    expect(lines.at(-1)).toBe('5 errors in 1 file');
    expect(formatErrors(loadManifests(root()).errors, { color: true })).toContain('\u001b[31mPLG007');
  });
});

it('reports the other mistakes of a file with a key written twice', () => {
  const text = JSON.stringify(manifest('shop', { zzz: 1 }), null, 2).replace(
    '"name"',
    '"author": "",\n"name"',
  );
  const { errors } = loadManifests(project({ 'plugins/shop/plugin.json': text }));
  expect(errors.map(({ code, path }) => `${code} ${path}`)).toEqual(['PLG003 /author', 'PLG005 /zzz']);
});

describe('anything at any place of a manifest', () => {
  const text = readFileSync(join(repository, 'plugins/payment/plugin.json'), 'utf8');
  const places = placesOf(JSON.parse(text), []);

  it('is valid or an error with a place, never an exception', () => {
    const root = project({});
    mkdirSync(join(root, 'plugins'));
    const file = join(root, 'plugins', 'plugin.json');
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue({ maxDepth: 2 }), (place, value) => {
        const broken = JSON.stringify(replaced(JSON.parse(text), place, value), null, 2);
        writeFileSync(file, broken);
        const set = loadManifests(root);
        // The entries are not there, so that there is always one error at least.
        expect(set.broken).toHaveLength(1);
        for (const error of set.errors) {
          expect(error.line).toBeGreaterThanOrEqual(1);
          expect(error.line).toBeLessThanOrEqual(broken.split('\n').length);
          expect([error.given, error.allowed, error.fix]).not.toContain('');
        }
      }),
    );
  });
});

type Place = readonly (string | number)[];

function placesOf(value: unknown, at: Place): Place[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, member]) => placesOf(member, [...at, key]))];
}

function replaced(value: unknown, [key, ...rest]: Place, by: unknown): unknown {
  if (key === undefined) return by;
  const parent = value as Record<string, unknown>;
  parent[key] = replaced(parent[key], rest, by);
  return parent;
}

describe('discovery', () => {
  it('finds manifests at any depth, not in node_modules, and those of named packages', () => {
    const root = project({
      'package.json': { anineeplus: { plugins: ['@x/one'] } },
      'plugins/a/b/plugin.json': manifest('deep'),
      'plugins/a/node_modules/c/plugin.json': manifest('hidden'),
      'node_modules/@x/one/plugin.json': manifest('one', api),
      'node_modules/@x/one/functions/api.ts': '',
    });
    const set = loadManifests(root);
    expect(set.errors).toEqual([]);
    expect(set.plugins.map(({ file }) => file)).toEqual([
      'plugins/a/b/plugin.json',
      'node_modules/@x/one/plugin.json',
    ]);
  });

  it('needs no folder plugins when there are packages', () => {
    const root = project({
      'package.json': { anineeplus: { plugins: ['one'] } },
      'node_modules/one/plugin.json': manifest('one'),
    });
    expect(loadManifests(root)).toMatchObject({ errors: [], plugins: [{ root: 'node_modules/one' }] });
  });

  it('reads a file with a byte order mark and Windows line ends', () => {
    const text = JSON.stringify(manifest('shop', { zzz: 1 }), null, 2).replaceAll('\n', '\r\n');
    const { errors } = loadManifests(project({ 'plugins/shop/plugin.json': `\uFEFF${text}` }));
    expect(errors).toMatchObject([{ code: 'PLG005', line: 8 }]);
  });
});

describe('across plugins', () => {
  it('puts dependencies first', () => {
    const needs = (name: string) => ({ dependencies: { [name]: { version: '^1.0.0' } } });
    const root = plugins(manifest('aaa', needs('bbb')), manifest('bbb', needs('ccc')), manifest('ccc'));
    expect(loadManifests(root).plugins.map((plugin) => plugin.manifest.name)).toEqual(['ccc', 'bbb', 'aaa']);
  });

  it('reports a cycle once and breaks every plugin on it', () => {
    const needs = (name: string) => ({ dependencies: { [name]: { version: '^1.0.0' } } });
    const root = plugins(
      manifest('aaa', needs('bbb')),
      manifest('bbb', needs('ccc')),
      manifest('ccc', needs('aaa')),
      manifest('ddd'),
    );
    const set = loadManifests(root);
    expect(set.errors).toMatchObject([{ code: 'PLG211', given: 'aaa -> bbb -> ccc -> aaa' }]);
    expect(set.broken.map(({ name, errors }) => [name, errors.length])).toEqual([
      ['aaa', 1],
      ['bbb', 1],
      ['ccc', 1],
    ]);
    expect(set.plugins.map((plugin) => plugin.manifest.name)).toEqual(['ddd']);
  });

  it('does without an optional dependency that is missing', () => {
    const root = plugins(manifest('aaa', { dependencies: { bbb: { version: '^1.0.0', optional: true } } }));
    expect(loadManifests(root)).toMatchObject({ errors: [], plugins: [{}] });
  });

  it('lets a prerelease satisfy a range', () => {
    const root = plugins(manifest('aaa', { dependencies: { bbb: { version: '^1.0.0' } } }), {
      ...manifest('bbb'),
      version: '1.1.0-beta.1',
    });
    expect(loadManifests(root).errors).toEqual([]);
  });

  it('accepts a call that a dependency lists', () => {
    const root = plugins(
      manifest('aaa', { ...api, operations: { quote: operation('/quote') } }),
      manifest('bbb', {
        ...api,
        dependencies: { aaa: { version: '^1.0.0', operations: ['quote'] } },
        permissions: { api: ['call:aaa.quote'] },
      }),
    );
    expect(loadManifests(root).errors).toEqual([]);
  });

  it('keeps a query and a mutation of one name apart, and routes of other methods', () => {
    const graphql = (kind: string) => ({ graphql: { kind, field: 'thing' }, scope: 'a:b' });
    const root = plugins(
      manifest('aaa', {
        ...api,
        operations: {
          a: graphql('query'),
          b: graphql('mutation'),
          c: operation('/x'),
          d: { http: { method: 'POST', path: '/x' }, scope: 'a:b' },
        },
      }),
    );
    expect(loadManifests(root).errors).toEqual([]);
  });

  it('checks derived names for the stage', () => {
    const root = plugins(manifest('shop', api));
    expect(loadManifests(root, { stage: 's'.repeat(44) }).errors).toEqual([]);
    expect(loadManifests(root, { stage: 's'.repeat(45) }).errors).toMatchObject([{ code: 'PLG109' }]);
  });
});
