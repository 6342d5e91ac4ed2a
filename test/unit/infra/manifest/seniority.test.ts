import { describe, expect, it } from 'vitest';
import { loadManifests } from '#infra/manifest/load.ts';
import { api, manifest, operation, plugins, project } from './fixture.ts';

const route = { ...api, operations: { take: operation('/things') } };
const needs = (name: string) => ({ dependencies: { [name]: { version: '^1.0.0' } } });
const published = (type: string) => ({
  tables: {
    orders: {
      partitionKey: 'PK',
      sortKey: 'SK',
      stream: { view: 'NEW_IMAGE', relay: { sortKeyPrefix: 'EVT#' } },
    },
  },
  events: { publishes: [{ type, version: '1.0.0' }] },
  permissions: { relay: [`events:publish:${type}`] },
});
const listens = (type: string) => ({
  ...api,
  events: { subscribes: { onThing: { type, version: '^1.0.0', function: 'api' } } },
});

const found = (root: string) => {
  const { errors, plugins: valid } = loadManifests(root);
  return {
    errors: errors.map(({ code, file, line }) => `${code} ${file}:${line}`),
    others: errors.map(({ allowed }) => /\S+plugin\.json:\d+/.exec(allowed)?.[0]),
    valid: valid.map((plugin) => plugin.manifest.name).sort(),
  };
};

describe('of two plugins that claim the same', () => {
  it('the one that depends on the other gives way, whatever their names, and both places are named', () => {
    expect(found(plugins(manifest('aaa', { ...route, ...needs('bbb') }), manifest('bbb', route)))).toEqual({
      errors: ['PLG202 plugins/aaa/plugin.json:15'],
      others: ['plugins/bbb/plugin.json:15'],
      valid: ['bbb'],
    });
  });

  it('the one that fewer others build on gives way', () => {
    const root = plugins(
      manifest('aaa', route),
      manifest('shop', { ...route, ...published('shop.sold') }),
      manifest('mail', listens('shop.sold')),
    );
    expect(found(root)).toMatchObject({
      errors: ['PLG202 plugins/aaa/plugin.json:15'],
      others: ['plugins/shop/plugin.json:15'],
      valid: ['mail', 'shop'],
    });
  });

  it('the one that is not named in the event gives way', () => {
    const root = plugins(
      manifest('aaa', published('shop.sold')),
      manifest('shop', published('shop.sold')),
      manifest('mail', listens('shop.sold')),
    );
    expect(found(root)).toMatchObject({
      errors: ['PLG216 plugins/aaa/plugin.json:23'],
      others: ['plugins/shop/plugin.json:23'],
      valid: ['mail', 'shop'],
    });
  });

  const withPackage = (more: object) =>
    project({
      'package.json': { anineeplus: { plugins: ['@x/bank'] } },
      'node_modules/@x/bank/plugin.json': manifest('bank', route),
      'node_modules/@x/bank/functions/api.ts': '',
      'plugins/till/plugin.json': manifest('till', { ...route, ...more }),
      'plugins/till/functions/api.ts': '',
    });

  it('a package gives way to the project', () => {
    expect(found(withPackage({}))).toEqual({
      errors: ['PLG202 node_modules/@x/bank/plugin.json:15'],
      others: ['plugins/till/plugin.json:15'],
      valid: ['till'],
    });
  });

  it('a package that the project builds on does not', () => {
    expect(found(withPackage(needs('bank')))).toEqual({
      errors: ['PLG202 plugins/till/plugin.json:15'],
      others: ['node_modules/@x/bank/plugin.json:15'],
      valid: ['bank'],
    });
  });

  it('a copy gives way to the plugin in the folder that bears the name', () => {
    const root = project({
      'plugins/a-copy/plugin.json': manifest('shop'),
      'plugins/shop/plugin.json': manifest('shop'),
    });
    expect(found(root)).toEqual({
      errors: ['PLG201 plugins/a-copy/plugin.json:3'],
      others: ['plugins/shop/plugin.json:3'],
      valid: ['shop'],
    });
  });

  it('the later in discovery gives way where nothing else decides, and every time the same', () => {
    const root = plugins(manifest('bbb', route), manifest('aaa', route));
    expect(found(root)).toMatchObject({ errors: ['PLG202 plugins/bbb/plugin.json:15'], valid: ['aaa'] });
    expect(found(root)).toEqual(found(root));
  });

  it('a cycle of dependencies decides nothing and ends', () => {
    const root = plugins(
      manifest('aaa', { ...route, ...needs('bbb') }),
      manifest('bbb', { ...route, ...needs('aaa') }),
    );
    expect(found(root).errors.filter((error) => error.startsWith('PLG202'))).toHaveLength(1);
  });
});

it('a plugin may publish two versions of its own event', () => {
  const events = {
    publishes: [
      { type: 'shop.sold', version: '1.0.0' },
      { type: 'shop.sold', version: '2.0.0' },
    ],
  };
  expect(found(plugins(manifest('shop', { ...published('shop.sold'), events }))).errors).toEqual([]);
});

it.each([
  ['webhook path', { webhooks: { bank: { path: '/webhooks/bank', function: 'api' } } }, 'PLG204'],
  [
    'GraphQL field',
    { operations: { a: { graphql: { kind: 'query', field: 'x' }, scope: 'a:b' } } },
    'PLG203',
  ],
  ['environment prefix', { config: { version: 1, envPrefix: 'SHOP_PLUGIN' } }, 'PLG206'],
])('the newcomer is at fault for a %s too, and both places are named', (_, claim, code) => {
  const root = plugins(
    manifest('aaa', { ...api, ...claim, ...needs('bbb') }),
    manifest('bbb', { ...api, ...claim }),
  );
  const { errors, others, valid } = found(root);
  expect(errors).toEqual([expect.stringMatching(new RegExp(`^${code} plugins/aaa/plugin.json:\\d+$`))]);
  expect(others).toEqual([expect.stringMatching(/^plugins\/bbb\/plugin.json:\d+$/)]);
  expect(valid).toEqual(['bbb']);
});
