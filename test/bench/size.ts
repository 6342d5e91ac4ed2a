import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';

export interface Size {
  readonly minKb: number;
  readonly gzipKb: number;
}

/** What one entry loads at init: itself and every chunk it imports statically; lazy chunks are not in it. */
export function initSize(entry: string): Size {
  const files = new Map<string, Buffer>();
  collect(entry, files);
  let minBytes = 0;
  let gzipBytes = 0;
  for (const content of files.values()) {
    minBytes += content.length;
    gzipBytes += gzipSync(content, { level: 9 }).length;
  }
  return { minKb: minBytes / 1_024, gzipKb: gzipBytes / 1_024 };
}

// esbuild writes chunk imports as relative paths: `import{a as b}from"../chunks/x.mjs"` or `import"./x.mjs"`.
const staticImport = /(?:from|import)\s*"(\.{1,2}\/[^"]+)"/g;

function collect(file: string, files: Map<string, Buffer>): void {
  if (files.has(file)) return;
  const content = readFileSync(file);
  files.set(file, content);
  for (const match of content.toString().matchAll(staticImport)) {
    const target = join(dirname(file), match[1] as string);
    if (!relative(dirname(dirname(file)), target).startsWith('../..')) collect(target, files);
  }
}
