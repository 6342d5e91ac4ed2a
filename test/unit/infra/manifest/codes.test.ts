import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ErrorCode, errorCodes } from '#infra/manifest/codes.ts';
import { loadManifests } from '#infra/manifest/load.ts';
import { api, manifest, operation, plugins, project } from './fixture.ts';

interface Case {
  readonly title: string;
  readonly root: () => string;
  readonly expected: {
    plugin: string;
    file?: string;
    path: string;
    line: number;
    given?: unknown;
    allowed?: unknown;
    fix?: unknown;
  };
}

const one = (more: object) => () => plugins(manifest('shop', { ...api, ...more }));
const two = (first: object, second: object) => () =>
  plugins(manifest('aaa', { ...api, ...first }), manifest('bbb', { ...api, ...second }));
const text = (content: string) => () => project({ 'plugins/shop/plugin.json': content });
const shop = { plugin: 'shop' };

const relayed = {
  tables: {
    orders: {
      partitionKey: 'PK',
      sortKey: 'SK',
      stream: { view: 'NEW_IMAGE', relay: { sortKeyPrefix: 'EVT#' } },
    },
  },
};
const published = (type: string, version = '1.0.0') => ({
  ...relayed,
  events: { publishes: [{ type, version }] },
  permissions: { relay: [`events:publish:${type}`] },
});
const byDay = { partitionKey: 'day' };
const including = (...nonKeyAttributes: readonly string[]) => ({ projection: 'INCLUDE', nonKeyAttributes });
const readPhotos = {
  sid: 'ReadPhotos',
  actions: ['s3:GetObject'],
  resources: ['arn:aws:s3:::photos/*'],
};
/** Publishes an event in two versions at once. */
const publishedTwice = (type: string, versions: readonly string[]) => ({
  ...published(type),
  events: { publishes: versions.map((version) => ({ type, version })) },
});

/** A plugin with statements that its project allows. */
const allowing =
  (...statements: readonly object[]) =>
  () =>
    project({
      'package.json': { anineeplus: { allowIam: { shop: ['ReadPhotos'] } } },
      'plugins/shop/plugin.json': manifest('shop', { ...api, iam: { api: statements } }),
      'plugins/shop/functions/api.ts': '',
    });
const subscribed = (type: string, version: string) => ({
  events: { subscribes: { onThing: { type, version, function: 'api' } } },
});

/** ccc calls bbb, whose function may call aaa. */
const chain = (more: object) => () => {
  const calls = (plugin: string, add: object = {}) => ({
    dependencies: { [plugin]: { version: '^1.0.0', operations: ['one'], ...add } },
    permissions: { api: [`call:${plugin}.one`] },
  });
  const operations = { one: { scope: 'things:read', expose: 'internal' } };
  return plugins(
    manifest('aaa', { ...api, operations }),
    manifest('bbb', { ...api, operations, ...calls('aaa', more) }),
    manifest('ccc', { ...api, ...calls('bbb', { optional: true }) }),
  );
};

