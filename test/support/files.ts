import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The files below a folder. */
function* filesIn(folder: string): Generator<string> {
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    if (statSync(file).isDirectory()) yield* filesIn(file);
    else yield file;
  }
}

/** Files below a folder that hold one of the texts, by their path from there. */
export const filesHolding = (folder: string, texts: readonly string[]): readonly string[] =>
  [...filesIn(folder)]
    .filter((file) => texts.some((text) => readFileSync(file, 'latin1').includes(text)))
    .map((file) => relative(folder, file));
