import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { manifestFields } from '#infra/docs/manifest-fields.ts';

/** The example of every field of the manifest. */
const root = join(import.meta.dirname, '../../..');
const readJson = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8')) as object;
const manifest = readJson('plugins/examples/advanced-plugin/plugin.json');

const payment = 'plugins/payment/plugin.json';

/** Fields that it does not show, by their beginning: why, and where they are shown instead. */
const elsewhere: Readonly<Record<string, readonly [why: string, where: string]>> = {
  webhooks: ['no provider calls it', payment],
  sandbox: ['it has no provider to simulate', payment],
  build: ['it bundles no package with resources to choose from', payment],
  iam: ['the permissions name all that it does', 'plugins/DEVELOPMENT_GUIDE.md'],
};

/** Whether a value stands at a path of the manifest reference, where `<name>` is any name and `[]` any place. */
function isShown(value: unknown, path: readonly string[]): boolean {
  const [first, ...rest] = path;
  if (first === undefined) return value !== undefined;
  if (typeof value !== 'object' || value === null) return false;
  if (first === '<name>') return Object.values(value).some((member) => isShown(member, rest));
  const name = first.replace('[]', '');
  const member = (value as Readonly<Record<string, unknown>>)[name];
  if (!first.endsWith('[]')) return isShown(member, rest);
  return Array.isArray(member) && member.some((one) => isShown(one, rest));
}

const fields = manifestFields(readJson('infra/manifest/plugin.schema.json')).map(([path]) => path);
const notShown = fields.filter((path) => !isShown(manifest, path.split('.')));

it('the manifest of the advanced plugin has every field of the schema, but those that another plugin shows', () => {
  const isElsewhere = (path: string) =>
    Object.keys(elsewhere).some((start) => path === start || path.startsWith(`${start}.`));
  expect(fields.length).toBeGreaterThan(70);
  expect(notShown.filter((path) => !isElsewhere(path))).toEqual([]);
});

it.each(Object.entries(elsewhere))('leaves out %s: %s', (start, [, where]) => {
  expect(notShown).toContain(start);
  expect(readFileSync(join(root, where), 'utf8')).toContain(`"${start}": {`);
});
