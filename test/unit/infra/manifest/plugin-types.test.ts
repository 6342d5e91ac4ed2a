import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { staleTypes, writeTypes, writeTypesIn } from '#infra/manifest/plugin-types.ts';
import { TYPES_FILE } from '#infra/manifest/types-file.ts';
import { plugins as runPlugins } from '../cli/command-line.ts';
import { manifest, project } from './fixture.ts';

const repository = join(import.meta.dirname, '..', '..', '..', '..');
const template = 'infra/cli/template/plugins/my-plugin';

const shop = { 'plugins/shop/plugin.json': manifest('shop'), 'plugins/shop/plugin.ts': 'export {};\n' };
const types = `plugins/shop/${TYPES_FILE}`;
const read = (root: string, file: string) => readFileSync(join(root, file), 'utf8');

describe('the types of plugin.json', () => {
  it('are those of the manifests of this repository (else: npm run plugins -- types)', () => {
    expect(staleTypes(repository)).toEqual([]);
    const copy = project({});
    cpSync(join(repository, template), join(copy, 'plugin'), { recursive: true });
    expect(writeTypesIn(join(copy, 'plugin'))).toEqual([]);
  });

  it('are the JSON itself, which TypeScript reads as a type', () => {
    const tricky = { a: '"\'`\\ \u2028 */ ${b}', 'b-c': [1, -2.5, true, null, {}], d: ['x'.repeat(120)] };
    const root = project({ ...shop, 'plugins/shop/plugin.json': tricky });
    writeTypes(root);
    const [, type = ''] =
      /declare const manifest: ([^]*);\nexport = manifest;\n$/.exec(read(root, types)) ?? [];
    expect(JSON.parse(type)).toEqual(tricky);
  });

  it('are written when they differ, and only then', () => {
    const root = project(shop);
    expect(writeTypes(root)).toEqual([types]);
    expect(writeTypes(root)).toEqual([]);
    // How the manifest is formatted is no part of it.
    writeFileSync(join(root, 'plugins/shop/plugin.json'), `\uFEFF${JSON.stringify(manifest('shop'))}`);
    expect(writeTypes(root)).toEqual([]);
    writeFileSync(join(root, 'plugins/shop/plugin.json'), JSON.stringify(manifest('shop', { tables: {} })));
    expect(staleTypes(root)).toMatchObject([{ code: 'PLG310', plugin: 'shop', file: types }]);
    expect(writeTypes(root)).toEqual([types]);
    expect(staleTypes(root)).toEqual([]);
  });

  it.each([
    ['a plugin in JavaScript', { 'plugins/shop/plugin.json': manifest('shop') }],
    ['a manifest that is half written', { ...shop, 'plugins/shop/plugin.json': '{ "name": ' }],
    ['a package from npm', packaged()],
  ])('are not written for %s', (_, files) => {
    const root = project(files);
    expect(writeTypes(root)).toEqual([]);
    expect(staleTypes(root)).toEqual([]);
    expect(existsSync(join(root, types))).toBe(false);
  });

  it('may be missing: the plugin has fewer types then', () => {
    expect(staleTypes(project(shop))).toEqual([]);
  });
});

function packaged() {
  return {
    'package.json': { anineeplus: { plugins: ['@acme/shop'] } },
    'node_modules/@acme/shop/plugin.json': manifest('shop'),
    'node_modules/@acme/shop/plugin.ts': 'export {};\n',
  };
}

describe('npm run plugins -- types', () => {
  it('writes them for every plugin, and says which', async () => {
    const root = project(shop);
    expect(await runPlugins(root, ['types'])).toEqual({ status: 0, stdout: `${types}\n`, stderr: '' });
    expect(await runPlugins(root, ['types'])).toMatchObject({
      stdout: 'the types are those of the manifests\n',
    });
    expect(JSON.parse((await runPlugins(root, ['types', '--json'])).stdout)).toEqual({ written: [] });
  });

  it('writes them for a plugin in a folder anywhere', async () => {
    const root = project({ 'parcel/plugin.json': manifest('parcel'), 'parcel/plugin.ts': '' });
    expect(await runPlugins(root, ['types', 'parcel'])).toMatchObject({ status: 0 });
    expect(read(root, `parcel/${TYPES_FILE}`)).toContain('"name": "parcel"');
  });

  it.each([
    ['types', 'there are no plugins'],
    ['types elsewhere', 'elsewhere has no plugin.json and plugin.ts that can be read'],
  ])('refuses %j where there is none', async (command, reason) => {
    const { status, stderr } = await runPlugins(project({ 'package.json': {} }), command.split(' '));
    expect(status).toBe(1);
    expect(stderr).toContain(reason);
  });
});
