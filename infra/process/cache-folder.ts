import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** Where something is kept for later processes, also for those of another copy of the project with the same packages. */
export function cacheFolder(name: string): string {
  const modules = join(root, 'node_modules');
  return join(existsSync(modules) ? realpathSync(modules) : modules, '.cache', 'anineeplus', name);
}
