import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';
import { build as compile, type BuildOptions, type Metafile } from 'esbuild';
import { platformRoot } from './platform-imports.ts';

const compress = promisify(brotliCompress);
const root = join(platformRoot, 'console');
/** Where the page's own files are, with the hash of their content in their names. */
const ASSETS = 'assets';
/** Served below this path. */
const BASE = '/console';

const options: BuildOptions & { metafile: true; write: false } = {
  absWorkingDir: platformRoot,
  entryPoints: [join(root, 'main.tsx')],
  outdir: ASSETS,
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'browser',
  target: ['es2024', 'chrome120', 'firefox121', 'safari17.4'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  minify: true,
  legalComments: 'none',
  charset: 'utf8',
  metafile: true,
  write: false,
  logLevel: 'silent',
};

/** Builds the console's page and its files into `outDir`, each beside its compressed form. @throws when it does not compile */
export async function buildConsoleSite(outDir: string): Promise<Metafile> {
  const { outputFiles, metafile } = await compile(options);
  const assets = outputFiles.map(({ path, contents }) => [join(ASSETS, basename(path)), contents] as const);
  const page = await readFile(join(root, 'index.html'), 'utf8');
  const entry = assets.map(([path]) => path).filter((path) => basename(path).startsWith('main-'));
  const tags = entry.map(tagOf).sort().join('\n    ');
  const icon = await readFile(join(root, 'icon.svg'));
  await Promise.all(
    [
      ...assets,
      ['icon.svg', icon] as const,
      ['index.html', Buffer.from(page.replace('<!-- assets -->', tags))] as const,
    ].map(async ([path, contents]) => {
      const file = join(outDir, path);
      await mkdir(dirname(file), { recursive: true });
      await Promise.all([writeFile(file, contents), writeFile(`${file}.br`, await compress(contents))]);
    }),
  );
  return metafile;
}

const tagOf = (path: string): string =>
  path.endsWith('.css')
    ? `<link rel="stylesheet" href="${BASE}/${path}" />`
    : `<script type="module" src="${BASE}/${path}"></script>`;
