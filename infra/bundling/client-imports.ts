import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import type { Metafile } from 'esbuild';
import { platformRoot } from './platform-imports.ts';

/** An AWS client that the code of a plugin brings into one of its functions; the runtime's own are not meant. */
export interface ClientImport {
  /** Handler file of the function without its extension, e.g. `functions/api`. */
  readonly entry: string;
  /** The package, such as `@aws-sdk/client-s3`. */
  readonly client: string;
  /** The service as IAM's actions name it, such as `s3`. */
  readonly service: string;
  /** From the entry to the client: files relative to the plugin's folder, and packages by their names. */
  readonly chain: readonly string[];
  /** Whether only an `import()` leads to it, which a function may never evaluate. */
  readonly lazy: boolean;
}

export interface ClientSearch {
  readonly metafile: Metafile;
  /** Folder of the plugin, absolute. */
  readonly root: string;
  readonly outDir: string;
  /** The package behind an import that was left out of the bundle. */
  readonly packageOf?: (path: string) => string | undefined;
}

/** The AWS clients that each function holds because its plugin imports them, with one way to each. */
export function clientImports(search: ClientSearch): readonly ClientImport[] {
  const { metafile, outDir } = search;
  const entries = Object.entries(metafile.outputs).filter(
    ([file, { entryPoint }]) => entryPoint !== undefined && !file.includes('/chunks/'),
  );
  return entries.flatMap(([file, { entryPoint = '' }]) => {
    const entry = relative(outDir, resolve(platformRoot, file))
      .split(sep)
      .join('/')
      .replace(/\.mjs$/, '');
    const eager = clientsFrom(entryPoint, file, search, false);
    const all = clientsFrom(entryPoint, file, search, true);
    return [...all].map(([client, found]) => ({
      entry,
      client,
      service: serviceOf(client, found.file),
      chain: (eager.get(client) ?? found).chain,
      lazy: !eager.has(client),
    }));
  });
}

interface Found {
  readonly chain: readonly string[];
  /** A file of the client, relative to the platform's root; undefined where it was left out of the bundle. */
  readonly file: string | undefined;
}

const CLIENT = /node_modules\/(@aws-sdk\/client-[a-z0-9-]+)\//;
/** The platform's own code, which uses its clients within what every function may do. */
const isPlatform = (input: string): boolean => /^(?:functions|events)\//.test(input);

function clientsFrom(
  entryPoint: string,
  output: string,
  { metafile, root, packageOf = () => undefined }: ClientSearch,
  lazily: boolean,
): ReadonlyMap<string, Found> {
  const follows = ({ kind }: { readonly kind: string }) => lazily || kind !== 'dynamic-import';
  const shipped = shippedIn(output, metafile, follows);
  const found = new Map<string, Found>();
  const ways = new Map([[entryPoint, [entryPoint]]]);
  for (const [input, way] of ways) {
    for (const imported of (metafile.inputs[input]?.imports ?? []).filter(follows)) {
      const { path, external } = imported;
      const left = external === true ? packageOf(path) : undefined;
      const client = left === undefined ? CLIENT.exec(path)?.[1] : /^@aws-sdk\/client-[^/]+/.exec(left)?.[0];
      if (client !== undefined) {
        const isHeld = left !== undefined || shipped.some((one) => one.includes(`/${client}/`));
        const chain = [...way.map((file) => shortName(file, root)), client];
        if (isHeld && !found.has(client)) {
          found.set(client, { chain: withoutRepeats(chain), file: left === undefined ? path : undefined });
        }
      } else if (external !== true && !isPlatform(path) && !ways.has(path)) {
        ways.set(path, [...way, path]);
      }
    }
  }
  return found;
}

/** Files of which something is left in the outputs that one output leads to. */
function shippedIn(
  output: string,
  { outputs }: Metafile,
  follows: (imported: { readonly kind: string }) => boolean,
): readonly string[] {
  const reached = new Set([output]);
  for (const file of reached) {
    for (const imported of (outputs[file]?.imports ?? []).filter(follows)) {
      if (!imported.external) reached.add(imported.path);
    }
  }
  return [...reached].flatMap((file) =>
    Object.entries(outputs[file]?.inputs ?? {}).flatMap(([input, { bytesInOutput }]) =>
      bytesInOutput > 0 ? [input] : [],
    ),
  );
}

/** A package by its name, a file of the plugin by its path in the plugin's folder. */
function shortName(input: string, root: string): string {
  const file = resolve(platformRoot, input);
  const own = relative(root, file).split(sep).join('/');
  // A plugin may be a package itself.
  if (!own.startsWith('../') && !own.includes('node_modules/')) return own;
  const inPackage = input.split('node_modules/').at(-1) ?? '';
  return input.includes('node_modules/') ? (/^(?:@[^/]+\/)?[^/]+/.exec(inPackage)?.[0] ?? input) : own;
}

const withoutRepeats = (chain: readonly string[]): readonly string[] =>
  chain.filter((name, index) => name !== chain[index - 1]);

/** Where the name that requests are signed for is not the one of IAM's actions. */
const IAM_PREFIXES: Readonly<Record<string, string>> = {
  iotdata: 'iot',
  monitoring: 'cloudwatch',
  tagging: 'tag',
};

/** The service of a client: what it signs its requests for, else what its name says. */
function serviceOf(client: string, file: string | undefined): string {
  const name = client.replace('@aws-sdk/client-', '');
  const folder = resolve(
    platformRoot,
    file?.replace(/(@aws-sdk\/client-[^/]+).*$/, '$1') ?? `node_modules/${client}`,
  );
  const schemes = join(folder, 'dist-es', 'auth', 'httpAuthSchemeProvider.js');
  const text = existsSync(schemes) ? readFileSync(schemes, 'utf8') : '';
  const signed = /signingProperties:\s*\{\s*name:\s*"([^"]+)"/.exec(text)?.[1] ?? name.replaceAll('-', '');
  return IAM_PREFIXES[signed] ?? signed;
}
