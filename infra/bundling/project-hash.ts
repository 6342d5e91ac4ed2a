import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { TYPES_FILE } from '#infra/manifest/types-file.ts';
import { sha } from './file-hash.ts';
import { platformRoot } from './platform-imports.ts';

/** What a synth reads of the platform. */
const PLATFORM_PARTS = ['console', 'events', 'functions', 'infra', 'package.json'];
/** What it reads of the project; the list of npm has the versions of all packages that are installed. */
const PROJECT_PARTS = [
  'cdk.json',
  'node_modules/.package-lock.json',
  'package.json',
  'plugins',
  'tsconfig.json',
];
/** They read assemblies, and are no part of one. */
const NO_PART_OF_A_SYNTH = new Set(['cli', 'local'].map((name) => join(platformRoot, 'infra', name)));
/** Variables that a synth reads, without those that only say where it writes. */
const SYNTH_VARIABLES = /^(?:CDK|ESBUILD|NODE)_(?!OUTDIR$|COMPILE_CACHE$)/;

/** A hash of everything in the project and the platform that decides over an assembly. */
export function projectHash(rootDir: string): string {
  const variables = Object.entries(process.env).filter(([name]) => SYNTH_VARIABLES.test(name));
  const lines = [
    process.version,
    JSON.stringify(variables.sort(([a], [b]) => (a < b ? -1 : 1))),
    ...PLATFORM_PARTS.flatMap((part) => linesOf(join(platformRoot, part), part)),
    ...PROJECT_PARTS.flatMap((part) => linesOf(join(rootDir, part), part)),
  ];
  return sha(lines.join('\n'));
}

/** A hash of a folder with everything below it, without the packages that are installed in it. */
export const folderHash = (folder: string): string => sha(linesOf(folder, '').join('\n'));

/** Name and hash of a file, or of every file below a folder; nothing for what is not there. */
function linesOf(path: string, name: string): readonly string[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (!stats.isDirectory()) return [`${name} ${fileHash(path)}`];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !isSkipped(path, entry))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const inside = join(path, entry.name);
      // Most entries are files, which need no look at the disk besides their content.
      return entry.isFile()
        ? [`${name}/${entry.name} ${fileHash(inside)}`]
        : linesOf(inside, `${name}/${entry.name}`);
    });
}

const isSkipped = (folder: string, { name }: Dirent): boolean =>
  name === 'node_modules' ||
  name === TYPES_FILE ||
  name.startsWith('.') ||
  NO_PART_OF_A_SYNTH.has(join(folder, name));

/** The hash of a file's content; empty where there is none. */
export function fileHash(path: string): string {
  return existsSync(path) ? sha(readFileSync(path)) : '';
}
