import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as semver from 'semver';
import { describe, expect, it } from 'vitest';

const events = join(import.meta.dirname, '..', '..', '..', 'events');
const read = (folder: string, name: string) =>
  JSON.parse(readFileSync(join(events, folder, name), 'utf8')) as Schema;

interface Schema {
  readonly 'x-version'?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** Bounds of one value, which a subscriber may have built upon. */
const BOUNDS = ['type', 'const', 'pattern', 'format', 'minimum', 'maximum', 'minLength'] as const;

/** What a subscriber that knows only `before` can no longer rely on; a new member or enum value breaks nothing. */
function breaks(before: Schema, after: Schema, path = '$'): string[] {
  const of = (schema: Schema, bound: string) =>
    JSON.stringify((schema as Readonly<Record<string, unknown>>)[bound]);
  const bounds = BOUNDS.filter((bound) => of(before, bound) !== of(after, bound));
  const missing = (before.required ?? []).filter((name) => !after.required?.includes(name));
  return [
    ...bounds.map((bound) => `${path} has another ${bound}`),
    ...missing.map((name) => `${path}.${name} may be absent`),
    ...(before.enum !== undefined && after.enum === undefined ? [`${path} is no enum`] : []),
    ...Object.entries(before.properties ?? {}).flatMap(([name, schema]) => {
      const now = after.properties?.[name];
      return now === undefined ? [`${path}.${name} is gone`] : breaks(schema, now, `${path}.${name}`);
    }),
    ...(before.items ? breaks(before.items, after.items ?? {}, `${path}[]`) : []),
    ...(before.anyOf?.length === after.anyOf?.length
      ? (before.anyOf ?? []).flatMap((schema, at) => breaks(schema, after.anyOf?.[at] ?? {}, `${path}|${at}`))
      : [`${path} has another number of alternatives`]),
  ];
}

/** What is wrong with how a contract went on from its released schema. */
function wrongStep(before: Schema, after: Schema): string[] {
  const body = ({ 'x-version': _version, description: _description, ...rest }: Schema) =>
    JSON.stringify(rest);
  const [from = '', to = ''] = [before['x-version'], after['x-version']];
  if (body(before) === body(after)) return semver.eq(from, to) ? [] : [`${to} changes nothing`];
  const step = semver.diff(from, to);
  return [
    ...breaks(before, after),
    ...(semver.gt(to, from) && step === 'minor' ? [] : [`${from} has become ${to}`]),
  ];
}

describe('a contract that was released', () => {
  it.each(readdirSync(join(events, 'released')))('%s grew by a minor version, or not at all', (name) => {
    expect(wrongStep(read('released', name), read('schemas', name))).toEqual([]);
  });
});

describe('the rule for versions of contracts', () => {
  const before: Schema = {
    'x-version': '1.0.0',
    type: 'object',
    required: ['status', 'money'],
    properties: {
      status: { type: 'string', enum: ['a', 'b'] },
      money: { type: 'object', required: ['amountMinor'], properties: { amountMinor: { type: 'integer' } } },
    },
  };
  const after = (more: object, version = '1.1.0') => ({ ...before, ...more, 'x-version': version }) as Schema;
  const members = (more: object) => ({ properties: { ...before.properties, ...more } });

  it.each([
    ['nothing', {}, '1.0.0'],
    ['a further enum value', members({ status: { type: 'string', enum: ['a', 'b', 'c'] } }), '1.1.0'],
    ['a further member', members({ more: { type: 'string' } }), '1.1.0'],
    ['a further member that is always there', { required: ['status', 'money', 'more'] }, '1.1.0'],
  ])('lets %s pass', (_name, more, version) => {
    expect(wrongStep(before, after(more, version))).toEqual([]);
  });

  it.each([
    ['a new value without a new version', members({ status: { type: 'string', enum: ['c'] } }), '1.0.0'],
    ['a new value as a patch', members({ status: { type: 'string', enum: ['c'] } }), '1.0.1'],
    ['a version without a change', {}, '1.1.0'],
    ['a member that may be absent', { required: ['status'] }, '1.1.0'],
    ['another type', members({ status: { type: 'integer', enum: ['a', 'b'] } }), '1.1.0'],
    [
      'a member inside that is gone',
      members({ money: { type: 'object', required: ['amountMinor'] } }),
      '1.1.0',
    ],
    ['an enum that is any text', members({ status: { type: 'string' } }), '1.1.0'],
  ])('refuses %s', (_name, more, version) => {
    expect(wrongStep(before, after(more, version))).toHaveLength(1);
  });
});
