import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { appOf, fixture, ofType, assemblyOf, type Template } from './synth.ts';

const repository = resolve(import.meta.dirname, '../..');

interface Assets {
  readonly files: Readonly<Record<string, { readonly source: { readonly path: string } }>>;
}

/** Every function of an assembly with the file of its handler, found the way CloudFormation finds it. */
function handlersOf(dir: string, stack: string, template: Template): string[] {
  const assets = JSON.parse(readFileSync(join(dir, `${stack}.assets.json`), 'utf8')) as Assets;
  return ofType(template, 'AWS::Lambda::Function').map(({ Properties }) => {
    const { S3Key } = Properties['Code'] as { S3Key: string };
    const handler = String(Properties['Handler']).replace(/\.handler$/, '.mjs');
    return join(dir, assets.files[S3Key.replace('.zip', '')]?.source.path ?? '', handler);
  });
}

let handlers: string[];

beforeAll(async () => {
  const both = await Promise.all([assemblyOf(fixture('full')), assemblyOf(repository)]);
  handlers = both.flatMap(({ dir, templates }) =>
    Object.entries(templates).flatMap(([stack, template]) => handlersOf(dir, stack, template)),
  );
});

test('every handler is where its function says', () => {
  expect(handlers.length).toBeGreaterThan(8);
  for (const file of handlers) expect(existsSync(file), file).toBe(true);
});

test('no bundle imports a built-in as ESM, which would load undici', () => {
  for (const file of handlers) {
    const root = file.slice(0, file.indexOf('/', file.indexOf('asset.')));
    const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.mjs'),
    );
    for (const name of sources) {
      expect(readFileSync(join(root, name), 'utf8'), name).not.toMatch(/from"(?:node:)?https?"|import"node:/);
    }
  }
});

test('plugins share one asset among their functions, and the relay is the same for all', async () => {
  const { templates } = await assemblyOf(fixture('full'));
  const keys = (stack: string) =>
    ofType(templates[stack] as Template, 'AWS::Lambda::Function').map(
      ({ Properties }) => (Properties['Code'] as { S3Key: string }).S3Key,
    );
  expect(new Set(keys('anineeplus-local-plugin-shop')).size).toBe(2);
  // The platform publishes its errors by the same relay, and its console has the page beside the code.
  const platform = new Set(keys('anineeplus-local-platform'));
  expect(platform.size).toBe(3);
  expect(keys('anineeplus-local-plugin-shop').some((key) => platform.has(key))).toBe(true);
});

describe('source maps', () => {
  const filesIn = (dir: string) =>
    readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /asset\.[^/]*\/.*\.(?:mjs|map)$/.test(name),
    );
  const textOf = (dir: string, name: string) => readFileSync(join(dir, name), 'utf8');

  test('of a local synth name the files of plugins from the root of the project', async () => {
    const { dir } = await assemblyOf(fixture('full'));
    const maps = filesIn(dir).filter((name) => name.endsWith('functions/webhook-courier.mjs.map'));
    expect(maps).toHaveLength(1);
    const map = JSON.parse(textOf(dir, maps[0] ?? '')) as {
      readonly sources: string[];
      sourcesContent?: unknown;
    };
    expect(map.sources).toContain('file:///plugins/shop/functions/webhook-courier.ts');
    expect(map.sourcesContent).toBeUndefined();
    for (const name of filesIn(dir).filter((file) => file.endsWith('.map'))) {
      const { sources } = JSON.parse(textOf(dir, name)) as { readonly sources: string[] };
      // What holds packages alone costs nothing to map.
      if (sources.length > 0) expect(sources.join(), name).toContain('file:///plugins/');
    }
  });

  test.each([
    ['made for deployment', {}, { ANINEEPLUS_SYNTH: undefined }],
    ['of another stage', { stage: 'prod', auth: 'none' }, {}],
  ])('are not in bundles %s, nor is any path of this machine', async (_, context, env) => {
    const { directory } = (await appOf(fixture('full'), context, env)).synth();
    const files = filesIn(directory);
    expect(files.length).toBeGreaterThan(4);
    for (const name of files) {
      expect(name).not.toMatch(/\.map$/);
      expect(textOf(directory, name), name).not.toContain('sourceMappingURL=');
      expect(textOf(directory, name).includes(repository), name).toBe(false);
    }
  });
});
