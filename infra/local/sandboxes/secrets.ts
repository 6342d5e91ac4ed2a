import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '../json.ts';
import type { SandboxMetadata } from '../resources/plugin.ts';

/** Generated values, by sandbox and dotted configuration path. */
export interface SandboxSecrets {
  /** The sandbox's configuration; a value is made when it is asked for the first time. */
  of(plugin: string, sandbox: SandboxMetadata, origin: string): Readonly<Record<string, string>>;
}

/** Where the generated values of a state folder are kept; `npm start -- keys` prints them. */
export const secretsFile = (stateDir: string): string => join(stateDir, 'sandboxes.json');

/** Keeps them in the state folder, readable by their owner only, so that they outlive a restart. */
export function openSandboxSecrets(stateDir: string): SandboxSecrets {
  const file = secretsFile(stateDir);
  const values = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};

  return {
    of(plugin, { name, config }, origin) {
      const entries = Object.entries(config).map(([path, { generate }]) => {
        if (generate === undefined) return [path, origin] as const;
        const key = `${plugin}/${name}/${path}`;
        values[key] ??= generate + randomBytes(18).toString('hex');
        return [path, values[key]] as const;
      });
      writeFileSync(file, JSON.stringify(values, null, 2), { mode: 0o600 });
      return Object.fromEntries(entries);
    },
  };
}

type Values = Record<string, unknown>;

/**
 * Changes values at their dotted paths in the text of a plugin's configuration secret; undefined takes one out.
 * @param configVersion shape of the values where the secret has none yet
 */
export function withValues(
  secretText: string | undefined,
  values: Readonly<Record<string, string | undefined>>,
  configVersion: number,
): string {
  const secret = JSON.parse(secretText || '{}') as { configVersion?: number; values?: Values };
  const merged = structuredClone(secret.values ?? {});
  for (const [path, value] of Object.entries(values)) {
    const parts = path.split('.');
    const last = parts.pop() ?? '';
    const parent = parts.reduce<Values>(
      (at, part) => (at[part] = isValues(at[part]) ? at[part] : {}),
      merged,
    );
    if (value === undefined) delete parent[last];
    else parent[last] = value;
  }
  const isEmpty = Object.keys(secret.values ?? {}).length === 0;
  const shape = isEmpty ? configVersion : (secret.configVersion ?? 1);
  return JSON.stringify({ configVersion: shape, values: merged });
}

function isValues(value: unknown): value is Values {
  return isObject(value);
}