// PLG3xx are found by the build, not in a manifest.
const cases: Record<Exclude<ErrorCode, `PLG3${string}`>, readonly Case[]> = {
  PLG001: [
    {
      title: 'no folder plugins',
      root: () => project({ 'package.json': {} }),
      expected: { plugin: 'plugins', path: '', line: 1, given: expect.stringContaining('ENOENT') },
    },
    {
      title: 'a package that is not installed',
      root: () =>
        project({ 'package.json': { anineeplus: { plugins: ['@x/nothing'] } }, 'plugins/a.txt': '' }),
      expected: {
        plugin: '@x/nothing',
        path: '/anineeplus/plugins/0',
        line: 4,
        given: '"@x/nothing", which is not installed',
        fix: 'Run npm install @x/nothing, or take it out of anineeplus.plugins.',
      },
    },
    {
      title: 'a package that is no plugin',
      root: () =>
        project({
          'package.json': { anineeplus: { plugins: ['one'] } },
          'node_modules/one/package.json': {},
          'plugins/a.txt': '',
        }),
      expected: {
        plugin: 'one',
        path: '/anineeplus/plugins/0',
        line: 4,
        given: '"one", a package without a plugin.json',
        fix: expect.stringContaining('Install a version of one that ships its plugin.json'),
      },
    },
    {
      title: 'a package that is named twice',
      root: () =>
        project({
          'package.json': { anineeplus: { plugins: ['one', 'one'] } },
          'node_modules/one/plugin.json': manifest('one'),
        }),
      expected: {
        plugin: 'one',
        path: '/anineeplus/plugins/1',
        line: 5,
        given: '"one", which is named before',
        fix: 'Name it once.',
      },
    },
    {
      title: 'a package name that leads out of node_modules',
      root: () =>
        project({
          'package.json': { anineeplus: { plugins: ['../elsewhere'] } },
          'elsewhere/plugin.json': manifest('one'),
          'plugins/a.txt': '',
        }),
      expected: {
        plugin: '../elsewhere',
        path: '/anineeplus/plugins/0',
        line: 4,
        given: '"../elsewhere"',
        fix: 'Write the name of an npm package.',
      },
    },
    {
      title: 'a manifest that is a link to nowhere',
      root: () => {
        const root = project({ 'plugins/shop/a.txt': '' });
        symlinkSync('nowhere', join(root, 'plugins/shop/plugin.json'));
        return root;
      },
      expected: { ...shop, path: '', line: 1, given: expect.stringContaining('ENOENT') },
    },
  ],
  PLG002: [
    {
      title: 'a missing comma',
      root: text('{\n  "manifestVersion": 1\n  "name": "shop"\n}'),
      expected: { ...shop, path: '', line: 3, given: 'comma expected at column 3' },
    },
    {
      title: 'a trailing comma',
      root: text('{\n  "name": "shop",\n}'),
      expected: { ...shop, path: '', line: 3 },
    },
    { title: 'an empty file', root: text(''), expected: { ...shop, path: '', line: 1 } },
  ],
  PLG003: [
    {
      title: 'two functions of one name',
      root: () => {
        const once = JSON.stringify(manifest('shop', api), null, 2);
        const twice = once.replace(
          '"functions": {',
          '"functions": {\n"api": { "entry": "functions/api.ts" },',
        );
        return project({ 'plugins/shop/plugin.json': twice, 'plugins/shop/functions/api.ts': '' });
      },
      expected: { ...shop, path: '/functions/api', line: 10, given: '"api"' },
    },
  ],
  PLG004: [
    {
      title: 'no version',
      root: () => plugins({ ...manifest('shop'), version: undefined } as never),
      expected: { ...shop, path: '/version', line: 1, given: 'nothing', fix: 'Add "version".' },
    },
    {
      title: 'an index that copies some attributes, and names none',
      root: one({
        tables: {
          orders: { partitionKey: 'PK', indexes: { 'by-day': { ...byDay, projection: 'INCLUDE' } } },
        },
      }),
      expected: {
        ...shop,
        path: '/tables/orders/indexes/by-day/nonKeyAttributes',
        line: 17,
        allowed: 'attributes, with the projection "INCLUDE"',
        fix: 'Add "nonKeyAttributes".',
      },
    },
    {
      title: 'a schedule without a time',
      root: one({ schedules: { due: { function: 'api' } } }),
      expected: {
        ...shop,
        path: '/schedules/due/rate',
        line: 14,
        allowed: 'either rate or cron',
        fix: 'Add "rate".',
      },
    },
    {
      title: 'a stream on a table without a sort key',
      root: one({
        ...published('shop.sold'),
        tables: { orders: { ...relayed.tables.orders, sortKey: undefined } },
      }),
      expected: { ...shop, path: '/tables/orders/sortKey', line: 14 },
    },
  ],
  PLG005: [
    {
      title: 'a misspelled field',
      root: one({ functions: { api: { entry: 'functions/api.ts', memoryMB: 256 } } }),
      expected: {
        ...shop,
        path: '/functions/api/memoryMB',
        line: 11,
        allowed: 'entry, description, memoryMb, timeoutSeconds, reservedConcurrency',
        fix: 'Write "memoryMb".',
      },
    },
    {
      title: 'a member of the name of the prototype',
      root: text(
        JSON.stringify(manifest('shop'), null, 2).replace('"author"', '"__proto__": null, "author"'),
      ),
      expected: { ...shop, path: '/__proto__', line: 6 },
    },
    {
      title: 'a field that resembles nothing',
      root: one({ zzz: true }),
      expected: { ...shop, path: '/zzz', line: 13, fix: 'Remove it.' },
    },
  ],
  PLG006: [
    {
      title: 'a text where an object belongs',
      root: one({ events: 'payment.*' }),
      expected: { ...shop, path: '/events', line: 13, given: '"payment.*"', allowed: 'an object' },
    },
    { title: 'a manifest that is a list', root: text('[]'), expected: { ...shop, path: '', line: 1 } },
  ],
  PLG007: [
    {
      title: 'a package name that is no text',
      root: () => project({ 'package.json': { anineeplus: { plugins: [7] } }, 'plugins/a.txt': '' }),
      expected: { plugin: 'package.json', path: '/anineeplus/plugins/0', line: 4, given: '7' },
    },
    {
      title: 'a sandbox in TypeScript in a package',
      root: () =>
        project({
          'package.json': { anineeplus: { plugins: ['@x/store'] } },
          'node_modules/@x/store/plugin.json': manifest('shop', {
            sandbox: { bank: { entry: 'sandbox/main.ts', port: 12_990 } },
          }),
          'node_modules/@x/store/sandbox/main.ts': '',
        }),
      expected: {
        ...shop,
        path: '/sandbox/bank/entry',
        line: 10,
        given: '"sandbox/main.ts"',
        fix: 'The package "@x/store" has to ship it compiled.',
      },
    },
    {
      title: 'a value outside of a list',
      root: one({ operations: { list: { ...operation('/a'), expose: 'intern' } } }),
      expected: {
        ...shop,
        path: '/operations/list/expose',
        line: 20,
        allowed: 'public, internal',
        fix: 'Write "internal".',
      },
    },
    {
      title: 'attributes of an index that copies all',
      root: one({
        tables: {
          orders: { partitionKey: 'PK', indexes: { 'by-day': { ...byDay, nonKeyAttributes: ['total'] } } },
        },
      }),
      expected: {
        ...shop,
        path: '/tables/orders/indexes/by-day/nonKeyAttributes',
        line: 19,
        allowed: 'no attributes: only the projection "INCLUDE" names some',
      },
    },
    {
      title: 'a key among the attributes of an index',
      root: one({
        tables: {
          orders: { partitionKey: 'PK', indexes: { 'by-day': { ...byDay, ...including('total', 'PK') } } },
        },
      }),
      expected: {
        ...shop,
        path: '/tables/orders/indexes',
        line: 16,
        allowed: 'nonKeyAttributes without keys, which an index always copies',
      },
    },
    {
      title: 'an engine that excludes nothing',
      root: () => plugins({ ...manifest('shop'), engine: '*' }),
      expected: {
        ...shop,
        path: '/engine',
        line: 7,
        given: '"*"',
        allowed: expect.stringContaining('^1.0.0'),
      },
    },
    {
      title: 'an entry outside of the folder',
      root: one({ functions: { api: { entry: '../other/api.ts' } } }),
      expected: { ...shop, path: '/functions/api/entry', line: 10 },
    },
    {
      title: 'a permission that is not in the vocabulary',
      root: one({ permissions: { api: ['dynamodb:*'] } }),
      expected: { ...shop, path: '/permissions/api/0', line: 15 },
    },
    {
      title: 'a schedule with two times',
      root: one({ schedules: { due: { function: 'api', rate: '1 hour', cron: '0 3 * * ? *' } } }),
      expected: {
        ...shop,
        path: '/schedules/due/cron',
        line: 17,
        given: '"0 3 * * ? *"',
        allowed: 'either rate or cron, not both',
      },
    },
    {
      title: 'a rate that AWS would not take',
      root: one({ schedules: { due: { function: 'api', rate: '1 minutes' } } }),
      expected: {
        ...shop,
        path: '/schedules/due/rate',
        line: 16,
        allowed: expect.stringContaining('"5 minutes"'),
      },
    },
    {
      title: 'a metric that is none of ours',
      root: one({ observability: { alarms: { late: { metric: 'Errors', description: 'x' } } } }),
      expected: { ...shop, path: '/observability/alarms/late/metric', line: 16, given: '"Errors"' },
    },
    {
      title: 'too little memory',
      root: one({ functions: { api: { entry: 'functions/api.ts', memoryMb: 64 } } }),
      expected: {
        ...shop,
        path: '/functions/api/memoryMb',
        line: 11,
        allowed: 'an integer from 128 to 10240',
      },
    },
    {
      title: 'a sandbox value with two origins',
      root: one({
        sandbox: {
          bank: { entry: 'functions/api.ts', port: 4000, config: { a: { generate: 'x', origin: true } } },
        },
      }),
      expected: {
        ...shop,
        path: '/sandbox/bank/config/a',
        line: 18,
        allowed: expect.stringContaining('either'),
      },
    },
  ],
  PLG008: [
    {
      title: 'a function named like the relay',
      root: one({ functions: { ...api.functions, relay: { entry: 'functions/api.ts' } } }),
      expected: { ...shop, path: '/functions/relay', line: 12, given: '"relay"', fix: 'Rename it.' },
    },
  ],
  PLG101: [
    {
      title: 'two operations on a function that is missing: one error',
      root: one({
        operations: {
          a: { ...operation('/a'), function: 'apii' },
          b: { ...operation('/b'), function: 'apii' },
        },
      }),
      expected: {
        ...shop,
        path: '/operations/a/function',
        line: 20,
        given: '"apii", which a, b name',
        fix: 'Write "api".',
      },
    },
    {
      title: 'a schedule on a function that is missing',
      root: one({ schedules: { due: { function: 'sweep', rate: '1 hour' } } }),
      expected: {
        ...shop,
        path: '/schedules/due/function',
        line: 15,
        given: '"sweep", which due names',
        allowed: 'api',
        fix: 'Declare "sweep" under functions.',
      },
    },
  ],
  PLG102: [
    {
      title: 'a misspelled function',
      root: one({ permissions: { appi: [] } }),
      expected: { ...shop, path: '/permissions/appi', line: 14, fix: 'Write "api".' },
    },
    {
      title: 'a relay without a stream',
      root: one({ permissions: { relay: [] } }),
      expected: { ...shop, path: '/permissions/relay', line: 14, fix: expect.stringContaining('stream') },
    },
  ],
  PLG103: [
    {
      title: 'an unknown table',
      root: one({
        tables: { orders: { partitionKey: 'PK' } },
        permissions: { api: ['table:order:read', 'table:order:write'] },
      }),
      expected: {
        ...shop,
        path: '/permissions/api/0',
        line: 20,
        given: '"table:order:read"',
        fix: 'Write "orders".',
      },
    },
    {
      title: 'an event that is not published',
      root: one({ ...relayed, permissions: { relay: ['events:publish:shop.*'] } }),
      expected: { ...shop, path: '/permissions/relay/0', line: 27 },
    },
  ],
  PLG104: [
    {
      title: 'an entry that is not there',
      root: one({ functions: { api: { entry: 'functions/missing.ts' } } }),
      expected: { ...shop, path: '/functions/api/entry', line: 10, given: '"functions/missing.ts"' },
    },
  ],
  PLG105: [
    {
      title: 'two events that nobody may publish: one error',
      root: one({
        ...relayed,
        events: {
          publishes: [
            { type: 'shop.sold', version: '1.0.0' },
            { type: 'shop.closed', version: '1.0.0' },
          ],
        },
      }),
      expected: { ...shop, path: '/events/publishes', given: 'shop.sold, shop.closed', line: 26 },
    },
    {
      title: 'a relay that may publish nothing',
      root: one({ ...relayed }),
      expected: { ...shop, path: '/tables/orders/stream/relay', line: 19 },
    },
    {
      title: 'an event without a relay to publish it',
      root: one({ events: { publishes: [{ type: 'shop.sold', version: '1.0.0' }] } }),
      expected: {
        ...shop,
        path: '/events/publishes',
        line: 14,
        fix: 'Give a table a stream with a relay, and add "events:publish:shop.sold" to permissions.relay.',
      },
    },
  ],
  PLG106: [
    {
      title: 'a relay that reads a table',
      root: one({
        ...published('shop.sold'),
        permissions: { relay: ['events:publish:shop.*', 'table:orders:read'] },
      }),
      expected: { ...shop, path: '/permissions/relay/1', line: 36 },
    },
  ],
  PLG110: [
    {
      title: 'a function that publishes beside the relay',
      root: one({
        ...published('shop.sold'),
        permissions: { relay: ['events:publish:shop.*'], api: ['events:publish:shop.sold'] },
      }),
      expected: {
        ...shop,
        path: '/permissions/api/0',
        line: 38,
        fix: 'Remove it, and put the event into the outbox: only relay publishes.',
      },
    },
    {
      title: 'a function in place of the relay',
      root: one({ ...published('shop.sold'), permissions: { api: ['events:publish:shop.*'] } }),
      expected: {
        ...shop,
        path: '/permissions/api/0',
        line: 35,
        allowed: 'table:<table>:read, table:<table>:scan, table:<table>:write, call:<plugin>.<operation>',
        fix: 'Move it to permissions.relay, and put the event into the outbox: only relay publishes.',
      },
    },
    {
      title: 'a function that would publish what nobody declares: one error',
      root: one({ permissions: { api: ['events:publish:shop.*'] } }),
      expected: { ...shop, path: '/permissions/api/0', line: 15 },
    },
    {
      title: 'a function of a plugin without a relay',
      root: one({
        events: { publishes: [{ type: 'shop.sold', version: '1.0.0' }] },
        permissions: { api: ['events:publish:shop.sold'] },
      }),
      expected: {
        ...shop,
        path: '/permissions/api/0',
        line: 23,
        fix: 'Give a table a stream with a relay, and move it to permissions.relay: only relay publishes.',
      },
    },
  ],
  PLG107: [
    {
      title: 'an internal operation with a route',
      root: one({ operations: { list: operation('/a', { expose: 'internal' }) } }),
      expected: { ...shop, path: '/operations/list/http', line: 15 },
    },
  ],
  PLG108: [
    {
      title: 'a webhook that is not there',
      root: one({ sandbox: { bank: { entry: 'functions/api.ts', port: 4000, webhooks: ['bank'] } } }),
      expected: { ...shop, path: '/sandbox/bank/webhooks/0', line: 18, given: '"bank"' },
    },
  ],
  PLG109: [
    {
      title: 'a function name that gets too long',
      root: () =>
        plugins(
          manifest('a-plugin-with-a-rather-long-name', {
            functions: { 'and-a-function-of-long-name': { entry: 'functions/api.ts' } },
          }),
        ),
      expected: {
        plugin: 'a-plugin-with-a-rather-long-name',
        path: '/functions/and-a-function-of-long-name',
        line: 9,
        allowed: 'a function name of at most 64 characters',
        fix: 'Shorten the name by 13 characters.',
      },
    },
    {
      title: 'a schedule name that gets too long',
      root: one({
        schedules: { dueThatIsNamedAfterEverythingThatItLooksAtAndMore: { function: 'api', rate: '1 day' } },
      }),
      expected: {
        ...shop,
        path: '/schedules/dueThatIsNamedAfterEverythingThatItLooksAtAndMore',
        line: 14,
        allowed: 'a schedule name of at most 64 characters',
      },
    },
  ],
  PLG111: [
    {
      title: 'a statement that the project does not allow',
      root: one({ iam: { api: [readPhotos] } }),
      expected: {
        ...shop,
        path: '/iam/api/0/sid',
        line: 16,
        given: '"ReadPhotos": s3:GetObject on arn:aws:s3:::photos/*',
        allowed: 'statements of "shop" that package.json allows: none',
        fix: expect.stringContaining('write "allowIam": { "shop": ["ReadPhotos"] } under anineeplus'),
      },
    },
  ],
  PLG112: [
    ['s3:GetObject', '*', 'arn:*:s3:::cdk-*'],
    [
      'dynamodb:GetItem',
      'arn:aws:dynamodb:*:*:table/anineeplus-prod-shop-o',
      'arn:*:dynamodb:*:*:table/anineeplus-*',
    ],
    [
      'lambda:InvokeFunction',
      'arn:${AWS::Partition}:lambda:eu-west-1:1:function:*',
      'arn:*:lambda:*:*:function:anineeplus-*',
    ],
    ['kms:Decrypt', 'arn:aws:kms:eu-west-1:1:key/*', 'arn:*:kms:*:*:key/anineeplus-*'],
    ['sts:AssumeRole', '*', 'arn:*:iam::*:role/anineeplus-*'],
    ['iam:CreateRole', 'arn:aws:iam::1:role/mine', 'iam:*'],
  ].map(([action = '', resource = '', reached = '']) => ({
    title: `${action} on ${resource}`,
    root: allowing({ ...readPhotos, actions: [action], resources: [resource] }),
    expected: {
      ...shop,
      path: '/iam/api/0/resources/0',
      line: 21,
      given: `${action} on ${resource}`,
      allowed: `resources that ${reached} does not cover`,
    },
  })),
  PLG113: [
    {
      title: 'one name for two statements',
      root: allowing(readPhotos, { ...readPhotos, actions: ['s3:PutObject'] }),
      expected: {
        ...shop,
        path: '/iam/api/1/sid',
        line: 25,
        allowed: 'ReadPhotos: s3:GetObject on arn:aws:s3:::photos/*',
      },
    },
  ],
  PLG114: [
    {
      title: 'more events at once than the function may take',
      root: one({
        functions: { api: { entry: 'functions/api.ts', reservedConcurrency: 4 } },
        events: {
          subscribes: {
            onThing: { type: 'shop.sold', version: '^1.0.0', function: 'api', maximumConcurrency: 8 },
          },
        },
      }),
      expected: {
        ...shop,
        path: '/events/subscribes/onThing/maximumConcurrency',
        given: '8',
        allowed: 'at most 4, the reserved concurrency of "api"',
        fix: 'Lower it, or raise reservedConcurrency of "api".',
      } as never,
    },
  ],
  PLG120: [
    {
      title: 'more alarms than CodeDeploy watches',
      root: one({
        deploy: { strategy: 'canary10Percent5Minutes' },
        observability: {
          alarms: Object.fromEntries(
            Array.from({ length: 9 }, (_, n) => [`low-${n}`, { metric: 'ink.low', description: 'Low.' }]),
          ),
        },
      }),
      expected: {
        ...shop,
        path: '/observability/alarms',
        line: expect.any(Number) as number,
        given: '9 alarms',
        allowed: expect.stringContaining('8 at most') as string,
      },
    },
  ],
  PLG201: [
    {
      title: 'a package with the name of a plugin of the project',
      root: () =>
        project({
          'package.json': { anineeplus: { plugins: ['@x/store'] } },
          'node_modules/@x/store/plugin.json': manifest('shop'),
          'plugins/shop/plugin.json': manifest('shop'),
        }),
      expected: {
        ...shop,
        file: 'node_modules/@x/store/plugin.json',
        path: '/name',
        line: 3,
        fix: 'Take "@x/store" out of anineeplus.plugins, or rename the other plugin.',
      },
    },
    {
      title: 'two plugins of one name',
      root: () =>
        project({
          'plugins/a/plugin.json': manifest('shop'),
          'plugins/b/plugin.json': manifest('shop', { operations: { a: operation('/a') }, ...api }),
          'plugins/b/functions/api.ts': '',
        }),
      expected: {
        ...shop,
        path: '/name',
        line: 3,
        allowed: expect.stringContaining('plugins/a/plugin.json'),
      },
    },
  ],
  PLG202: [
    {
      title: 'paths that differ by parameter names only',
      root: two({ operations: { a: operation('/a/{x}') } }, { operations: { b: operation('/a/{y}') } }),
      expected: {
        plugin: 'bbb',
        path: '/operations/b/http',
        line: 15,
        given: 'GET /a/{y}',
        allowed: expect.stringContaining('plugins/aaa/plugin.json'),
      },
    },
    {
      title: 'within one plugin',
      root: one({ operations: { a: operation('/a'), b: operation('/a') } }),
      expected: { ...shop, path: '/operations/b/http', line: 22 },
    },
    {
      title: 'a route of the platform',
      root: one({ operations: { a: operation('/plugins/mine') } }),
      expected: { ...shop, path: '/operations/a/http/path', line: 17 },
    },
  ],
  PLG203: [
    {
      title: 'one query field twice',
      root: two(
        { operations: { a: { graphql: { kind: 'query', field: 'things' }, scope: 'a:b' } } },
        { operations: { a: { graphql: { kind: 'query', field: 'things' }, scope: 'a:b' } } },
      ),
      expected: { plugin: 'bbb', path: '/operations/a/graphql', line: 15, given: 'query things' },
    },
  ],
  PLG204: [
    {
      title: 'one webhook path twice',
      root: two(
        { webhooks: { bank: { path: '/webhooks/bank', function: 'api' } } },
        { webhooks: { bank: { path: '/webhooks/bank', function: 'api' } } },
      ),
      expected: { plugin: 'bbb', path: '/webhooks/bank/path', line: 15, given: '/webhooks/bank' },
    },
  ],
  PLG205: [
    {
      title: 'names that meet when joined',
      root: () =>
        plugins(
          manifest('shop', { functions: { 'till-api': { entry: 'functions/api.ts' } } }),
          manifest('shop-till', { functions: { api: { entry: 'functions/api.ts' } } }),
        ),
      expected: {
        plugin: 'shop',
        path: '/functions/till-api',
        line: 9,
        given: 'function anineeplus-local-shop-till-api',
      },
    },
    {
      title: 'a subscription whose dead-letter queue would be that of the schedules',
      root: two(published('shop.sold'), {
        events: { subscribes: { schedules: { type: 'shop.sold', version: '^1.0.0', function: 'api' } } },
        schedules: { due: { function: 'api', rate: '1 day' } },
      }),
      expected: {
        plugin: 'bbb',
        path: '/schedules',
        line: 22,
        given: 'queue anineeplus-local-bbb-schedules-dlq',
      },
    },
  ],
  PLG206: [
    {
      title: 'a prefix of another prefix',
      root: two(
        { config: { version: 1, envPrefix: 'SHOP_PLUGIN_EXTRA' } },
        { config: { version: 1, envPrefix: 'SHOP_PLUGIN' } },
      ),
      expected: { plugin: 'bbb', path: '/config/envPrefix', line: 15, given: '"SHOP_PLUGIN"' },
    },
  ],
  PLG207: [
    {
      title: 'a platform that is too old',
      root: () => plugins({ ...manifest('shop'), engine: '>=2.0.0' }),
      expected: { ...shop, path: '/engine', line: 7, given: '">=2.0.0"' },
    },
  ],
  PLG208: [
    {
      title: 'a dependency that nobody has',
      root: two({}, { dependencies: { aab: { version: '^1.0.0' } } }),
      expected: { plugin: 'bbb', path: '/dependencies/aab', line: 14, allowed: 'aaa', fix: 'Write "aaa".' },
    },
  ],
  PLG209: [
    {
      title: 'another version than needed',
      root: two({}, { dependencies: { aaa: { version: '^2.0.0' } } }),
      expected: { plugin: 'bbb', path: '/dependencies/aaa/version', line: 15, allowed: 'a range with 1.0.0' },
    },
  ],
  PLG210: [
    {
      title: 'an operation that is not offered',
      root: two(
        { operations: { quote: operation('/quote') } },
        { dependencies: { aaa: { version: '^1.0.0', operations: ['qoute'] } } },
      ),
      expected: { plugin: 'bbb', path: '/dependencies/aaa/operations/0', line: 17, fix: 'Write "quote".' },
    },
  ],
  PLG211: [
    {
      title: 'a dependency on itself',
      root: one({ dependencies: { shop: { version: '^1.0.0' } } }),
      expected: { ...shop, path: '/dependencies/shop', line: 14, given: 'shop -> shop' },
    },
    {
      title: 'a loop of two',
      root: two({ dependencies: { bbb: { version: '1' } } }, { dependencies: { aaa: { version: '1' } } }),
      expected: { plugin: 'aaa', path: '/dependencies/bbb', line: 14, given: 'aaa -> bbb -> aaa' },
    },
  ],
  PLG212: [],
  PLG213: [
    {
      title: 'a call without a dependency',
      root: two({ operations: { quote: operation('/quote') } }, { permissions: { api: ['call:aaa.quote'] } }),
      expected: { plugin: 'bbb', path: '/permissions/api/0', line: 15, given: '"call:aaa.quote"' },
    },
    {
      title: 'a call that the dependency does not list',
      root: two(
        { operations: { quote: operation('/quote') } },
        { dependencies: { aaa: { version: '^1.0.0' } }, permissions: { api: ['call:aaa.quote'] } },
      ),
      expected: {
        plugin: 'bbb',
        path: '/permissions/api/0',
        line: 20,
        fix: 'Add "quote" to dependencies.aaa.operations.',
      },
    },
  ],
  PLG214: [
    {
      title: 'an event of nobody',
      root: two(published('shop.sold'), subscribed('shop.solt', '^1.0.0')),
      expected: {
        plugin: 'bbb',
        path: '/events/subscribes/onThing/type',
        line: 16,
        fix: 'Write "shop.sold".',
      },
    },
    {
      title: 'an event of another version',
      root: two(published('shop.sold'), subscribed('shop.sold', '^2.0.0')),
      expected: {
        plugin: 'bbb',
        path: '/events/subscribes/onThing/version',
        line: 17,
        allowed: 'a range with 1.0.0',
      },
    },
  ],
  PLG215: [
    {
      title: 'an event without a contract',
      root: one(published('shop.bought')),
      expected: { ...shop, path: '/events/publishes/0/type', line: 28, given: '"shop.bought"' },
    },
    {
      title: 'a version without a contract',
      root: one(published('shop.sold', '1.1.0')),
      expected: { ...shop, path: '/events/publishes/0/version', line: 29, fix: 'Write "1.0.0".' },
    },
  ],
  PLG216: [
    {
      title: 'one event of two plugins',
      root: two(published('shop.sold'), published('shop.sold')),
      expected: {
        plugin: 'bbb',
        path: '/events/publishes/0/type',
        line: 28,
        given: 'shop.sold',
        allowed: 'anything but what events.publishes.0.type in plugins/aaa/plugin.json:28 has',
      },
    },
  ],
  PLG217: [
    {
      title: 'a setting for a plugin that nobody has',
      root: () =>
        project({
          'package.json': { anineeplus: { ignoreEngine: ['shopp'] } },
          'plugins/shop/plugin.json': manifest('shop'),
        }),
      expected: {
        plugin: 'package.json',
        file: 'package.json',
        path: '/anineeplus/ignoreEngine/0',
        line: 4,
        given: '"shopp"',
        allowed: 'shop',
        fix: 'Write "shop".',
      },
    },
  ],
  PLG218: [
    {
      title: 'a plugin that calls another while it may be called itself',
      root: chain({}),
      expected: {
        plugin: 'bbb',
        path: '/permissions/api/0',
        line: 29,
        given: 'ccc/api -> bbb/api -> aaa.one',
        allowed: 'chains of 1 call, by dependencies.aaa.maxHops',
        fix: expect.stringContaining('Write "maxHops": 2 in that dependency'),
      },
    },
  ],
  PLG219: [
    {
      title: 'a statement that the plugin does not have',
      root: () =>
        project({
          'package.json': { anineeplus: { allowIam: { shop: ['ReadPhotos', 'ReadPhoto'] } } },
          'plugins/shop/plugin.json': manifest('shop', { ...api, iam: { api: [readPhotos] } }),
          'plugins/shop/functions/api.ts': '',
        }),
      expected: {
        plugin: 'package.json',
        file: 'package.json',
        path: '/anineeplus/allowIam/shop/1',
        line: 6,
        given: '"ReadPhoto"',
        allowed: 'ReadPhotos',
        fix: 'Write "ReadPhotos".',
      },
    },
  ],
  PLG220: [
    {
      title: 'a range that takes two versions which are published side by side',
      root: two(publishedTwice('shop.moved', ['1.0.0', '2.0.0']), subscribed('shop.moved', '>=1.0.0')),
      expected: {
        plugin: 'bbb',
        path: '/events/subscribes/onThing/version',
        line: 17,
        given: '">=1.0.0", which takes shop.moved 1.0.0, 2.0.0',
        fix: 'Write one of "^1.0.0", "^2.0.0", or a subscription for each.',
      },
    },
  ],
  PLG221: [
    {
      title: 'two minor versions of one event',
      root: one(publishedTwice('shop.moved', ['2.0.0', '2.0.1'])),
      expected: {
        ...shop,
        path: '/events/publishes/1/version',
        line: 33,
        given: '"2.0.1"',
        allowed: 'one version of shop.moved.v2, such as 2.0.0',
      },
    },
  ],
};

