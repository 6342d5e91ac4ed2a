import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, request } from '#testing/client.ts';
import { copyProject, pluginFolders } from '#testing/project.ts';
import { sandboxPortsOf } from '#testing/runner.ts';
import { generatedPlugins, writePlugins } from '../support/generated-plugins.ts';

const SAMPLES = 3;
export const START_PLUGINS = 12;

/**
 * Starts the local system as a user does, on free ports, with twelve plugins, and times it to its first answer. The
 * first start fills the caches and is not counted.
 */
export async function startTimes(): Promise<number[]> {
  const project = copyProject();
  try {
    const more = START_PLUGINS - pluginFolders(project).size;
    writePlugins(project, generatedPlugins(more));
    const times: number[] = [];
    for (let sample = 0; sample <= SAMPLES; sample += 1) times.push(await timedStart(project));
    return times.slice(1);
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

async function timedStart(project: string): Promise<number> {
  const stateDir = mkdtempSync(join(tmpdir(), 'anineeplus-start-'));
  const startedAt = performance.now();
  const run = spawn(
    process.execPath,
    ['infra/local/main.ts', '--port', '0', ...sandboxPortsOf(project), '--state', stateDir],
    { cwd: project, stdio: 'ignore' },
  );
  try {
    const url = await eventually(
      async () => readUrl(stateDir),
      (found) => found !== undefined,
      120_000,
    );
    await request(url as string, 'GET', '/plugins');
    return performance.now() - startedAt;
  } finally {
    run.kill('SIGTERM');
    await new Promise((resolve) => run.once('exit', resolve));
    rmSync(stateDir, { recursive: true, force: true });
  }
}

function readUrl(stateDir: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(join(stateDir, 'runtime.json'), 'utf8')) as { url: string }).url;
  } catch {
    return undefined;
  }
}
