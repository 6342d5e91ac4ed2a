import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { StartupError, withStartCode } from './errors.ts';
import type { RunnerOptions } from './runner/context.ts';
import { startRunner, stopRunner } from './runner/start.ts';
import { openTerminal } from './runner/terminal.ts';
import { keysText, knownKeys } from './sandboxes/known-keys.ts';
import { diskFault, folderFault } from './state/fault.ts';
import { watchFolder } from './state/folder.ts';

interface Flags {
  readonly port: number;
  readonly sandboxPort: ReadonlyMap<string, number>;
  readonly state: string;
  readonly reset: boolean;
  readonly auth?: 'strict';
  readonly watch: boolean;
  readonly verbose: boolean;
  readonly quiet: boolean;
}

function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new InvalidArgumentError('It must be a number from 0 (any free port) to 65535.');
  }
  return Number(text);
}

function addSandboxPort(text: string, ports: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const [name = '', port] = text.split('=');
  if (name === '' || port === undefined) throw new InvalidArgumentError('It must be like stripe=12111.');
  return new Map([...ports, [name, parsePort(port)]]);
}

function readFlags(args: readonly string[]): Flags {
  const start = new Command('npm start --')
    .description('Runs the whole system on this machine, from the synthesized assembly.')
    .option('--port <number>', 'port of the API; 0 takes a free one', parsePort, 3000)
    .option('--sandbox-port <name=port>', 'port of a provider sandbox; repeatable', addSandboxPort, new Map())
    .option('--state <folder>', 'where tables, queues, secrets and events are kept', '.local')
    .option('--reset', 'forget that state first', false)
    .addOption(new Option('--auth <mode>', 'demand a token for every call').choices(['strict']))
    .option('--no-watch', 'do not reload when files change')
    .option('--quiet', 'no line for each call of the API', false)
    .option('--verbose', 'every log line of every function, and stack traces', false)
    .allowExcessArguments(false)
    .action(() => {});
  start
    .command('keys')
    .description('print the keys of the provider sandboxes, which open nothing else')
    .option('--state <folder>', 'the state folder of the system')
    .option('--json', 'as JSON', false)
    .action(({ state, json }: { state?: string; json: boolean }) =>
      printKeys(resolve(state ?? start.opts<Flags>().state), json),
    );
  return start.parse(args).opts<Flags>();
}

/** Prints the secrets of the sandboxes, which no other output contains. */
function printKeys(stateDir: string, json: boolean): never {
  try {
    const keys = knownKeys(stateDir);
    process.stdout.write(json ? `${JSON.stringify(keys, null, 2)}\n` : keysText(keys));
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    openTerminal(process.stderr).error(withStartCode(error.message, error.code));
    process.exit(1);
  }
  process.exit(0);
}

const flags = readFlags(process.argv);
const terminal = openTerminal();
const stack = new AsyncDisposableStack();

async function stopWith(exitCode: number): Promise<never> {
  await stopRunner(stack);
  process.exit(exitCode);
}

/** At Ctrl-C the terminal signals every process, and npm passes its signal on: both are one wish. */
const SAME_SIGNAL_WITHIN_MS = 500;

let stopping = false;
let stoppingSinceMs = 0;
const stopOnce = () => {
  // A second signal ends the process at once; the guard ends the children.
  if (stopping && performance.now() - stoppingSinceMs > SAME_SIGNAL_WITHIN_MS) process.exit(1);
  if (stopping) return;
  stopping = true;
  stoppingSinceMs = performance.now();
  terminal.end(['dim', 'stopping']);
  void stopWith(0);
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stopOnce);
// A program that has started this one with a channel has ended, or asks for the end on Windows, which has no signals.
process.once('disconnect', () => stopping || stopOnce());

// The reader of the output has ended, e.g. `npm start | head`.
process.stdout.on('error', () => void stopWith(0));
// A defect of the runner itself: printed with its stack, and everything is stopped.
process.on('uncaughtException', (error) => endBecauseOf(error, error.stack ?? error.message));

/** Stops, and prints the reason once: that the state cannot be written, or else the message of the error. */
function endBecauseOf(error: unknown, otherwise: string): void {
  if (stopping) return;
  stopping = true;
  const { stateDir } = options;
  const ofDisk = diskFault(error, stateDir) ?? folderFault(stateDir);
  const code = ofDisk === undefined && error instanceof StartupError ? error.code : undefined;
  terminal.error(withStartCode(ofDisk ?? otherwise, ofDisk === undefined ? code : 'state-unusable'));
  if (flags.verbose && error instanceof Error) terminal.info(error.stack ?? '');
  void stopWith(1);
}

const options: RunnerOptions = {
  rootDir: process.cwd(),
  stateDir: resolve(flags.state),
  port: flags.port,
  sandboxPorts: flags.sandboxPort,
  reset: flags.reset,
  strict: flags.auth === 'strict',
  watch: flags.watch,
  verbose: flags.verbose,
  quiet: flags.quiet,
  terminal,
};

try {
  terminal.parts(['bold', 'AnineePlus Plugins']);
  await startRunner(options, stack);
  // A full disk fails in many places; the watch reports it once.
  const unwatch = watchFolder(options.stateDir, (error) => endBecauseOf(error, String(error)));
  stack.defer(unwatch);
} catch (error) {
  endBecauseOf(error, error instanceof Error ? error.message : String(error));
}
