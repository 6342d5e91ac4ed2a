import { chmodSync, existsSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** A program that is called as a container engine is, and runs the embedded engine instead of an image. */
export interface StandInContainerEngine {
  /** The folder that has it, for the start of `PATH`. */
  readonly dir: string;
  /** Arguments of each call so far, but those that look whether it answers. */
  calls(): readonly (readonly string[])[];
}

const dynoxide = createRequire(import.meta.url).resolve('@dynoxide/linux-x64/dynoxide');

/** As `run` of docker: it passes SIGTERM on, and the container is gone when the program in it ends. */
const SOURCE = `#!${process.execPath}
const { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { spawn } = require('node:child_process');
const args = process.argv.slice(2);
const at = (name) => join(__dirname, name);
const option = (name) => args[args.indexOf('--' + name) + 1];
if (existsSync(at('silent'))) {
  console.error('first line\\nCannot connect to the daemon');
  process.exit(1);
}
if (args[0] === 'ps') process.exit(0);
appendFileSync(at('calls'), JSON.stringify(args) + '\\n');
const commands = {
  image: () => process.exit(existsSync(at('pulled')) ? 0 : 1),
  pull() {
    if (existsSync(at('offline'))) {
      console.error('dial tcp: lookup registry: no such host');
      process.exit(1);
    }
    writeFileSync(at('pulled'), '');
  },
  rm() {
    const file = at(args.at(-1) + '.pid');
    if (!existsSync(file)) process.exit(1);
    try { process.kill(Number(readFileSync(file, 'utf8')), 'SIGKILL'); } catch {}
    rmSync(file);
  },
  run() {
    if (existsSync(at('broken'))) {
      console.error('invalid mount config: bind source path does not exist');
      process.exit(125);
    }
    const [host, port] = option('publish').split(':');
    const source = /source=([^,]+)/.exec(option('mount'))[1];
    const serve = ['serve', '--host', host, '--port', port, '--db-path', join(source, 'shared-local-instance.db')];
    const container = spawn(${JSON.stringify(dynoxide)}, serve, { stdio: 'inherit', detached: true });
    const file = at(option('name') + '.pid');
    writeFileSync(file, String(container.pid));
    process.on('SIGTERM', () => container.kill('SIGTERM'));
    container.once('exit', (code) => {
      rmSync(file, { force: true });
      process.exit(code ?? 143);
    });
  },
};
commands[args[0]]();
`;

/**
 * Makes one.
 * @param state `silent` while its service does not run, `offline` without a registry, `broken` when no container starts
 */
export function standInContainerEngine(
  program = 'docker',
  state?: 'silent' | 'offline' | 'broken',
): StandInContainerEngine {
  const dir = mkdtempSync(join(tmpdir(), 'container-engine-'));
  const file = join(dir, program);
  writeFileSync(file, SOURCE);
  chmodSync(file, 0o755);
  // Built-in to every machine that has a container engine.
  for (const tool of ['sh', 'sleep']) symlinkSync(pathOf(tool), join(dir, tool));
  if (state !== undefined) writeFileSync(join(dir, state), '');
  const calls = join(dir, 'calls');
  return {
    dir,
    calls: () =>
      existsSync(calls)
        ? readFileSync(calls, 'utf8')
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as string[])
        : [],
  };
}

/** A folder with a shell and no container engine. */
export function pathWithoutEngines(): string {
  const dir = mkdtempSync(join(tmpdir(), 'no-container-engine-'));
  for (const tool of ['sh', 'sleep']) symlinkSync(pathOf(tool), join(dir, tool));
  return dir;
}

function pathOf(tool: string): string {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((dir) => join(dir, tool))
    .find((file) => existsSync(file));
  if (found === undefined) throw new Error(`${tool} is not on PATH`);
  return found;
}
