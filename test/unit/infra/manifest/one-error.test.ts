import { expect, it } from 'vitest';
import { loadManifests } from '#infra/manifest/load.ts';
import { manifest, operation, project } from './fixture.ts';

/** A publisher and a subscriber without a mistake. */
const shop = JSON.stringify(
  manifest('shop', {
    operations: {
      list: operation('/list'),
      show: {
        ...operation('/show'),
        http: { method: 'GET', path: '/show', throttle: { rate: 0.5, burst: 9 } },
      },
    },
    events: { publishes: [{ type: 'shop.sold', version: '1.0.0' }] },
    tables: {
      orders: {
        partitionKey: 'PK',
        sortKey: 'SK',
        stream: { view: 'NEW_IMAGE', relay: { sortKeyPrefix: 'EVT#' } },
      },
    },
    functions: { api: { entry: 'functions/api.ts', memoryMb: 256 } },
    permissions: { api: ['table:orders:read'], relay: ['events:publish:shop.*'] },
  }),
);
const mail = manifest('mail', {
  dependencies: { shop: { version: '^1.0.0', optional: true, operations: ['list'] } },
  events: { subscribes: { onSold: { type: 'shop.sold', version: '^1.0.0', function: 'api' } } },
  functions: { api: { entry: 'functions/api.ts' } },
});

const codesOf = (text: string) =>
  loadManifests(
    project({
      'plugins/mail/plugin.json': mail,
      'plugins/mail/functions/api.ts': '',
      'plugins/shop/plugin.json': text,
      'plugins/shop/functions/api.ts': '',
    }),
  ).errors.map(({ code, plugin, path }) => `${plugin} ${code} ${path}`);

it('has no error without a mistake', () => expect(codesOf(shop)).toEqual([]));

it.each([
  ['"version":"1.0.0"}', '"version":"1"}', 'PLG007 /events/publishes/0/version'],
  ['"api":{"entry"', '"apii":{"entry"', 'PLG101 /operations/list/function'],
  ['"relay":["events', '"realy":["events', 'PLG102 /permissions/realy'],
  ['events:publish:shop.*', 'events:publish:*', 'PLG007 /permissions/relay/0'],
  ['events:publish:shop.*', 'events:publish:stop.*', 'PLG103 /permissions/relay/0'],
  ['"view":"NEW_IMAGE"', '"view":"NEW"', 'PLG007 /tables/orders/stream/view'],
  ['"orders":{', '"order":{', 'PLG103 /permissions/api/0'],
  ['"memoryMb":256', '"memoryMb":0.5', 'PLG007 /functions/api/memoryMb'],
  ['"path":"/list"', '"path":"list/{x}/{x}"', 'PLG007 /operations/list/http/path'],
  ['"rate":0.5', '"rate":0', 'PLG007 /operations/show/http/throttle/rate'],
  ['"rate":0.5', '"rate":10000.5', 'PLG007 /operations/show/http/throttle/rate'],
  ['"rate":0.5', '"rate":"1"', 'PLG006 /operations/show/http/throttle/rate'],
  ['"burst":9', '"burst":0', 'PLG007 /operations/show/http/throttle/burst'],
  ['"burst":9', '"burst":5001', 'PLG007 /operations/show/http/throttle/burst'],
  ['"burst":9', '"burst":1.5', 'PLG007 /operations/show/http/throttle/burst'],
  [',"burst":9', '', 'PLG004 /operations/show/http/throttle/burst'],
  ['"burst":9', '"burst":9,"per":"minute"', 'PLG005 /operations/show/http/throttle/per'],
  // Only a route has a throttle.
  [',"scope":"things:read"}}', ',"scope":"things:read","throttle":{}}}', 'PLG005 /operations/show/throttle'],
  ['"name":"shop"', '"name":"Shop"', 'PLG007 /name'],
  ['"name":"shop"', '"name":"shop', 'PLG002 '],
])('%s -> %s is one error', (from, to, expected) => {
  expect(shop).toContain(from);
  expect(codesOf(shop.replace(from, to))).toEqual([`shop ${expected}`]);
});
