import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Report } from './report.ts';
import type { Subject } from './subjects.ts';

/** Starts functions under AWS's own runtime interface client; it is kept beside the project, not in it. */
const TOOL = join(import.meta.dirname, '../../../shared/bench');
/** The client of the Node 24 runtime. */
const CLIENT = 'aws-lambda-ric@4.0.2';
/** It has an `onUnload`, so its functions register with the Extensions API, which the tool does not serve. */
const UNSERVED = 'advanced-plugin.';

/**
 * Reports how long each function takes from the start of its process until it asks for the first event, under the client
 * that AWS runs functions with. Says so where the tool or the client is not to be had.
 */
export function reportRuntimeClient(
  report: Report,
  subjects: readonly Subject[],
  { rounds, workDir }: { readonly rounds: number; readonly workDir: string },
): void {
  report.line(`\n### Process start to the first event, under ${CLIENT} (${rounds} rounds)`);
  const missing = (why: string): void => report.line(`\nNot measured: ${why}.`);
  if (!existsSync(join(TOOL, 'ric.mjs'))) return missing('the tool that starts the client is not here');
  const client = packedClient(workDir);
  if (client === undefined) return missing(`npm could not fetch ${CLIENT}`);
  const tool = join(workDir, 'runtime-client');
  // It writes beside itself.
  cpSync(TOOL, tool, { recursive: true });
  const list = join(tool, 'subjects.json');
  writeFileSync(list, JSON.stringify(subjects.filter(({ name }) => !name.startsWith(UNSERVED)).map(listed)));
  const run = spawnSync(
    process.execPath,
    [join(tool, 'ric.mjs'), '--ric', client, '--runs', String(rounds), list],
    {
      encoding: 'utf8',
    },
  );
  if (run.status !== 0) return missing(run.stderr.trim().slice(-500));
  report.line();
  run.stdout
    .trim()
    .split('\n')
    .forEach((row) => report.line(row));
  if (run.stderr.trim() !== '') report.line(run.stderr.trim());
}

const listed = ({ name, directory, entry, exportName, environment }: Subject) => ({
  name,
  dir: directory,
  entry: relative(directory, entry),
  export: exportName,
  env: environment,
});

/** The client's package in `workDir`, unpacked and not installed: its native part is not used. */
function packedClient(workDir: string): string | undefined {
  const folder = join(workDir, 'client');
  mkdirSync(folder, { recursive: true });
  try {
    const archive = execFileSync('npm', ['pack', CLIENT, '--silent'], { cwd: folder, encoding: 'utf8' });
    execFileSync('tar', ['xzf', archive.trim()], { cwd: folder });
    return join(folder, 'package');
  } catch {
    return undefined;
  }
}