const contracts = [
  { type: 'shop.sold', version: '1.0.0' },
  { type: 'shop.closed', version: '1.0.0' },
  ...['1.0.0', '2.0.0', '2.0.1'].map((version) => ({ type: 'shop.moved', version })),
];

const flat = Object.entries(cases).flatMap(([code, all]) => all.map((each) => ({ code, ...each })));

describe('a subscriber of a broken publisher', () => {
  const publisher = {
    ...manifest('shop', { ...api, ...published('shop.sold') }),
  };
  const subscriber = manifest('mail', { ...api, ...subscribed('shop.sold', '^1.0.0') });

  it.each([
    ['its version', { version: 'one' }],
    ['a field that is unknown', { zzz: 1 }],
    ['the word for events', { events: undefined, evens: publisher.events }],
    ['the form of its events', { events: [publisher.events] }],
    ['the form of what it publishes', { events: { publishes: { type: 'shop.sold', version: '1.0.0' } } }],
    ['the version of the event', { events: { publishes: [{ type: 'shop.sold', version: '1' }] } }],
    ['a version without a contract', { events: { publishes: [{ type: 'shop.sold', version: '2.0.0' }] } }],
  ])('stays whole: %s', (_, mistake) => {
    const set = loadManifests(plugins(subscriber, { ...publisher, ...mistake } as never), { contracts });
    expect(set.broken.map(({ name }) => name)).toEqual(['shop']);
    expect(set.plugins.map((plugin) => plugin.manifest.name)).toEqual(['mail']);
  });

  it('is broken itself when it asks for another version than the one that is published', () => {
    const newer = manifest('mail', { ...api, ...subscribed('shop.sold', '^2.0.0') });
    const set = loadManifests(plugins(newer, { ...publisher, version: 'one' }), { contracts });
    expect(set.errors.map(({ code, plugin }) => `${plugin} ${code}`)).toEqual(['mail PLG214', 'shop PLG007']);
  });
});

