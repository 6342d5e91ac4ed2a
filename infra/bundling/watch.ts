/**
 * Rebuilds plugins while their code changes. Prints one JSON line per event on stdout: `compiled`, so that the reader can
 * load the code before it is checked, then `built` or `error`; and `manifest-changed`, after which the reader has to
 * synthesize again. Ends when stdin closes.
 */
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { watch } from 'chokidar';
import { formatErrors } from '#infra/manifest/format.ts';
import { loadManifests } from '#infra/manifest/load.ts';
import { writeTypes } from '#infra/manifest/plugin-types.ts';
import { TYPES_FILE } from '#infra/manifest/types-file.ts';
import type { LoadedPlugin } from '#infra/manifest/types.ts';
import { bundleFailures, codeFindings } from './check.ts';
import { clientErrors } from './client-errors.ts';
import { failureError } from './code-errors.ts';
import { describePlugins, type Descriptions } from './compose/describe-plugins.ts';
import { createDescriber } from './compose/describer.ts';
import { createRebuilder, type Rebuilder, type Rebuilt } from './rebuilder.ts';
import { scratchDir } from './scratch.ts';
import type { WatchEvent } from '../process/watch-event.ts';

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

const reportDefect = (error: unknown): void =>
  emit({ event: 'error', plugin: 'platform', message: messageOf(error) });

/** Whether a change needs a new synth: manifests, infrastructure, and code that all functions share. */
function needsSynth(file: string): boolean {
  const path = relative(rootDir, file).split(sep).join('/');
  if (basename(file) === 'plugin.json' || ROOT_FILES.includes(path)) return true;
  // Values of a stage become variables of functions.
  if (/\/config\/[^/]+\.json$/.test(path)) return true;
  if (refused.some((folder) => file.startsWith(folder))) return true;
  return /^(?:infra|functions|events)\//.test(path) && !/^infra\/(?:local|cli)\//.test(path);
}

const describer = createDescriber(rootDir, { background: true });
let plugins: readonly LoadedPlugin[] = [];
/** Folders of plugins with an invalid manifest, which a change of any file may make valid. */
let refused: readonly string[] = [];
let rebuilders: readonly Rebuilder[] = [];
/** What the code of each plugin says about itself. */
const known = new Map<string, string>();
/** Plugins whose current code has errors. */
const failing = new Set<string>();
/** Builds that have not been checked yet, by plugin. */
const unchecked = new Map<string, Rebuilt>();
let checking = new AbortController();

/** Compiles a plugin's change, and reports code that does not build. @returns whether it builds */
async function compile(rebuilder: Rebuilder): Promise<boolean> {
  const { plugin } = rebuilder;
  unchecked.delete(plugin);
  try {
    const built = await rebuilder.rebuild();
    unchecked.set(plugin, built);
    emit({ event: 'compiled', plugin, dir: built.dir, ms: built.ms, early: !failing.has(plugin) });
    return true;
  } catch (error) {
    failing.add(plugin);
    const loaded = plugins.filter(({ manifest }) => manifest.name === plugin);
    const errors = loaded.flatMap((one) =>
      bundleFailures(error, rootDir).map((failure) => failureError(one, failure)),
    );
    emit({ event: 'error', plugin, message: formatErrors(errors, { color: false }) });
    return false;
  }
}

/** Compares the code of every build that was not checked yet with its manifest; a further change ends it. */
async function checkBuilds(signal: AbortSignal): Promise<void> {
  const builds = new Map(unchecked);
  const edited = plugins.filter(({ manifest }) => builds.has(manifest.name));
  const [described] = await Promise.allSettled([describePlugins(rootDir, edited, { describer, signal })]);
  // What was described may be newer than the build: its change is reported in a moment.
  await sleep(QUIET_MS);
  if (signal.aborted) return;
  const isFailing = () => edited.some(({ manifest }) => failing.has(manifest.name));
  const wasFailing = isFailing();
  for (const plugin of edited) {
    const { name } = plugin.manifest;
    const build = builds.get(name);
    unchecked.delete(name);
    if (build) reportCheck(plugin, build, described);
  }
  describer.warm();
  // A changed input or output also changes the GraphQL schema and the OpenAPI document; why a plugin is broken, the
  // list of plugins.
  const differs = described.status === 'fulfilled' && remember(described.value);
  if (differs || wasFailing || isFailing()) emit({ event: 'manifest-changed' });
}

