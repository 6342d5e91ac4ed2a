import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { configurationPage } from '#infra/docs/configuration.ts';
import { errorsOfPlugin } from '#infra/docs/errors.ts';
import { manifestSection } from '#infra/docs/manifest-section.ts';
import { generatedPages } from '#infra/docs/pages.ts';
import { membersOf, typeText } from '#infra/docs/schema-text.ts';
import { withUniqueAnchors } from '#infra/docs/markdown.ts';
import { ownPlugins } from '#infra/bundling/compose/own-plugins.ts';
import { catalog } from '#events/catalog/index.ts';

/** What `npm run schemas` writes for people. */
const root = join(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const manifestSchema = JSON.parse(read('infra/manifest/plugin.schema.json')) as {
  properties: Record<string, unknown>;
};

describe('the generated pages', { timeout: 60_000 }, () => {
  let pages: ReadonlyMap<string, string>;
  let own: Awaited<ReturnType<typeof ownPlugins>>;
  beforeAll(async () => {
    [pages, own] = await Promise.all([generatedPages(), ownPlugins()]);
  });

  it('are as the code makes them: npm run schemas', () => {
    expect([...pages.keys()]).toEqual(['plugins/API_REFERENCE.md', 'plugins/payment/CONFIGURATION.md']);
    const stale = [...pages].filter(([file, text]) => read(file) !== text).map(([file]) => file);
    expect(stale).toEqual([]);
  });

  it('name every operation, event and code', () => {
    const reference = pages.get('plugins/API_REFERENCE.md') ?? '';
    const operations = own.plugins.flatMap(({ manifest }) => Object.keys(manifest.operations));
    expect(operations.filter((name) => !reference.includes(`\n#### ${name}\n`))).toEqual([]);
    expect(catalog.filter(({ detailType }) => !reference.includes(`| \`${detailType}\` |`))).toEqual([]);
    const codes = own.plugins.flatMap((plugin) => Object.keys(errorsOfPlugin(plugin)));
    expect(codes.length).toBeGreaterThan(30);
    expect(codes.filter((code) => !reference.includes(`| \`${code}\` |`))).toEqual([]);
  });

  it('say what every value of the payment plugin means', () => {
    const payment = own.plugins.find(({ manifest }) => manifest.name === 'payment');
    const rows = membersOf(payment?.description.config?.schema ?? {});
    expect(rows.length).toBeGreaterThan(40);
    expect(rows.filter(({ meaning }) => meaning === '').map(({ path }) => path)).toEqual([]);
  });

  it('are none for a plugin without a configuration', () => {
    const simple = own.plugins.find(({ manifest }) => manifest.name === 'simple-plugin');
    expect(simple && configurationPage(simple)).toBeUndefined();
  });
});

describe('a field of the manifest', () => {
  it('that nobody says what it becomes on AWS is an error', () => {
    const properties = { ...manifestSchema.properties, colour: { type: 'string', description: 'A colour.' } };
    expect(() => manifestSection({ ...manifestSchema, properties })).toThrow(
      'on-aws.ts has to say what each field becomes, and no other: colour',
    );
  });

  it('that is gone is an error', () => {
    const { author: _, ...properties } = manifestSchema.properties;
    expect(() => manifestSection({ ...manifestSchema, properties })).toThrow('no other: author');
  });
});

describe('the text of a schema', () => {
  it.each([
    [{ $ref: '#/$defs/Payment' }, '[Payment](#payment)'],
    [{ enum: ['a', 'b'] }, '`a`, `b`'],
    [{ type: 'integer', minimum: 1, maximum: 100 }, 'integer, 1 to 100'],
    [{ type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }, 'integer, from 0'],
    [{ type: 'array', items: { type: 'string' } }, 'list of text'],
    [{ anyOf: [{ type: 'number' }, { type: 'null' }] }, 'number or null'],
    [{ type: ['string', 'null'] }, 'text or null'],
    [{ type: 'string', minLength: 1, maxLength: 40 }, 'text, 1 to 40 characters'],
    [{ type: 'string', pattern: '^[a-z]+$' }, 'text, matching `^[a-z]+$`'],
    [{ type: 'string', format: 'uri' }, 'URL'],
    [{ type: 'object', additionalProperties: { type: 'string' } }, 'object of text'],
    [{}, 'anything'],
  ])('%j', (schema, text) => {
    expect(typeText(schema)).toBe(text);
  });

  it('has members of objects and lists within it', () => {
    const inner = { type: 'object', properties: { b: { type: 'string' } }, required: ['b'] };
    const schema = {
      properties: { a: inner, list: { type: 'array', items: inner }, by: { additionalProperties: inner } },
    };
    expect(membersOf(schema).map(({ path }) => path)).toEqual([
      'a',
      'a.b',
      'list',
      'list[].b',
      'by',
      'by.<name>.b',
    ]);
  });
});

it('two headings of one anchor are an error', () => {
  expect(() => withUniqueAnchors('# Payment\n\n## payment\n')).toThrow(
    'two headings have the anchor "payment"',
  );
});
