import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { LoadedPlugin } from '#infra/manifest/types.ts';
import { screamingSnake } from '#runtime/screaming-snake.ts';
import { createDescriber, type Describer } from './describer.ts';
import type {
  CodeFacts,
  CodeFailure,
  DescribeLine,
  DescribeWork,
  DescribingReads,
  PlatformDescription,
  PluginDescription,
} from './types.ts';

export interface DescribedPlugin {
  readonly description: PluginDescription;
  readonly facts: CodeFacts;
}

export interface Descriptions {
  readonly described: Readonly<Record<string, DescribedPlugin>>;
  /** Why the code of a plugin could not be described, by plugin. */
  readonly failed: Readonly<Record<string, CodeFailure>>;
  readonly platform: PlatformDescription;
  readonly reads: DescribingReads;
}

export interface DescribeOptions {
  /** How long the import of one module may take; 15 seconds when left out. */
  readonly timeoutMs?: number | undefined;
  /** Starts the processes; one for this call alone when left out. */
  readonly describer?: Describer | undefined;
  /** Ends the description, which then fails. */
  readonly signal?: AbortSignal;
}

/**
 * Imports the code of every plugin in a child process and describes it. A plugin that throws, hangs or exits while it is
 * imported is reported as failed and does not keep the others from being described.
 */
export async function describePlugins(
  rootDir: string,
  plugins: readonly LoadedPlugin[],
  { timeoutMs = 15_000, describer = createDescriber(rootDir), signal }: DescribeOptions = {},
): Promise<Descriptions> {
  const described: Record<string, DescribedPlugin> = {};
  const failed: Record<string, CodeFailure> = {};
  let platform: PlatformDescription = { operations: {}, errors: {} };
  let reads: DescribingReads = { modules: [], environment: [] };
  let left = plugins;
  do {
    const { lines, ended, stderr } = await describer.run(
      left.map((plugin) => workOf(rootDir, plugin)),
      timeoutMs,
      signal,
    );
    signal?.throwIfAborted();
    for (const line of lines) {
      if (line.event === 'platform') platform = line.description;
      if (line.event === 'described') described[line.plugin] = line;
      if (line.event === 'failed') failed[line.plugin] = line.failure;
      if (line.event === 'read') reads = line;
    }
    const interrupted = interruptedImport(lines, left);
    if (ended !== undefined && interrupted)
      failed[interrupted.plugin] = {
        message: `importing ${interrupted.file} ${ended}`,
        file: interrupted.path,
      };
    const before = left.length;
    left = left.filter(({ manifest: { name } }) => !(name in described) && !(name in failed));
    if (left.length > 0 && left.length === before) {
      throw new Error(`The plugins cannot be described: ${stderr || (ended ?? 'nothing was said')}`);
    }
  } while (left.length > 0);
  return { described, failed, platform, reads };
}

/** The module that was being imported when the process ended without a result. */
function interruptedImport(lines: readonly DescribeLine[], plugins: readonly LoadedPlugin[]) {
  const last = lines.at(-1);
  if (last?.event !== 'begin') return undefined;
  const root = plugins.find(({ manifest }) => manifest.name === last.plugin)?.root ?? '';
  return { plugin: last.plugin, file: last.file, path: posix.join(root, last.file) };
}

function workOf(rootDir: string, { manifest, root }: LoadedPlugin): DescribeWork {
  const folder = join(rootDir, root);
  const entries = Object.entries(manifest.functions).map(([key, { entry }]) => [key, entry] as const);
  return {
    name: manifest.name,
    root: folder,
    // One that is missing is an error of the manifest.
    functions: Object.fromEntries(entries.filter(([, entry]) => existsSync(join(folder, entry)))),
    envPrefix: manifest.config?.envPrefix ?? screamingSnake(manifest.name),
  };
}
