import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { matchRoute } from '#infra/local/api-gateway/routes.ts';
import type { RouteResource } from '#infra/local/resources/api-gateway.ts';

const routesOf = (keys: readonly string[]): RouteResource[] =>
  keys.map((key) => ({ key, functionArn: '', auth: 'none', scopes: [], issuer: undefined, audience: [] }));

const routes = routesOf([
  '$default',
  'ANY /{proxy+}',
  'GET /plugins/{name}',
  'GET /plugins/health',
  'ANY /plugins/health',
  'GET /plugins/{name}/config',
  'GET /plugins/{rest+}',
  'POST /{a}/{b}',
]);

it.each([
  ['GET', '/plugins/health', 'GET /plugins/health', {}],
  ['POST', '/plugins/health', 'ANY /plugins/health', {}],
  ['GET', '/plugins/payment', 'GET /plugins/{name}', { name: 'payment' }],
  ['GET', '/plugins/payment/config', 'GET /plugins/{name}/config', { name: 'payment' }],
  ['GET', '/plugins/a/b/c', 'GET /plugins/{rest+}', { rest: 'a/b/c' }],
  ['POST', '/x/y', 'POST /{a}/{b}', { a: 'x', b: 'y' }],
  ['PUT', '/x/y', 'ANY /{proxy+}', { proxy: 'x/y' }],
  ['GET', '/', '$default', {}],
])('%s %s goes to %s', (method, path, key, parameters) => {
  expect(matchRoute(routes, method, path)).toMatchObject({ route: { key }, parameters });
});

it('is the same in whatever order the routes are declared', () => {
  const paths = fc.array(fc.constantFrom('plugins', 'health', 'config', 'x'), { maxLength: 4 });
  fc.assert(
    fc.property(fc.shuffledSubarray(routes, { minLength: routes.length }), paths, (shuffled, segments) => {
      const path = `/${segments.join('/')}`;
      expect(matchRoute(shuffled, 'GET', path)?.route.key).toBe(matchRoute(routes, 'GET', path)?.route.key);
    }),
  );
});

it('finds nothing where nothing fits', () => {
  expect(matchRoute(routesOf(['GET /a/{id}', 'GET /b/{p+}']), 'GET', '/a/')).toBeUndefined();
  expect(matchRoute(routesOf(['GET /a/{id}', 'GET /b/{p+}']), 'GET', '/b/')).toBeUndefined();
  expect(matchRoute(routesOf(['GET /a']), 'GET', '/A')).toBeUndefined();
});
