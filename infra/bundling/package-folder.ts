import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of an installed package, as Node would find it from `from`; undefined without one. */
export function packageFolder(name: string, from: string): string | undefined {
  for (let dir = from; ; dir = dirname(dir)) {
    const candidate = join(dir, 'node_modules', name);
    if (existsSync(candidate)) return candidate;
    if (dir === dirname(dir)) return undefined;
  }
}
