/**
 * Rebuilds plugins while their code changes. Prints one JSON line per event on stdout: `compiled`, so that the reader can
 * load the code while it is checked, then `built` or `error`; and `manifest-changed`, after which the reader has to
 * synthesize again. Ends when stdin closes.
 */
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { watch } from 'chokidar';
import { formatErrors } from '#infra/manifest/format.ts';
import { loadManifests } from '#infra/manifest/load.ts';
import type { LoadedPlugin, ManifestError } from '#infra/manifest/types.ts';
import { bundleFailures, codeFindings } from './check.ts';
import { clientErrors } from './client-errors.ts';
import { failureError } from './code-errors.ts';
import { describePlugins, type Descriptions } from './compose/describe-plugins.ts';
import { createDescriber } from './compose/describer.ts';
import { createRebuilder, type Rebuilder, type Rebuilt } from './rebuilder.ts';
import { scratchDir } from './scratch.ts';

type WatchEvent =
  | { readonly event: 'compiled'; readonly plugin: string; readonly dir: string }
  | { readonly event: 'built'; readonly plugin: string; readonly dir: string; readonly ms: number }
  | { readonly event: 'error'; readonly plugin: string; readonly message: string }
  | { readonly event: 'manifest-changed' };

/** Editors write a file in several steps; changes this close together are one. */
const QUIET_MS = 25;
const ROOT_FILES = ['package.json', 'cdk.json'];

const rootDir = resolve(process.argv[2] ?? process.cwd());
/** Epoch milliseconds of the build in force: files changed after it, but before we watched, are changes too. */
const sinceMs = Number(process.argv[3] ?? Date.now());
const buildsDir = scratchDir('watch');

