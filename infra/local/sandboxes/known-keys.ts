import { existsSync, readFileSync } from 'node:fs';
import { StartupError } from '../errors.ts';
import { readRuntime } from '../state/state-dir.ts';
import { secretsFile } from './secrets.ts';

/** The generated keys of one sandbox, by dotted configuration path. They open nothing but this sandbox. */
interface KnownKeys {
  readonly plugin: string;
  readonly sandbox: string;
  /** Where it listens, while the system runs. */
  readonly url: string | undefined;
  readonly keys: Readonly<Record<string, string>>;
}

/** The keys of every sandbox of a state folder. @throws StartupError when none was started with it yet */
export function knownKeys(stateDir: string): readonly KnownKeys[] {
  const file = secretsFile(stateDir);
  if (!existsSync(file))
    throw new StartupError(
      'sandbox-never-started',
      `${stateDir} has no sandbox yet: start the system first, with npm start`,
    );
  const values = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  const urls = readRuntime(stateDir)?.sandboxes ?? {};
  const all = new Map<string, KnownKeys>();
  for (const [name, value] of Object.entries(values)) {
    const [plugin = '', sandbox = '', path = ''] = name.split('/');
    const id = `${plugin}/${sandbox}`;
    const known = all.get(id) ?? { plugin, sandbox, url: urls[sandbox], keys: {} };
    all.set(id, { ...known, keys: { ...known.keys, [path]: value } });
  }
  return [...all.values()];
}

/** The same as text, a line for each key. */
export function keysText(all: readonly KnownKeys[]): string {
  const sections = all.map(({ keys, plugin, sandbox, url }) => {
    const width = Math.max(...Object.keys(keys).map((path) => path.length));
    const lines = Object.entries(keys).map(([path, value]) => `  ${path.padEnd(width)}  ${value}`);
    return [`${sandbox} sandbox of ${plugin}, ${url ?? 'not running'}`, ...lines].join('\n');
  });
  return `${sections.join('\n')}\n`;
}
