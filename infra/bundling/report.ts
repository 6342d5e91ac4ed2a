import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Metafile } from 'esbuild';

export interface FunctionSize {
  /** Handler file without its extension, e.g. `functions/api`. */
  readonly entry: string;
  /** What init evaluates: the entry and the chunks it reaches by static imports. */
  readonly bytes: number;
  readonly gzipBytes: number;
}

/** An output and those that it reaches by static imports. */
export function staticClosure(entry: string, metafile: Pick<Metafile, 'outputs'>): string[] {
  const seen = new Set([entry]);
  for (const file of seen) {
    for (const imported of metafile.outputs[file]?.imports ?? []) {
      if (imported.kind === 'import-statement' && !imported.external) seen.add(imported.path);
    }
  }
  return [...seen];
}

/** The sizes of a bundle's functions; chunks that only a dynamic import reaches do not count. */
export async function functionSizes(
  metafile: Metafile,
  workingDir: string,
  outDir: string,
): Promise<FunctionSize[]> {
  const entries = Object.keys(metafile.outputs).filter((file) => {
    const entry = metafile.outputs[file]?.entryPoint;
    return entry !== undefined && !file.includes('/chunks/');
  });
  return Promise.all(
    entries.sort().map(async (file) => {
      const codes = await Promise.all(
        staticClosure(file, metafile).map((name) => readFile(join(workingDir, name))),
      );
      const name = join(workingDir, file).slice(outDir.length + 1);
      return {
        entry: name.replace(/\.mjs$/, ''),
        bytes: codes.reduce((sum, code) => sum + code.length, 0),
        gzipBytes: codes.reduce((sum, code) => sum + gzipSync(code, { level: 9 }).length, 0),
      };
    }),
  );
}

const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`;

/** The report as aligned lines, one per function. */
export function formatSizes(sizes: Readonly<Record<string, readonly FunctionSize[]>>): string {
  const rows = Object.entries(sizes).flatMap(([bundle, functions]) =>
    functions.map(({ entry, bytes, gzipBytes }) => [
      `${bundle}/${entry}`,
      kilobytes(bytes),
      kilobytes(gzipBytes),
    ]),
  );
  const width = Math.max(0, ...rows.map(([name = '']) => name.length));
  return rows
    .map(
      ([name = '', min = '', gzip = '']) =>
        `${name.padEnd(width)} ${min.padStart(10)} ${gzip.padStart(10)} gz`,
    )
    .join('\n');
}
