import { expect, it } from 'vitest';
import { stageConfigs, stageValues } from '#infra/bundling/stage-config.ts';
import { project } from '../manifest/fixture.ts';

it('reads the values of one stage, from files that are named after stages', () => {
  const root = project({
    'plugins/a/config/prod.json': { word: 'b' },
    'plugins/a/config/local.json': { word: 'a' },
    'plugins/a/config/notes.txt': 'no values',
    'plugins/b/plugin.json': {},
  });
  expect(stageConfigs(root, 'plugins/a').map(({ stage, file }) => [stage, file])).toEqual([
    ['local', 'plugins/a/config/local.json'],
    ['prod', 'plugins/a/config/prod.json'],
  ]);
  expect(stageValues(root, 'plugins/a', 'prod')).toEqual({ word: 'b' });
  expect(stageValues(root, 'plugins/a', 'dev')).toBeUndefined();
  expect(stageConfigs(root, 'plugins/b')).toEqual([]);
});
