import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

/** What `.env` and the environment set; the environment wins. */
export function readSettings(
  rootDir: string,
  environment: NodeJS.ProcessEnv,
): Readonly<Record<string, string>> {
  const file = join(rootDir, '.env');
  const fromFile = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  const all = Object.entries({ ...fromFile, ...environment });
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** The settings of one plugin, by its prefix: no function sees those of another. */
export function settingsFor(
  settings: Readonly<Record<string, string>>,
  envPrefix: string | undefined,
): Readonly<Record<string, string>> {
  if (envPrefix === undefined) return {};
  return Object.fromEntries(Object.entries(settings).filter(([name]) => name.startsWith(`${envPrefix}_`)));
}
