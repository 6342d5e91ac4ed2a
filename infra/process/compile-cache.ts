import { enableCompileCache } from 'node:module';
import { cacheFolder } from './cache-folder.ts';

/**
 * Keeps what Node.js compiles of this process and of those that it starts. It counts for modules that are loaded after
 * this, so that a program calls it and then imports the rest of itself.
 */
export function keepCompiled(): void {
  process.env['NODE_COMPILE_CACHE'] ??= cacheFolder('compiled');
  enableCompileCache(process.env['NODE_COMPILE_CACHE']);
}
