import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { LoadedPlugin } from '#infra/manifest/types.ts';
import type { DescribeLine, PlatformDescription, PluginDescription } from './types.ts';

const START_TIMEOUT_MS = 60_000;

const script = fileURLToPath(new URL('./describe.ts', import.meta.url));

export interface Descriptions {
  readonly described: Readonly<Record<string, PluginDescription>>;
  /** Why the code of a plugin could not be described, by plugin. */
  readonly failed: Readonly<Record<string, string>>;
  readonly platform: PlatformDescription;
}

interface Round {
  readonly lines: readonly DescribeLine[];
  /** The plugin that was being imported when the process ended early. */
  readonly stuck: string | undefined;
  readonly reason: string;
}

/** Runs the describing process once; ends it when one plugin takes longer than `timeoutMs`. */
async function runRound(
  rootDir: string,
  plugins: readonly LoadedPlugin[],
  timeoutMs: number,
): Promise<Round> {
  const work = plugins.map(({ manifest, root }) => ({
    name: manifest.name,
    file: join(rootDir, root, 'plugin.ts'),
    operations: Object.keys(manifest.operations),
  }));
  const child = spawn(process.execPath, [script, JSON.stringify(work)], {
    cwd: rootDir,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-2_000)));
  let timedOut = false;
  const end = () => {
    timedOut = true;
    child.kill('SIGKILL');
  };
  // Until the first line nothing of a plugin has run: a busy machine takes long to start a process.
  let timer = setTimeout(end, Math.max(timeoutMs, START_TIMEOUT_MS));
  const lines: DescribeLine[] = [];
  for await (const text of createInterface({ input: child.stdout })) {
    lines.push(JSON.parse(text) as DescribeLine);
    clearTimeout(timer);
    timer = setTimeout(end, timeoutMs);
  }
  const code = await ended;
  clearTimeout(timer);
  const last = lines.at(-1);
  const stuck = last?.event === 'begin' ? last.plugin : undefined;
  if (!stuck && code !== 0) throw new Error(`The plugins cannot be described: ${stderr.trim()}`);
  const reason = timedOut
    ? `importing plugin.ts took longer than ${timeoutMs} ms`
    : `importing plugin.ts ended the process with ${String(code)}`;
  return { lines, stuck, reason };
}

/**
 * Asks the code of every plugin for its operations, in a child process. A plugin that throws, hangs or exits while it
 * is imported is reported as failed and does not keep the others from being described.
 */
export async function describePlugins(
  rootDir: string,
  plugins: readonly LoadedPlugin[],
  timeoutMs = 5_000,
): Promise<Descriptions> {
  const described: Record<string, PluginDescription> = {};
  const failed: Record<string, string> = {};
  let platform: PlatformDescription = { operations: {}, errors: {} };
  let left = plugins;
  do {
    const { lines, stuck, reason } = await runRound(rootDir, left, timeoutMs);
    for (const line of lines) {
      if (line.event === 'platform') platform = line.description;
      if (line.event === 'described') described[line.plugin] = line.description;
      if (line.event === 'failed') failed[line.plugin] = line.message;
    }
    if (stuck) failed[stuck] = reason;
    left = left.filter(({ manifest: { name } }) => !(name in described) && !(name in failed));
  } while (left.length > 0);
  return { described, failed, platform };
}