function reportCheck(
  plugin: LoadedPlugin,
  { dir, ms, clients }: Rebuilt,
  described: PromiseSettledResult<Descriptions>,
): void {
  const { name } = plugin.manifest;
  const code =
    described.status === 'rejected'
      ? [failureError(plugin, { message: messageOf(described.reason) })]
      : codeFindings(rootDir, plugin, described.value.described[name], described.value.failed[name]);
  const errors = [...clientErrors(rootDir, plugin, clients), ...code];
  if (errors.length === 0) {
    failing.delete(name);
    return emit({ event: 'built', plugin: name, dir, ms });
  }
  failing.add(name);
  emit({ event: 'error', plugin: name, dir, message: formatErrors(errors, { color: false }) });
}

/** Remembers what the code of plugins says about itself. Returns whether it differs from what was known. */
function remember(now: Descriptions): boolean {
  let changed = false;
  for (const [plugin, { description }] of Object.entries(now.described)) {
    const text = JSON.stringify(description);
    changed ||= known.has(plugin) && known.get(plugin) !== text;
    known.set(plugin, text);
  }
  return changed;
}

/** Warms compilers and a describing process, so that the first change is as quick as the next. */
async function start(): Promise<void> {
  describer.dispose();
  try {
    // First, so that the editor knows what was just saved.
    writeTypes(rootDir);
  } catch (error) {
    reportDefect(error);
  }
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
  if (files.length === 0) return;
  checking.abort();
  if (files.some(needsSynth)) {
    unchecked.clear();
    emit({ event: 'manifest-changed' });
    await Promise.all(rebuilders.map((rebuilder) => rebuilder.dispose()));
    await start();
    return;
  }
  const affected = rebuilders.filter((rebuilder) => files.some((file) => rebuilder.dependsOn(file)));
  const builds = await Promise.all(affected.map(compile));
  if (builds.includes(false)) emit({ event: 'manifest-changed' });
  // What has changed meanwhile is compiled first.
  if (unchecked.size === 0 || changed.size > 0) return;
  checking = new AbortController();
  // Not awaited: the next change is compiled whether or not this one has been checked.
  checkBuilds(checking.signal).catch(reportDefect);
}

function onChange(kind: string, path: string, stats?: { readonly mtimeMs: number }): void {
  // Until everything was found once, what is found is no news, unless it was written after the build in force.
  const isFound = !watching && (kind === 'addDir' || (kind === 'add' && (stats?.mtimeMs ?? 0) < sinceMs));
  if (isFound) return;
  changed.add(resolve(path));
  checking.abort();
  clearTimeout(timer);
  timer = setTimeout(() => {
    queue = queue.then(settle).catch(reportDefect);
  }, QUIET_MS);
}

const folders = ['plugins', 'functions', 'events', 'infra', ...ROOT_FILES].map((name) => join(rootDir, name));
const packages = loadManifests(rootDir).plugins.map(({ root }) => resolve(rootDir, root));
watch([...new Set([...folders, ...packages])], {
  alwaysStat: true,
  ignored: (path, stats) =>
    /[\\/](?:\.git|coverage|node_modules[\\/]\.[^\\/]+)(?:[\\/]|$)/.test(path) ||
    basename(path) === TYPES_FILE ||
    (stats?.isFile() === true && !/\.(?:[cm]?[jt]s|json)$/.test(path)),
})
  .on('all', onChange)
  .on('ready', () => (watching = true));

process.stdin.resume();
process.once('exit', () => describer.dispose());
process.stdin.once('end', () => process.exit(0));
process.once('SIGTERM', () => process.exit(0));
process.once('SIGINT', () => process.exit(0));
