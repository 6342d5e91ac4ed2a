import { posix } from 'node:path';

/** A file of code. */
export interface Source {
  /** POSIX path relative to the root of the repository. */
  readonly path: string;
  readonly text: string;
}

const importPatterns = [
  /^\s*(?:import|export)\b[^'";]*?\bfrom\s*['"]([^'"]+)['"]/gm,
  /^\s*import\s*['"]([^'"]+)['"]/gm,
  /\bimport\(\s*['"]([^'"]+)['"]/g,
];

/** What a file imports or exports again, `import type` included, as it is written there. */
export function importsOf({ text }: Source): string[] {
  return importPatterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] ?? ''));
}

/** The file of this repository that an import leads to; `undefined` for packages and what Node.js brings. */
export function targetOf(path: string, specifier: string): string | undefined {
  const alias = /^#(events|runtime|infra|testing|test)\/(.+)$/.exec(specifier);
  if (alias)
    return posix.join(alias[1] === 'runtime' ? 'functions/runtime' : (alias[1] ?? ''), alias[2] ?? '');
  return specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : undefined;
}

/** The files of this repository that a file imports. */
export function targetsOf(source: Source): string[] {
  return importsOf(source)
    .map((specifier) => targetOf(source.path, specifier))
    .filter((target) => target !== undefined);
}
