import { type Command, CommanderError } from 'commander';
import { hasColors } from '#infra/process/colors.ts';
import { CommandError } from './command-error.ts';
import { createView, type View } from './output/view.ts';
import type { CommandResult } from './output/result.ts';

const EXIT = { refused: 1, usage: 2 } as const;

const wantsJson = (): boolean => process.argv.includes('--json');

const viewOf = (stream: NodeJS.WriteStream): View =>
  createView({
    write: (text) => stream.write(text),
    isTerminal: stream.isTTY,
    colors: hasColors(stream),
  });

function print({ json, show, failed = false }: CommandResult): void {
  if (wantsJson()) process.stdout.write(`${JSON.stringify(json, null, 2)}\n`);
  else {
    show(viewOf(process.stdout));
  }
  if (failed) process.exitCode = EXIT.refused;
}

/** One line for what is wrong, with what to do about it, and one for each reason. */
function printError(error: unknown): void {
  const view = viewOf(process.stderr);
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof CommandError)) {
    if (wantsJson())
      process.stdout.write(`${JSON.stringify({ error: { code: 'failed', message } }, null, 2)}\n`);
    else process.stderr.write(`${message}\n`);
    return;
  }
  const { code, fix, reasons } = error;
  if (wantsJson()) {
    process.stdout.write(`${JSON.stringify({ error: { code, message, fix, reasons } }, null, 2)}\n`);
    return;
  }
  view.line(`error: ${message}; fix: ${fix}`, 'fail');
  for (const reason of reasons) view.line(`  - ${reason}`);
}

/** Runs a command line with the arguments of this process, and sets its exit code. */
export async function runProgram(create: (print: (result: CommandResult) => void) => Command): Promise<void> {
  // The reader of the output has ended, e.g. `| head`.
  process.stdout.on('error', () => process.exit(0));
  try {
    await create(print).parseAsync(process.argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : EXIT.usage;
    } else {
      printError(error);
      process.exitCode = EXIT.refused;
    }
  }
}
