import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { envelopeSchema } from '#events/catalog/contract.ts';
import { catalog } from '#events/catalog/index.ts';
import { schemaText } from '#events/export.ts';

const events = join(import.meta.dirname, '..', '..', '..', 'events');
const read = (folder: string, detailType: string) =>
  readFileSync(join(events, folder, `${detailType}.json`), 'utf8');
const filesOf = (folder: string) => readdirSync(join(events, folder)).sort();

const parts: readonly (string | number)[][] = [
  ['id'],
  ['occurredAt'],
  ['aggregate', 'id'],
  ['sequence'],
  ['cause', 'kind'],
];

/** The members of `data` without which an event of this type says too little. */
function requiredOf(schema: string): readonly (readonly [string, string])[] {
  const { properties } = JSON.parse(schema) as { properties: { data: { required: string[] } } };
  return properties.data.required.map((name) => ['data', name]);
}

function without(sample: unknown, path: readonly (string | number)[]): unknown {
  const copy = structuredClone(sample) as Record<string, unknown>;
  const parent = path.slice(0, -1).reduce((at, key) => at[key] as Record<string, unknown>, copy);
  delete parent[path.at(-1) as string];
  return copy;
}

describe('the event catalogue', () => {
  it('holds each detail type once', () => {
    const types = catalog.map(({ detailType }) => detailType);
    expect(new Set(types).size).toBe(types.length);
    expect(types).toContain('payment.succeeded.v1');
  });

  it('has one schema and one sample for each contract, and no others', () => {
    const files = catalog.map(({ detailType }) => `${detailType}.json`).sort();
    expect(filesOf('schemas')).toEqual(files);
    expect(filesOf('samples')).toEqual(files);
  });
});

describe.each(catalog.map((contract) => [contract.detailType, contract] as const))('%s', (type, contract) => {
  const sample: unknown = JSON.parse(read('samples', type));
  const exported = z.fromJSONSchema(JSON.parse(read('schemas', type)));

  it('has an exported schema that is up to date (else: npm run schemas)', () => {
    expect(read('schemas', type)).toBe(schemaText(contract));
  });

  it('accepts its sample, by contract and by exported schema alike', () => {
    expect(z.safeParse(envelopeSchema(contract), sample).error).toBeUndefined();
    expect(exported.safeParse(sample).error).toBeUndefined();
  });

  it('keeps all of the sample: the contract knows every member', () => {
    expect(z.parse(envelopeSchema(contract), sample)).toEqual(sample);
  });

  it.each([...parts, ...requiredOf(read('schemas', type))].map((path) => [path.join('.'), path] as const))(
    'refuses the sample without %s',
    (_, path) => {
      const broken = without(sample, path);
      expect(z.safeParse(envelopeSchema(contract), broken).success).toBe(false);
      expect(exported.safeParse(broken).success).toBe(false);
    },
  );

  it('lets subscribers accept members that a later minor version adds', () => {
    const { data } = sample as { data: object };
    expect(exported.safeParse({ ...(sample as object), data: { ...data, later: 1 } }).success).toBe(true);
  });
});

describe('money in events', () => {
  const succeeded = JSON.parse(read('samples', 'payment.succeeded.v1')) as { data: { captured: object } };
  const contract = catalog.find(({ type }) => type === 'payment.succeeded');
  const accepts = (captured: unknown) =>
    contract !== undefined &&
    z.safeParse(envelopeSchema(contract), { ...succeeded, data: { ...succeeded.data, captured } }).success;

  it.each([
    [{ amountMinor: 0, currency: 'usd' }, true],
    [{ amountMinor: 0.5, currency: 'usd' }, false],
    [{ amountMinor: -1, currency: 'usd' }, false],
    [{ amountMinor: 2 ** 53, currency: 'usd' }, false],
    [{ amountMinor: '100', currency: 'usd' }, false],
    [{ amountMinor: 100, currency: 'USD' }, false],
    [{ amountMinor: 100 }, false],
  ])('%o is valid: %s', (captured, valid) => {
    expect(accepts(captured)).toBe(valid);
  });
});
