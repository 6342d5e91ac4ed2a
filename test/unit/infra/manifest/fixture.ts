import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ManifestInput } from '#infra/manifest/schema.ts';

/** A manifest with nothing but what is required, and what a test adds to it. */
export function manifest(name: string, more: object = {}): ManifestInput {
  return {
    manifestVersion: 1,
    name,
    version: '1.0.0',
    description: `The plugin ${name}.`,
    author: 'Somebody',
    engine: '^1.0.0',
    ...more,
  };
}

export const api = { functions: { api: { entry: 'functions/api.ts' } } };

export const operation = (path: string, more: object = {}) => ({
  http: { method: 'GET', path },
  scope: 'things:read',
  ...more,
});

/** A project folder with the given files, until the test is over. Objects are written as JSON with two spaces. */
export function project(files: Readonly<Record<string, unknown>>): string {
  const root = mkdtempSync(join(tmpdir(), 'manifest-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const file = join(root, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  }
  return root;
}

/** A project of plugins in folders of their names, each with the entry `functions/api.ts`. */
export function plugins(...manifests: readonly ManifestInput[]): string {
  return project(
    Object.fromEntries(
      manifests.flatMap((one) => [
        [`plugins/${one.name}/plugin.json`, one],
        [`plugins/${one.name}/functions/api.ts`, 'export {};\n'],
      ]),
    ),
  );
}
