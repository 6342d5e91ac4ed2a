import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pascal } from '#infra/deployment/deployment.ts';

/** A small project with one plugin and its test, which is compiled, linted and tested like all other code. */
const TEMPLATE = join(import.meta.dirname, '..', 'template');

/** The plugin of the template has two words in its name, so that each way to write it is another text. */
function renamed(text: string, name: string): string {
  const inPascal = pascal(name);
  const inCamel = inPascal.charAt(0).toLowerCase() + inPascal.slice(1);
  return text.replaceAll('my-plugin', name).replaceAll('myPlugin', inCamel).replaceAll('MyPlugin', inPascal);
}

/** Writes the files of the template under the new name. @returns their paths below `folder` */
export function renderTemplate(name: string, folder: string): readonly string[] {
  const entries = readdirSync(TEMPLATE, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const source = join(entry.parentPath, entry.name);
      const path = renamed(source.slice(TEMPLATE.length + 1), name);
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), renamed(readFileSync(source, 'utf8'), name));
      return path;
    })
    .sort();
}