function emit(event: WatchEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Whether a change needs a new synth: manifests, infrastructure, and code that all functions share. */
function needsSynth(file: string): boolean {
  const path = relative(rootDir, file).split(sep).join('/');
  if (basename(file) === 'plugin.json' || ROOT_FILES.includes(path)) return true;
  // Values of a stage become variables of functions.
  if (/\/config\/[^/]+\.json$/.test(path)) return true;
  if (refused.some((folder) => file.startsWith(folder))) return true;
  return /^(?:infra|functions|events)\//.test(path) && !/^infra\/(?:local|cli)\//.test(path);
}

const describer = createDescriber(rootDir);
let plugins: readonly LoadedPlugin[] = [];
/** Folders of plugins with an invalid manifest, which a change of any file may make valid. */
let refused: readonly string[] = [];
let rebuilders: readonly Rebuilder[] = [];
const described = new Map<string, string>();
/** Plugins whose current code has errors. */
const failing = new Set<string>();

/** Compiles a plugin and compares its code with its manifest, in parallel. A build with errors is not announced. */
async function rebuild(rebuilder: Rebuilder, descriptions: Promise<Descriptions>): Promise<void> {
  const plugin = plugins.find(({ manifest }) => manifest.name === rebuilder.plugin);
  if (!plugin) return;
  const { name } = plugin.manifest;
  const building = rebuilder.rebuild().then((built) => {
    emit({ event: 'compiled', plugin: name, dir: built.dir });
    return built;
  });
  const [built, code] = await Promise.allSettled([building, descriptions]);
  const errors = [...buildErrors(plugin, built), ...codeErrorsOf(plugin, code)];
  if (errors.length > 0) {
    failing.add(name);
    return emit({ event: 'error', plugin: name, message: formatErrors(errors, { color: false }) });
  }
  failing.delete(name);
  if (built.status !== 'fulfilled') return;
  const { dir, ms } = built.value;
  emit({ event: 'built', plugin: name, dir, ms });
}

function buildErrors(plugin: LoadedPlugin, built: PromiseSettledResult<Rebuilt>): readonly ManifestError[] {
  if (built.status === 'fulfilled') return clientErrors(rootDir, plugin, built.value.clients);
  return bundleFailures(built.reason, rootDir).map((failure) => failureError(plugin, failure));
}

function codeErrorsOf(
  plugin: LoadedPlugin,
  code: PromiseSettledResult<Descriptions>,
): readonly ManifestError[] {
  if (code.status === 'rejected') return [failureError(plugin, { message: messageOf(code.reason) })];
  const { name } = plugin.manifest;
  return codeFindings(rootDir, plugin, code.value.described[name], code.value.failed[name]);
}

/** Remembers what the code of plugins says about itself. Returns whether it differs from what was known. */
function remember(now: Descriptions): boolean {
  let changed = false;
  for (const [plugin, { description }] of Object.entries(now.described)) {
    const text = JSON.stringify(description);
    changed ||= described.has(plugin) && described.get(plugin) !== text;
    described.set(plugin, text);
  }
  return changed;
}

/** Warms compilers and a describing process, so that the first change is as quick as the next. */
async function start(): Promise<void> {
  describer.dispose();
  const set = loadManifests(rootDir);
  ({ plugins } = set);
  refused = set.broken.map(({ file }) => join(rootDir, dirname(file), sep));
  const created = await Promise.all(plugins.map((plugin) => createRebuilder(rootDir, plugin, buildsDir)));
  const builds = await Promise.all(created.map((rebuilder) => rebuilder.rebuild().catch(() => undefined)));
  rebuilders = created;
  const now = await describePlugins(rootDir, plugins, { describer }).catch(() => undefined);
  failing.clear();
  for (const [index, plugin] of plugins.entries()) {
    const { name } = plugin.manifest;
    const clients = clientErrors(rootDir, plugin, builds[index]?.clients ?? []);
    const code = now && codeFindings(rootDir, plugin, now.described[name], now.failed[name]);
    if (!code || code.length > 0 || clients.length > 0) failing.add(name);
  }
  if (now) remember(now);
  describer.warm();
}

let watching = false;
const changed = new Set<string>();
let timer: NodeJS.Timeout | undefined;
let queue: Promise<unknown> = start();

async function settle(): Promise<void> {
  const files = [...changed];
  changed.clear();
  if (files.some(needsSynth)) {
    emit({ event: 'manifest-changed' });
    await Promise.all(rebuilders.map((rebuilder) => rebuilder.dispose()));
    await start();
    return;
  }
  const affected = rebuilders.filter((rebuilder) => files.some((file) => rebuilder.dependsOn(file)));
  if (affected.length === 0) return;
  const names = new Set(affected.map(({ plugin }) => plugin));
  const isFailing = () => [...names].some((name) => failing.has(name));
  const wasFailing = isFailing();
  const descriptions = describePlugins(
    rootDir,
    plugins.filter(({ manifest }) => names.has(manifest.name)),
    { describer },
  );
  await Promise.all(affected.map((rebuilder) => rebuild(rebuilder, descriptions)));
  describer.warm();
  const now = await descriptions.catch(() => undefined);
  // A changed input or output also changes the GraphQL schema and the OpenAPI document; why a plugin is broken, the
  // list of plugins.
  const differs = now !== undefined && remember(now);
  if (differs || wasFailing || isFailing()) emit({ event: 'manifest-changed' });
}

function onChange(kind: string, path: string, stats?: { readonly mtimeMs: number }): void {
  // Until everything was found once, what is found is no news, unless it was written after the build in force.
  const isFound = !watching && (kind === 'addDir' || (kind === 'add' && (stats?.mtimeMs ?? 0) < sinceMs));
  if (isFound) return;
  changed.add(resolve(path));
  clearTimeout(timer);
  timer = setTimeout(() => {
    queue = queue.then(settle).catch((error: unknown) => {
      emit({ event: 'error', plugin: 'platform', message: messageOf(error) });
    });
  }, QUIET_MS);
}

const folders = ['plugins', 'functions', 'events', 'infra', ...ROOT_FILES].map((name) => join(rootDir, name));
const packages = loadManifests(rootDir).plugins.map(({ root }) => resolve(rootDir, root));
watch([...new Set([...folders, ...packages])], {
  alwaysStat: true,
  ignored: (path, stats) =>
    /[\\/](?:\.git|coverage|node_modules[\\/]\.[^\\/]+)(?:[\\/]|$)/.test(path) ||
    (stats?.isFile() === true && !/\.(?:[cm]?[jt]s|json)$/.test(path)),
})
  .on('all', onChange)
  .on('ready', () => (watching = true));

process.stdin.resume();
process.once('exit', () => describer.dispose());
process.stdin.once('end', () => process.exit(0));
process.once('SIGTERM', () => process.exit(0));
process.once('SIGINT', () => process.exit(0));