describe('every kind of manifest error', () => {
  it.each(flat)('$code: $title', ({ code, root, expected }) => {
    const { errors } = loadManifests(root(), { contracts, platformVersion: '1.0.0' });
    expect(errors.map((error) => error.code)).toEqual([code]);
    expect(errors[0]).toMatchObject(expected);
    expect(errors[0]?.message).toContain(errorCodes[code as ErrorCode]);
    expect(errors[0]?.fix).not.toBe('');
  });

  it('PLG212: breaks the plugins that need a broken one, and theirs, with the reason', () => {
    const needs = (name: string, optional = false) => ({
      dependencies: { [name]: { version: '^1.0.0', optional } },
    });
    const root = plugins(
      manifest('base', { zzz: 1 }),
      manifest('middle', needs('base')),
      manifest('top', needs('middle')),
      manifest('free', needs('base', true)),
    );
    const set = loadManifests(root, { contracts });
    expect(set.errors.map(({ code, plugin }) => `${plugin} ${code}`)).toEqual([
      'base PLG005',
      'middle PLG212',
      'top PLG212',
    ]);
    expect(set.errors[1]?.given).toBe('base, which has PLG005 in plugins/base/plugin.json:8');
    expect(set.broken.map(({ name }) => name)).toEqual(['base', 'middle', 'top']);
    expect(set.plugins.map((plugin) => plugin.manifest.name)).toEqual(['free']);
  });
});

describe('a chain of calls', () => {
  it('may be as long as the dependency at its end allows', () => {
    expect(loadManifests(chain({ maxHops: 2 })()).errors).toEqual([]);
  });
});
