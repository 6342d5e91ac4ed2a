import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A configuration of TypeScript for some folders of a copied project and what they import. @returns its file */
export function typecheckOf(directory: string, include: readonly string[]): string {
  const file = join(directory, 'tsconfig.part.json');
  writeFileSync(file, JSON.stringify({ extends: './tsconfig.json', include }));
  return file;
}
