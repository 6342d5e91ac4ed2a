import { describe, expect, it } from 'vitest';
import { formatErrors } from '#infra/manifest/format.ts';
import { loadManifests } from '#infra/manifest/load.ts';
import { manifest, project } from './fixture.ts';

const old = { ...manifest('old-plugin'), engine: '^0.9.0' };
const hosted = (anineeplus: unknown) =>
  project({
    'package.json': { anineeplus },
    'plugins/old-plugin/plugin.json': old,
    'plugins/new-plugin/plugin.json': manifest('new-plugin'),
  });
const load = (anineeplus: unknown) => loadManifests(hosted(anineeplus), { platformVersion: '1.0.0' });
const namesOf = ({ plugins }: ReturnType<typeof load>) =>
  plugins.map(({ manifest: { name } }) => name).sort();

describe('anineeplus.ignoreEngine', () => {
  it('takes a plugin whose range leaves the platform out, with a warning that names all three', () => {
    const set = load({ ignoreEngine: ['old-plugin'] });
    expect(set.errors).toEqual([]);
    expect(namesOf(set)).toEqual(['new-plugin', 'old-plugin']);
    expect(formatErrors(set.warnings, { color: false, noun: 'warning' })).toBe(
      `plugins/old-plugin/plugin.json:7  PLG207  The plugin does not fit this platform version
  at      /engine
  given   "^0.9.0"; "old-plugin" is taken all the same, because anineeplus.ignoreEngine in package.json names it
  allowed a range with 1.0.0, the version of this platform
  fix     Use a version of the plugin that fits the platform, and take it out of anineeplus.ignoreEngine in package.json.

1 warning in 1 file`,
    );
  });

  it('is for the plugins that it names alone', () => {
    const set = load({ ignoreEngine: ['new-plugin'] });
    expect(set.warnings).toEqual([]);
    expect(set.errors).toMatchObject([
      { code: 'PLG207', plugin: 'old-plugin', fix: expect.stringContaining('add "old-plugin" to') },
    ]);
    expect(namesOf(set)).toEqual(['new-plugin']);
  });

  it('does not take a plugin that is broken in another way', () => {
    const root = project({
      'package.json': { anineeplus: { ignoreEngine: ['old-plugin'] } },
      'plugins/old-plugin/plugin.json': { ...old, zzz: 1 },
    });
    const set = loadManifests(root, { platformVersion: '1.0.0' });
    expect(set.errors.map(({ code }) => code)).toEqual(['PLG005']);
    expect([set.plugins, set.warnings]).toEqual([[], []]);
  });
});

describe('the settings of a project', () => {
  it('are checked, each mistake at its line; what is valid beside it holds', () => {
    const set = load({ ignoreEngines: [], ignoreEngine: 'old-plugin', plugins: [1] });
    expect(set.errors.map(({ code, file, line, path, fix }) => [code, file, line, path, fix])).toEqual(
      [
        ['PLG207', 'plugins/old-plugin/plugin.json', 7, '/engine', expect.any(String)],
        ['PLG005', 'package.json', 3, '/anineeplus/ignoreEngines', 'Write "ignoreEngine".'],
        ['PLG006', 'package.json', 4, '/anineeplus/ignoreEngine', 'Write an array.'],
        ['PLG007', 'package.json', 6, '/anineeplus/plugins/0', 'Write a string.'],
      ].sort((a, b) => String(a[1]).localeCompare(String(b[1]))),
    );
    expect(namesOf(set)).toEqual(['new-plugin']);
  });

  it('are as good as left out when the file is no JSON', () => {
    const root = project({ 'package.json': '{"anineeplus": ', 'plugins/a/plugin.json': manifest('aa') });
    const set = loadManifests(root, { platformVersion: '1.0.0' });
    expect(set.errors.map(({ code, file }) => `${code} ${file}`)).toEqual(['PLG002 package.json']);
    expect(namesOf(set)).toEqual(['aa']);
  });
});
