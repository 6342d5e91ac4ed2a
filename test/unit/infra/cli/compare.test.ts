import { describe, expect, it } from 'vitest';
import { compareManifests } from '#infra/cli/manifest-diff/compare.ts';
import { manifestSchema } from '#infra/manifest/schema.ts';
import { manifest, operation } from '../manifest/fixture.ts';

const parsed = (more: object = {}) => manifestSchema.parse(manifest('shop', more));
/** What changes, each as `effect: text`. */
const changes = (before: object, after: object) =>
  compareManifests(parsed(before), parsed(after)).map(({ effect, text }) => `${effect}: ${text}`);

describe('two versions of a manifest', () => {
  it('that are the same differ in nothing, however they are written', () => {
    expect(changes({}, { dependencies: {}, $schema: 'elsewhere' })).toEqual([]);
  });

  it.each([
    [[], ['table:orders:write'], ['widened: api may now write table orders']],
    [['table:orders:read'], [], ['narrowed: api may no longer read table orders']],
    [
      ['call:stock.reserve'],
      ['call:stock.release'],
      ['widened: api may now call stock.release', 'narrowed: api may no longer call stock.reserve'],
    ],
    [['table:orders:read', 'table:stock:read'], ['table:stock:read', 'table:orders:read'], []],
  ])('permissions from %j to %j', (before, after, expected) => {
    expect(changes({ permissions: { api: before } }, { permissions: { api: after } })).toEqual(expected);
  });

  it('narrow a permission to publish that a pattern covered, and widen it the other way round', () => {
    const one = { permissions: { relay: ['events:publish:shop.ordered'] } };
    const all = { permissions: { relay: ['events:publish:shop.*'] } };
    expect(changes(all, one)).toEqual(['narrowed: relay may no longer publish shop.*']);
    expect(changes(one, all)).toEqual(['widened: relay may now publish shop.*']);
  });

  it('tell of statements of IAM as of permissions, each in one line', () => {
    const statement = (resource: string) => ({
      iam: { api: [{ sid: 'ReadPhotos', actions: ['s3:GetObject'], resources: [resource] }] },
    });
    const [cats, all] = ['arn:aws:s3:::photos/cats/*', 'arn:aws:s3:::photos/*'];
    expect(changes({}, statement(cats))).toEqual([
      `widened: api may now do s3:GetObject on ${cats} (ReadPhotos)`,
    ]);
    expect(changes(statement(cats), statement(all))).toEqual([
      `widened: api may now do s3:GetObject on ${all} (ReadPhotos)`,
      `narrowed: api may no longer do s3:GetObject on ${cats} (ReadPhotos)`,
    ]);
  });

  it('count every permission of a new plugin as new, and none of one that is gone', () => {
    const own = parsed({
      permissions: { api: ['table:orders:read'] },
      operations: { list: operation('/orders') },
    });
    expect(compareManifests(undefined, own).map(({ effect }) => effect)).toEqual(['widened', 'added']);
    expect(compareManifests(own, undefined).map(({ effect }) => effect)).toEqual(['narrowed', 'removed']);
  });

  it('tell of a throttle with the route that it is of', () => {
    const withThrottle = (throttle?: object) => ({
      operations: { list: { ...operation('/orders'), http: { method: 'GET', path: '/orders', throttle } } },
    });
    expect(changes(withThrottle(), withThrottle({ rate: 0.5, burst: 2 }))).toEqual([
      'changed: operation list: at GET /orders (0.5/s, burst 2); before: GET /orders',
    ]);
    expect(changes(withThrottle({ rate: 1, burst: 2 }), withThrottle({ rate: 1, burst: 3 }))).toEqual([
      'changed: operation list: at GET /orders (1/s, burst 3); before: GET /orders (1/s, burst 2)',
    ]);
  });

  it('tell of ways in by what has changed of them', () => {
    const before = { operations: { list: operation('/orders'), drop: operation('/drops') } };
    const after = {
      operations: {
        list: operation('/orders', { scope: 'orders:read', graphql: { kind: 'query', field: 'orders' } }),
        add: operation('/adds', { expose: 'internal', http: undefined }),
      },
    };
    expect(changes(before, after)).toEqual([
      'added: operation add, at no route, scope things:read, for other plugins alone',
      'removed: operation drop, at GET /drops, scope things:read, for clients',
      'changed: operation list: at GET /orders and query orders; before: GET /orders',
      'changed: operation list: scope orders:read; before: things:read',
    ]);
  });

  it('tell that the queues of a subscription that is gone stay', () => {
    const subscribes = { onSold: { type: 'shop.sold', version: '^1.0.0', function: 'api' } };
    expect(changes({ events: { subscribes } }, {})).toEqual([
      'removed: subscription onSold, to shop.sold ^1.0.0, by api, filter none. Its queue and dead-letter queue stay, ' +
        'with what waits in them, and nothing reads them any more: drain them first',
    ]);
  });

  it('tell of events, webhooks, configuration and everything else', () => {
    const before = {
      config: { version: 1, envPrefix: 'SHOP_PLUGIN' },
      tables: { orders: { partitionKey: 'PK' } },
    };
    const after = {
      config: { version: 2, envPrefix: 'SHOP_PLUGIN' },
      tables: { orders: { partitionKey: 'PK', ttl: 'expiresAt' } },
      webhooks: { courier: { path: '/webhooks/courier', function: 'api' } },
      events: {
        publishes: [{ type: 'shop.ordered', version: '1.0.0' }],
        subscribes: { onPaid: { type: 'payment.succeeded', version: '^1.0.0', function: 'api' } },
      },
    };
    expect(changes(before, after)).toEqual([
      'added: webhook courier, at /webhooks/courier, up to 262144 bytes',
      'added: publishes shop.ordered 1.0.0',
      'added: subscription onPaid, to payment.succeeded ^1.0.0, by api, filter none',
      'changed: configuration: version 2; before: 1',
      'added: tables.orders.ttl is "expiresAt"',
    ]);
  });
});
