import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { fixture, ofType, synth, type Template } from './synth.ts';

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
  const both = await Promise.all([synth(fixture('full')), synth(repository)]);
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
  const { templates } = await synth(fixture('full'));
  const keys = (stack: string) =>
    ofType(templates[stack] as Template, 'AWS::Lambda::Function').map(
      ({ Properties }) => (Properties['Code'] as { S3Key: string }).S3Key,
    );
  expect(new Set(keys('anineeplus-local-plugin-shop')).size).toBe(2);
  expect(new Set(keys('anineeplus-local-platform')).size).toBe(1);
});
