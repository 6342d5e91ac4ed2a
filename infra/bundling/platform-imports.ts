import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the platform's own tree, wherever the app that uses it stands. */
export const platformRoot = fileURLToPath(new URL('../..', import.meta.url));

const PREFIXES: Readonly<Record<string, string>> = {
  '#runtime/': 'functions/runtime',
  '#events/': 'events',
};
const EXACT: Readonly<Record<string, string>> = {
  '@anineeplus/plugins/runtime': 'functions/runtime/index.ts',
  '@anineeplus/plugins/events': 'events/catalog/index.ts',
};

/**
 * Where an import of the platform leads, also from a plugin that is an npm package and so has no `imports` of ours.
 * Undefined for every other specifier.
 */
export function platformImport(specifier: string): string | undefined {
  const exact = EXACT[specifier];
  if (exact) return join(platformRoot, exact);
  const prefix = Object.keys(PREFIXES).find((candidate) => specifier.startsWith(candidate));
  return prefix && join(platformRoot, PREFIXES[prefix] ?? '', specifier.slice(prefix.length));
}
