/**
 * Imports the code of plugins in a process of its own and prints what it holds, one JSON line each. Reads two lines
 * from stdin: URLs of modules to have ready, and then the plugins. The parent ends the process when a plugin hangs.
 */
import { existsSync, readFileSync, writeSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import type { $ZodType } from 'zod/v4/core';
import type { ApiDocs } from '#runtime/contract/docs.ts';
import { placeBelow } from '#runtime/telemetry/source-place.ts';
import { platformImport } from '../platform-imports.ts';
import { watchEnvironment } from './watch-environment.ts';
import {
  configDescription,
  mergedDocs,
  operationDescription,
  type OperationLike,
} from './code-description.ts';
import type {
  CodeFailure,
  DescribeLine,
  DescribeWork,
  FunctionFacts,
  PlatformDescription,
  PluginDescription,
} from './types.ts';

// What a plugin prints while it is imported must not mix with the protocol.
process.stdout.write = process.stderr.write.bind(process.stderr);
Error.stackTraceLimit = 50;
const rootDir = process.cwd();
const loaded = new Set<string>();

const pause = new Int32Array(new SharedArrayBuffer(4));

/** Writes at once, since the process may end at any moment; waits while the parent has not read enough. */
function say(line: DescribeLine): void {
  let left = Buffer.from(`${JSON.stringify(line)}\n`);
  while (left.length > 0) {
    try {
      left = left.subarray(writeSync(1, left));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(pause, 0, 0, 5);
    }
  }
}

const environment = watchEnvironment();
registerHooks({
  resolve(specifier, context, nextResolve) {
    const { parentURL = '' } = context;
    const importer = parentURL.startsWith('file:') ? fileURLToPath(parentURL) : '';
    const file = platformImport(specifier, importer);
    return file === undefined
      ? nextResolve(specifier, context)
      : { url: pathToFileURL(file).href, format: 'module-typescript', shortCircuit: true };
  },
  load(url, context, nextLoad) {
    loaded.add(url);
    // Node refuses to strip types below node_modules, where plugins that are packages are.
    if (!url.endsWith('.ts') || !url.includes('/node_modules/')) return nextLoad(url, context);
    const source = stripTypeScriptTypes(readFileSync(fileURLToPath(url), 'utf8'));
    return { format: 'module', source, shortCircuit: true };
  },
});
const { definitionFacts, functionFacts, operationsIn } = await import('./facts.ts');

/** What the `docs.ts` beside a plugin says; a plugin may have none. */
async function docsBeside(file: string): Promise<ApiDocs> {
  const beside = file.replace(/plugin(\.\w+)$/, 'docs$1');
  if (!existsSync(beside)) return { schemas: [], operations: [] };
  const { docs } = (await import(pathToFileURL(beside).href)) as { docs?: ApiDocs };
  if (docs === undefined) throw new Error('docs.ts does not export `docs`');
  return docs;
}

/** Why an import failed, and the innermost place of it in the plugin's folder, or else in the project. */
function failureOf(error: unknown, root: string): CodeFailure {
  if (!(error instanceof Error)) return { message: `threw ${inspect(error)}` };
  const stack = error.stack ?? '';
  const own = placeBelow(stack, root);
  const prefix = root.startsWith(`${rootDir}/`) ? `${root.slice(rootDir.length + 1)}/` : '';
  const { path, line, column } =
    (own && { ...own, path: prefix + own.path }) ?? placeBelow(stack, rootDir) ?? {};
  const text = error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
  return { message: text.replaceAll(`${rootDir}/`, ''), file: path, line, column };
}

const modulesOf = ['plugin.ts', 'plugin.mts', 'plugin.js', 'plugin.mjs'];
let current: { readonly work: DescribeWork; readonly file: string } | undefined;

async function load(work: DescribeWork, file: string): Promise<Readonly<Record<string, unknown>>> {
  current = { work, file };
  say({ event: 'begin', plugin: work.name, file });
  return (await import(pathToFileURL(join(work.root, file)).href)) as Readonly<Record<string, unknown>>;
}

async function describe(work: DescribeWork): Promise<DescribeLine> {
  const { name, root } = work;
  const file = modulesOf.find((candidate) => existsSync(join(root, candidate)));
  if (file === undefined) throw new Error(`there is no plugin.ts (or .mts, .js, .mjs) in ${root}`);
  const { plugin } = await load(work, file);
  if (typeof plugin !== 'object' || plugin === null)
    throw new Error(`${file} does not export a \`plugin\` made by definePlugin`);
  const facts = definitionFacts(root, plugin, work.envPrefix);
  const functions: Record<string, FunctionFacts> = {};
  const operations: Record<string, OperationLike> = {};
  const failures: CodeFailure[] = [];
  for (const [key, entry] of Object.entries(work.functions)) {
    try {
      const module = await load(work, entry);
      functions[key] = functionFacts(module);
      Object.assign(operations, operationsIn(module));
    } catch (error) {
      failures.push(failureOf(error, root));
    }
  }
  const docs = await docsBeside(join(root, file));
  const { config } = plugin as { config?: $ZodType };
  const description: PluginDescription = {
    operations: Object.fromEntries(
      Object.entries(operations).map(([key, one]) => [key, operationDescription(key, one, docs)]),
    ),
    ...(config && facts.faults.length === 0 && { config: configDescription(config, docs) }),
  };
  const place = root.startsWith(`${rootDir}/`)
    ? join(root.slice(rootDir.length + 1), file)
    : join(root, file);
  return {
    event: 'described',
    plugin: name,
    description,
    facts: { ...facts, file: place, functions, failures },
  };
}

async function describePlatform(): Promise<PlatformDescription> {
  const { platformErrors } = await import('../../../functions/runtime/contract/errors.ts');
  const described = [
    await import('../../../functions/platform/plugins/operations.ts'),
    await import('../../../functions/platform/config/operations.ts'),
  ].flatMap((module: object) => Object.entries(module as Readonly<Record<string, OperationLike>>));
  const docs: ApiDocs = mergedDocs(
    (await import('../../../functions/platform/plugins/docs.ts')).docs,
    (await import('../../../functions/platform/config/docs.ts')).docs,
  );
  return {
    errors: platformErrors,
    operations: Object.fromEntries(
      described.map(([name, one]) => [name, operationDescription(name, one, docs)]),
    ),
  };
}

/** Whose code an error comes from: work that was begun in the background may fail while another is imported. */
function ownerOf(stack: string, all: readonly DescribeWork[]): DescribeWork | undefined {
  return all.find(({ root }) => placeBelow(stack, root)) ?? current?.work;
}

const platform = await describePlatform();
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const nextLine = async (): Promise<readonly unknown[]> =>
  JSON.parse((await lines.next()).value ?? '[]') as readonly unknown[];
for (const url of (await nextLine()) as readonly string[]) await import(url).catch(() => undefined);
const work = (await nextLine()) as readonly DescribeWork[];
process.stdin.unref();

process.once('uncaughtException', (error) => {
  const owner = ownerOf(error instanceof Error ? (error.stack ?? '') : '', work);
  if (owner) say({ event: 'failed', plugin: owner.name, failure: failureOf(error, owner.root) });
  current = undefined;
  process.exit(1);
});
process.once('exit', (code) => {
  if (!current) return;
  const { name, root } = current.work;
  const { file, line, column } = failureOf(new Error('exit'), root);
  const message = `importing ${current.file} ended the process with ${code}`;
  say({ event: 'failed', plugin: name, failure: { message, file, line, column } });
});

say({ event: 'platform', description: platform });
for (const one of work) {
  try {
    say(await describe(one));
  } catch (error) {
    say({ event: 'failed', plugin: one.name, failure: failureOf(error, one.root) });
  }
  current = undefined;
}
const isOwn = (url: string) => work.some(({ root }) => url.startsWith(`${pathToFileURL(root).href}/`));
say({
  event: 'read',
  modules: [...loaded].filter((url) => !isOwn(url)),
  environment: [...environment].sort(),
});
process.exit(0);
