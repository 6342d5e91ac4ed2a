import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { manifestSchemaText } from '#infra/manifest/export-schema.ts';
import { manifestSchema } from '#infra/manifest/schema.ts';
import { manifest } from './fixture.ts';

const repository = join(import.meta.dirname, '..', '..', '..', '..');
const exported = readFileSync(join(repository, 'infra/manifest/plugin.schema.json'), 'utf8');
const shipped = [
  'plugins/payment/plugin.json',
  'plugins/examples/simple-plugin/plugin.json',
  'plugins/examples/advanced-plugin/plugin.json',
];

const kebab = fc.stringMatching(/^[a-z][a-z0-9-]{1,20}$/).filter((name) => name !== 'relay');
const plugin = kebab.filter((name) => !['platform', 'health', 'load', 'unload'].includes(name));
const camel = fc.stringMatching(/^[a-z][A-Za-z0-9]{0,20}$/);
const words = fc.stringMatching(/^[a-z][a-z ]{0,30}$/);
const type = fc.stringMatching(/^[a-z][a-z0-9_]{0,9}\.[a-z][a-z0-9_]{0,9}$/);
const version = fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99)).map((parts) => parts.join('.'));
const range = fc.oneof(
  version,
  version.map((text) => `^${text}`),
  version.map((text) => `~${text} || >=${text}`),
);
const entry = kebab.map((name) => `functions/${name}.ts`);
const path = fc
  .uniqueArray(
    fc.oneof(
      kebab,
      camel.map((name) => `{${name}}`),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => `/${parts.join('/')}`);

/** Any of the members may be left out, so that defaults step in. */
const some = <T>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(members, { requiredKeys: [] });
const combined = <A, B>(required: fc.Arbitrary<A>, optional: fc.Arbitrary<B>) =>
  fc.tuple(required, optional).map(([a, b]) => ({ ...a, ...b }));

const table = fc.oneof(
  combined(fc.record({ partitionKey: camel }), some({ sortKey: camel, ttl: camel })),
  fc.record({
    partitionKey: camel,
    sortKey: camel,
    indexes: fc.dictionary(kebab, fc.record({ partitionKey: camel })),
    stream: fc.record({
      view: fc.constantFrom('NEW_IMAGE' as const, 'NEW_AND_OLD_IMAGES' as const),
      relay: fc.record({ sortKeyPrefix: words }),
    }),
  }),
);

const permission = fc.oneof(
  fc.tuple(kebab, fc.constantFrom('read', 'write')).map(([name, access]) => `table:${name}:${access}`),
  type.map((text) => `events:publish:${text}`),
  type.map((text) => `events:publish:${text}.*`),
  fc.tuple(plugin, camel).map(([name, key]) => `call:${name}.${key}`),
);

const operation = combined(
  fc.record({ scope: fc.constantFrom('a:read', 'b-c:write:all') }),
  some({
    http: combined(
      fc.record({ method: fc.constantFrom('GET' as const, 'POST' as const, 'DELETE' as const), path }),
      some({
        throttle: fc.record({
          rate: fc.double({ min: 0.1, max: 10_000, noNaN: true }),
          burst: fc.integer({ min: 1, max: 5000 }),
        }),
      }),
    ),
    graphql: fc.record({ kind: fc.constantFrom('query' as const, 'mutation' as const), field: camel }),
    expose: fc.constantFrom('public' as const, 'internal' as const),
    function: kebab,
  }),
);

const valid = combined(
  fc.record({ name: plugin, version, description: words, author: words, engine: range }),
  some({
    dependencies: fc.dictionary(
      plugin,
      combined(fc.record({ version: range }), some({ optional: fc.boolean() })),
    ),
    operations: fc.dictionary(camel, operation),
    webhooks: fc.dictionary(
      kebab,
      combined(
        fc.record({ path: kebab.map((name) => `/webhooks/${name.replace(/-+$/, '')}`), function: kebab }),
        some({ maxBodyBytes: fc.integer({ min: 1, max: 1_048_576 }) }),
      ),
    ),
    events: some({
      publishes: fc.array(fc.record({ type, version })),
      subscribes: fc.dictionary(
        camel,
        combined(
          fc.record({ type, version: range, function: kebab }),
          some({
            batchSize: fc.integer({ min: 1, max: 10 }),
            filter: fc.constant({ data: { status: ['x'] } }),
          }),
        ),
      ),
    }),
    schedules: fc.dictionary(
      camel,
      fc.oneof(
        fc.record({ function: kebab, rate: fc.constantFrom('1 minute', '5 minutes', '1 day') }),
        fc.record({ function: kebab, cron: fc.constantFrom('0 3 * * ? *', '*/5 8-18 ? * 2-6 *') }),
      ),
    ),
    observability: some({
      alarms: fc.dictionary(
        kebab.map((name) => name.replaceAll(/-+/g, '')),
        combined(
          fc.record({ metric: type, description: words.filter((text) => text.trim() !== '') }),
          some({
            threshold: fc.integer({ min: 1, max: 99 }),
            periodMinutes: fc.integer({ min: 1, max: 1440 }),
          }),
        ),
      ),
    }),
    tables: fc.dictionary(kebab, table),
    functions: fc.dictionary(
      kebab,
      combined(
        fc.record({ entry }),
        some({
          memoryMb: fc.integer({ min: 128, max: 10_240 }),
          timeoutSeconds: fc.integer({ min: 1, max: 900 }),
        }),
      ),
    ),
    permissions: fc.dictionary(kebab, fc.array(permission)),
    config: fc.record({
      version: fc.integer({ min: 1, max: 99 }),
      envPrefix: fc.constantFrom('A_B', 'SHOP_2_PLUGIN'),
    }),
    sandbox: fc.dictionary(
      kebab,
      combined(
        fc.record({ entry, port: fc.integer({ min: 1024, max: 65_535 }) }),
        some({
          config: fc.dictionary(
            camel,
            fc.oneof(fc.record({ generate: words }), fc.constant({ origin: true as const })),
          ),
          webhooks: fc.array(kebab),
        }),
      ),
    ),
  }),
).map((rest) => ({ manifestVersion: 1, ...rest }));

describe('the schema of plugin.json', () => {
  it('is exported up to date (else: npm run schemas)', () => {
    expect(exported).toBe(manifestSchemaText());
  });

  it('describes every field for editors', () => {
    const bare: string[] = [];
    const visit = (schema: unknown, at: string): void => {
      if (typeof schema !== 'object' || schema === null) return;
      for (const [key, value] of Object.entries(schema)) {
        if (key === 'properties') {
          for (const [name, field] of Object.entries(value as Record<string, { description?: string }>)) {
            if (!field.description) bare.push(`${at}/${name}`);
            visit(field, `${at}/${name}`);
          }
        } else visit(value, at);
      }
    };
    visit(JSON.parse(exported), '');
    expect(bare).toEqual([]);
  });

  it.each(shipped)('accepts %s, in the exported form too', (file) => {
    const value: unknown = JSON.parse(readFileSync(join(repository, file), 'utf8'));
    expect(manifestSchema.safeParse(value).error).toBeUndefined();
    expect(z.fromJSONSchema(JSON.parse(exported)).safeParse(value).error).toBeUndefined();
  });

  it('accepts what is valid again after defaults and a round trip through JSON, unchanged', () => {
    fc.assert(
      fc.property(valid, (input) => {
        const filled = manifestSchema.parse(input);
        expect(manifestSchema.parse(JSON.parse(JSON.stringify(filled)))).toEqual(filled);
      }),
    );
  });

  it('refuses any unknown field', () => {
    fc.assert(
      fc.property(camel, (key) => {
        fc.pre(!(key in manifestSchema.shape));
        expect(manifestSchema.safeParse({ ...manifest('shop'), [key]: 1 }).success).toBe(false);
      }),
    );
  });

  it.each([
    ['name', 'Shop'],
    ['name', 'platform'],
    ['name', 'health'],
    ['version', '1.0'],
    ['version', 'v1.0.0'],
    ['engine', ''],
    ['engine', 'x'],
    ['engine', '>=0.0.0'],
    ['author', '  '],
    ['manifestVersion', 2],
    ['webhooks', { a: { path: '/hooks/a', function: 'api' } }],
    ['webhooks', { a: { path: '/webhooks/a', function: 'api', maxBodyBytes: 1_048_577 } }],
    ['functions', { api: { entry: '/etc/api.ts' } }],
    ['functions', { api: { entry: 'a/../../api.ts' } }],
    ['functions', { api: { entry: 'api.ts', timeoutSeconds: 901 } }],
    ['operations', { a: { scope: 'a:b', http: { method: 'GET', path: '/{x}/{x}' } } }],
    ['operations', { a: { scope: 'a:b', http: { method: 'GET', path: '/{proxy+}' } } }],
    ['operations', { a: {} }],
    ['permissions', { api: ['config:read'] }],
    ['permissions', { api: ['table:a:delete'] }],
    ['iam', { api: [{ sid: 'readPhotos', actions: ['s3:GetObject'], resources: ['*'] }] }],
    ['iam', { api: [{ sid: 'ReadPhotos', actions: ['s3:*'], resources: ['*'] }] }],
    ['iam', { api: [{ sid: 'ReadPhotos', actions: [], resources: ['*'] }] }],
    ['iam', { api: [{ sid: 'ReadPhotos', actions: ['s3:GetObject'], resources: ['photos'] }] }],
    ['iam', { relay: [] }],
    ['permissions', { api: ['events:publish:*'] }],
    ['config', { version: 1, envPrefix: 'AWS_PLUGIN' }],
    ['config', { version: 1 }],
    ['config', { version: 0, envPrefix: 'A_B' }],
    ['config', { version: 1, envPrefix: 'SHOP' }],
    ['sandbox', { a: { entry: 'main.ts', port: 80 } }],
    ['sandbox', { a: { entry: 'main.ts', port: 4000, config: { a: {} } } }],
    ['sandbox', { a: { entry: 'main.ts', port: 4000, config: { a: { origin: false } } } }],
  ])('refuses %s = %j', (key, value) => {
    expect(manifestSchema.safeParse({ ...manifest('shop'), [key]: value }).success).toBe(false);
  });
});
