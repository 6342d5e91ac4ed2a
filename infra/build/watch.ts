/**
 * Rebuilds plugins while their code changes. Prints one JSON line per event on stdout: `built`, `error` and
 * `manifest-changed`, which asks for a new synth. Ends when stdin closes.
 */
import { basename, join, relative, resolve, sep } from 'node:path';
import { watch } from 'chokidar';
import { loadManifests } from '#infra/manifest/load.ts';
import { describePlugins } from './compose/describe-plugins.ts';
import { createRebuilder, type Rebuilder } from './rebuilder.ts';
import { scratchDir } from './scratch.ts';

type WatchEvent =
  | { readonly event: 'built'; readonly plugin: string; readonly dir: string; readonly ms: number }
  | { readonly event: 'error'; readonly plugin: string; readonly message: string }
  | { readonly event: 'manifest-changed' };

/** Editors write a file in several steps; changes this close together are one. */
const QUIET_MS = 25;
/** Describing takes a process: it waits until the new code is in force, which is what a developer waits for. */
const DESCRIBE_AFTER_MS = 400;
const ROOT_FILES = ['package.json', 'cdk.json'];

const rootDir = resolve(process.argv[2] ?? process.cwd());
/** Epoch milliseconds of the build in force: files changed after it, but before we watched, are changes too. */
const sinceMs = Number(process.argv[3] ?? Date.now());
const buildsDir = scratchDir('watch');

function say(event: WatchEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What only a new synth can bring in force: manifests, infrastructure, and code that all functions share. */
function needsSynth(file: string): boolean {
  const path = relative(rootDir, file).split(sep).join('/');
  if (basename(file) === 'plugin.json' || ROOT_FILES.includes(path)) return true;
  return /^(?:infra|functions|events)\//.test(path) && !path.startsWith('infra/local/');
}

let rebuilders: readonly Rebuilder[] = [];
const described = new Map<string, string>();

async function rebuild(rebuilder: Rebuilder): Promise<void> {
  const { plugin } = rebuilder;
  try {
    say({ event: 'built', plugin, ...(await rebuilder.rebuild()) });
  } catch (error) {
    say({ event: 'error', plugin, message: messageOf(error) });
  }
}

/** What the plugins' code says about itself, remembered. Returns whether it differs from what was known. */
async function describeAgain(): Promise<boolean> {
  const { plugins } = loadManifests(rootDir);
  const now = await describePlugins(rootDir, plugins);
  let changed = false;
  for (const [plugin, description] of Object.entries(now.described)) {
    const text = JSON.stringify(description);
    changed ||= described.has(plugin) && described.get(plugin) !== text;
    described.set(plugin, text);
  }
  return changed;
}

/** Warms a compiler for every valid plugin, so that the first change is as quick as the next. */
async function start(): Promise<void> {
  const { plugins } = loadManifests(rootDir);
  const created = await Promise.all(plugins.map((plugin) => createRebuilder(rootDir, plugin, buildsDir)));
  await Promise.all(created.map((rebuilder) => rebuilder.rebuild().catch(() => undefined)));
  rebuilders = created;
}

let watching = false;
const changed = new Set<string>();
let timer: NodeJS.Timeout | undefined;
let describing: NodeJS.Timeout | undefined;
let queue: Promise<unknown> = start();

async function settle(): Promise<void> {
  const files = [...changed];
  changed.clear();
  if (files.some(needsSynth)) {
    say({ event: 'manifest-changed' });
    await Promise.all(rebuilders.map((rebuilder) => rebuilder.dispose()));
    await start();
    return;
  }
  const affected = rebuilders.filter((rebuilder) => files.some((file) => rebuilder.dependsOn(file)));
  await Promise.all(affected.map(rebuild));
  if (affected.length === 0) return;
  clearTimeout(describing);
  describing = setTimeout(() => void (queue = queue.then(tellOfDescriptions)), DESCRIBE_AFTER_MS);
}

/** A changed input or output also changes the GraphQL schema and the OpenAPI document. */
async function tellOfDescriptions(): Promise<void> {
  if (await describeAgain().catch(() => false)) say({ event: 'manifest-changed' });
}

function onChange(kind: string, path: string, stats?: { readonly mtimeMs: number }): void {
  if (!watching && (kind !== 'add' || (stats?.mtimeMs ?? 0) < sinceMs)) return;
  changed.add(resolve(path));
  clearTimeout(timer);
  timer = setTimeout(() => {
    queue = queue.then(settle).catch((error: unknown) => {
      say({ event: 'error', plugin: 'platform', message: messageOf(error) });
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

queue = queue.then(describeAgain).catch(() => undefined);
process.stdin.resume();
process.stdin.once('end', () => process.exit(0));
process.once('SIGTERM', () => process.exit(0));
process.once('SIGINT', () => process.exit(0));
