import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { StartupError } from '../errors.ts';

/** What `.env` and the environment set; the environment wins. @throws StartupError when `.env` cannot be read */
export function readSettings(
  rootDir: string,
  environment: NodeJS.ProcessEnv,
): Readonly<Record<string, string>> {
  const file = join(rootDir, '.env');
  const fromFile = existsSync(file) ? parseEnv(readText(file)) : {};
  const all = Object.entries({ ...fromFile, ...environment });
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const remedy = 'make it a readable file, or remove it';
    throw new StartupError('env-unreadable', `${file} cannot be read (${code ?? String(cause)}): ${remedy}`, {
      cause,
    });
  }
}

/** The settings of one plugin, by its prefix: no function sees those of another. */
export function settingsFor(
  settings: Readonly<Record<string, string>>,
  envPrefix: string | undefined,
): Readonly<Record<string, string>> {
  if (envPrefix === undefined) return {};
  return Object.fromEntries(Object.entries(settings).filter(([name]) => name.startsWith(`${envPrefix}_`)));
}
