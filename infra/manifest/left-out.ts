import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifestError } from './errors.ts';
import type { BrokenPlugin, ManifestError, ManifestSet } from './types.ts';

/** A plugin that a local run does without, with a text for each reason. */
export interface LeftOut {
  readonly name: string;
  readonly file: string;
  readonly errors: readonly string[];
}

/** The same plugins with their mistakes in full: those of the manifest, or else that the code does not build. */
export function explain(
  leftOut: readonly LeftOut[],
  { broken }: Pick<ManifestSet, 'broken'>,
): BrokenPlugin[] {
  return leftOut.map(({ name, file, errors }) => ({
    name,
    file,
    errors:
      broken.find((plugin) => plugin.file === file)?.errors ??
      errors.map((given) =>
        manifestError('PLG301', {
          plugin: name,
          file,
          line: 1,
          path: [],
          given,
          allowed: 'code that can be bundled, and a plugin.ts that can be imported',
          fix: 'Correct the code; the plugin is taken up then.',
        }),
      ),
  }));
}

/** Everything to tell about a local run: the mistakes of those left out, and those that belong to no plugin. */
export function complaints(
  explained: readonly BrokenPlugin[],
  { errors }: Pick<ManifestSet, 'errors'>,
): ManifestError[] {
  return [...new Set([...errors, ...explained.flatMap((plugin) => plugin.errors)])];
}

/** Puts the mistakes where `GET /plugins` finds them: beside the code of the platform's functions. */
export function record(platformDir: string, explained: readonly BrokenPlugin[]): void {
  if (explained.length === 0) return;
  const file = join(platformDir, 'data', 'directory.json');
  const directory = JSON.parse(readFileSync(file, 'utf8')) as object;
  const broken = explained.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  writeFileSync(file, JSON.stringify({ ...directory, broken }));
}
