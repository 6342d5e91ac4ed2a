import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { discover, type ManifestSource } from './discovery.ts';
import { manifestError } from './errors.ts';
import { readHostSettings } from './host-settings.ts';
import type { ManifestError } from './types.ts';
import { TYPES_FILE } from './types-file.ts';

const HEAD = `// The types of plugin.json, with its texts as they are: \`npm run plugins -- types\` and \`npm start\` write them anew.`;

const LINE_CHARS = 110;

/** Every JSON value is a type too, that of this value; here what fits into a line stands in one. */
function typeOf(value: unknown, indent = ''): string {
  const flat = JSON.stringify(value);
  if (typeof value !== 'object' || value === null || indent.length + flat.length < LINE_CHARS) return flat;
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const lines = Object.entries(value).map(([key, member]) => {
    const name = Array.isArray(value) ? '' : `${JSON.stringify(key)}: `;
    return `${inner}${name}${typeOf(member, inner)}`;
  });
  return `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}

/**
 * The declaration file of a manifest. By itself TypeScript takes a text of a JSON file as any text, so that a permission
 * or an event type could not be compared. @returns undefined for a file that is no JSON, or has gone meanwhile
 */
function typesText(file: string): string | undefined {
  try {
    const type = typeOf(JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, '')));
    return `${HEAD}\ndeclare const manifest: ${type};\nexport = manifest;\n`;
  } catch {
    return undefined;
  }
}

interface TypesFile {
  /** POSIX path, relative to the root directory. */
  readonly file: string;
  readonly manifest: string;
  readonly expected: string;
  /** Undefined where there is none. */
  readonly current: string | undefined;
}

/** The types of a plugin in TypeScript; none of one in JavaScript, or whose manifest is no JSON at the moment. */
function typesOf(
  rootDir: string,
  { file, root }: Pick<ManifestSource, 'file' | 'root'>,
): TypesFile | undefined {
  if (!existsSync(join(rootDir, root, 'plugin.ts'))) return undefined;
  const expected = typesText(join(rootDir, file));
  if (expected === undefined) return undefined;
  const path = join(rootDir, root, TYPES_FILE);
  const current = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  return { file: `${root}/${TYPES_FILE}`, manifest: file, expected, current };
}

/** Packages from npm are not ours to write to. */
const allTypes = (rootDir: string): readonly TypesFile[] =>
  discover(rootDir, readHostSettings(rootDir))
    .sources.filter(({ packaged }) => !packaged)
    .flatMap((source) => typesOf(rootDir, source) ?? []);

/** Writes the types of every plugin of the project where they differ from its manifest. @returns these files */
export function writeTypes(rootDir: string): readonly string[] {
  return allTypes(rootDir).flatMap((types) => written(rootDir, types));
}

/** Writes the types of the plugin in a folder anywhere. @returns undefined where no plugin in TypeScript is */
export function writeTypesIn(folder: string): readonly string[] | undefined {
  if (!existsSync(join(folder, 'plugin.json'))) return undefined;
  const types = typesOf(folder, { file: 'plugin.json', root: '.' });
  return types && written(folder, types);
}

function written(rootDir: string, { file, expected, current }: TypesFile): readonly string[] {
  if (current === expected) return [];
  writeFileSync(join(rootDir, file), expected);
  return [file];
}

/** An error for types that are not those of their manifest. A plugin without the file has fewer types, and no error. */
export function staleTypes(rootDir: string): readonly ManifestError[] {
  return allTypes(rootDir)
    .filter(({ current, expected }) => current !== undefined && current !== expected)
    .map(({ file, manifest }) =>
      manifestError('PLG310', {
        plugin: manifest.split('/').at(-2) ?? manifest,
        file,
        line: 1,
        path: [],
        given: 'the types of another version of it',
        allowed: `the types of ${manifest}`,
        fix: 'Run npm run plugins -- types, or leave npm start running.',
      }),
    );
}
