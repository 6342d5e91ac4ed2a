import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern, PatternError } from '#infra/local/events/pattern.ts';
import { loadManifests } from '#infra/manifest/load.ts';
import { fuzzed } from '../../support/fuzz.ts';
import { damaged, mutated, textOf } from '../../support/hostile.ts';
import { project } from './manifest/fixture.ts';

const repository = join(import.meta.dirname, '..', '..', '..');

describe('a manifest that holds anything', () => {
  const texts = ['payment', 'examples/simple-plugin', 'examples/advanced-plugin'].map((folder) =>
    readFileSync(join(repository, 'plugins', folder, 'plugin.json'), 'utf8'),
  );
  it('is an error with a code, a line and a fix, and never the end of the program', () => {
    const root = project({});
    mkdirSync(join(root, 'plugins', 'fuzzed'), { recursive: true });
    const file = join(root, 'plugins', 'fuzzed', 'plugin.json');
    const written = fc.constantFrom(...texts).chain((text) =>
      fc.oneof(
        { weight: 4, arbitrary: mutated(JSON.parse(text)).map((value) => Buffer.from(textOf(value))) },
        damaged(text).map((value) => Buffer.from(value)),
        fc.jsonValue({ maxDepth: 3 }).map((value) => Buffer.from(JSON.stringify(value))),
      ),
    );
    const property = fc.property(written, (bytes) => {
      writeFileSync(file, bytes);
      const { broken, errors, plugins } = loadManifests(root);
      // Its entries are not there, so that it is wrong in any case.
      expect([broken.length, plugins.length]).toEqual([1, 0]);
      for (const { code, line, given, allowed, fix, message } of errors) {
        expect(code).toMatch(/^PLG\d{3}$/);
        expect(line).toBeGreaterThanOrEqual(1);
        expect([given, allowed, fix, message]).not.toContain('');
        expect(message.length).toBeLessThan(2_000);
      }
    });
    fc.assert(property, fuzzed(250));
  });
});

describe('an event pattern that holds anything', () => {
  const patterns = [
    { source: ['a'], 'detail-type': [{ prefix: 'payment.' }], detail: { data: { final: [true] } } },
    {
      detail: {
        amount: [{ numeric: ['>', 0, '<=', 5] }],
        name: [{ 'anything-but': ['x'] }, { exists: false }],
      },
    },
    {
      $or: [{ a: [{ suffix: '.png' }] }, { b: [{ wildcard: 'a*b*c' }] }],
      c: [{ 'equals-ignore-case': 'x' }],
    },
    { detail: { ip: [{ cidr: '10.0.0.0/8' }] } },
  ];
  const event = {
    source: 'a',
    'detail-type': 'payment.succeeded.v1',
    detail: { data: { final: true }, amount: 3, name: 'y', ip: '10.1.2.3', a: 'x.png', b: 'axbxc' },
  };

  it('is compiled or refused by its path, and decides on any event', () => {
    const given = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...patterns).chain(mutated) },
      fc.jsonValue(),
    );
    const events = fc.oneof(mutated(event), fc.jsonValue(), fc.anything());
    const property = fc.property(given, events, (pattern, told) => {
      const read = JSON.parse(textOf(pattern)) as unknown;
      let matches: (candidate: unknown) => boolean;
      try {
        matches = compilePattern(read);
      } catch (error) {
        expect(error).toBeInstanceOf(PatternError);
        return;
      }
      expect(typeof matches(told)).toBe('boolean');
      expect(typeof matches(event)).toBe('boolean');
    });
    fc.assert(property, fuzzed(3_000));
  });
});
