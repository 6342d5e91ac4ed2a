import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json } from './client.ts';

const root = join(import.meta.dirname, '../..');
const parts = ['cdk.json', 'events', 'functions', 'infra', 'package.json', 'plugins', 'tsconfig.json'];

/** A copy of the project that a test may edit; dependencies are shared with the original. */
export function copyProject(): string {
  const directory = mkdtempSync(join(tmpdir(), 'anineeplus-project-'));
  for (const part of parts) cpSync(join(root, part), join(directory, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  return directory;
}

/** Rewrites a JSON file of a copied project. */
export function editJson(file: string, edit: (document: Json) => unknown): void {
  const document = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify(edit(document) ?? document, null, 2));
}

/** A configuration of TypeScript for some folders of a copied project and what they import. @returns its file */
export function typecheckOf(directory: string, include: readonly string[]): string {
  const file = join(directory, 'tsconfig.part.json');
  writeFileSync(file, JSON.stringify({ extends: './tsconfig.json', include }));
  return file;
}
