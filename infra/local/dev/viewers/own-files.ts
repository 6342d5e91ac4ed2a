import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PLATFORM } from './packages.ts';

const folder = join(PLATFORM, 'console', 'viewers');

/** What the pages begin with, built when it is asked for first. */
let built: Promise<ReadonlyMap<string, string>> | undefined;

async function buildFiles(): Promise<ReadonlyMap<string, string>> {
  const { build, stop } = await import('esbuild');
  try {
    const { outputFiles } = await build({
      entryPoints: ['openapi.ts', 'graphql.ts'].map((name) => join(folder, name)),
      outdir: folder,
      bundle: true,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      charset: 'utf8',
      write: false,
      logLevel: 'silent',
    });
    return new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  } finally {
    // Its process would stay until this one ends.
    await stop();
  }
}

/** A script or style of the viewers' own, by the name that it is built under. @throws Error when it does not compile */
export async function ownFile(name: string): Promise<string> {
  built ??= buildFiles();
  // What did not compile may have been corrected the next time.
  built.catch(() => (built = undefined));
  const text = (await built).get(name);
  if (text === undefined) throw new Error(`the viewers are not built with ${name}`);
  return text;
}

export const icon = (): Promise<Buffer> => readFile(join(PLATFORM, 'console', 'icon.svg'));
