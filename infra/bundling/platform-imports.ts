import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the platform's own tree, wherever the app that uses it stands. */
export const platformRoot = fileURLToPath(new URL('../..', import.meta.url));

const PREFIXES: Readonly<Record<string, string>> = {
  '#runtime/': 'functions/runtime',
  '#events/': 'events',
};
/** The platform's package as others name it, and what it exports to them. */
const PACKAGE = '@anineeplus/plugins/';
const EXACT: Readonly<Record<string, string>> = {
  [`${PACKAGE}runtime`]: 'functions/runtime/index.ts',
  [`${PACKAGE}events`]: 'events/catalog/index.ts',
};
const EXPORTED = Object.keys(EXACT).join(' and ');

/** Whether a file belongs to an npm package, and not to the project itself. */
export function isPackaged(file: string): boolean {
  const inside = file.startsWith(platformRoot) ? file.slice(platformRoot.length - 1) : file;
  return inside.includes('/node_modules/');
}

/**
 * Where an import of the platform leads. Undefined for every other specifier, also for those of a package's own
 * `imports`, which begin with a `#` like ours.
 * @param importer file that imports
 */
export function platformImport(specifier: string, importer: string): string | undefined {
  const exact = EXACT[specifier];
  if (exact) return join(platformRoot, exact);
  const prefix = Object.keys(PREFIXES).find((candidate) => specifier.startsWith(candidate));
  if (prefix === undefined || isPackaged(importer)) return undefined;
  return join(platformRoot, PREFIXES[prefix] ?? '', specifier.slice(prefix.length));
}

/** Why an import that nothing resolves is none of the platform's; undefined for one that has nothing to do with it. */
export function unexportedImport(specifier: string): string | undefined {
  const isOurs =
    specifier.startsWith(PACKAGE) || Object.keys(PREFIXES).some((prefix) => specifier.startsWith(prefix));
  return isOurs ? `"${specifier}" is not exported to packages: import ${EXPORTED} alone` : undefined;
}
