import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Budget } from './budget.ts';
import { benchCounted } from './counted.ts';
import { benchFunctions } from './functions.ts';
import { benchLocal } from './local.ts';
import { benchMemory } from './memory.ts';
import { createReport, type Report } from './report.ts';
import { broken, record } from './results.ts';
import { benchScale } from './scale-report.ts';
import { benchTracing } from './tracing.ts';

interface Options {
  readonly rounds: number;
  readonly plugins: readonly number[];
  readonly check: boolean;
}

interface Run extends Options {
  readonly workDir: string;
}

/** What can be measured. Milliseconds are this machine's; ratios and counts are what can be compared. */
const PARTS: Readonly<Record<string, (report: Report, run: Run) => Promise<readonly Budget[]>>> = {
  functions: benchFunctions,
  counted: benchCounted,
  local: benchLocal,
  memory: benchMemory,
  tracing: benchTracing,
  scale: (report, { plugins }) => benchScale(report, plugins),
};
/** The scale and tracing take a quarter of an hour each. */
const DEFAULT = ['functions', 'counted', 'local'];

const integer = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('must be a positive integer.');
  return value;
};

const command = new Command('npm run bench --')
  .argument('[parts...]', `what to measure: ${Object.keys(PARTS).join(', ')}`)
  .description(`Measures ${DEFAULT.join(', ')} unless parts are named, and keeps the figures in RESULTS.md.`)
  .addOption(new Option('--rounds <count>', 'fresh processes of each function').argParser(integer).default(9))
  .addOption(
    new Option('--plugins <counts>', 'numbers of plugins for the scale, with commas')
      .argParser((text) => text.split(',').map(integer))
      .default([1, 10, 50, 100]),
  )
  .option(
    '--check',
    'compares with RESULTS.md instead of writing it: exit 1 when a budget that was met is missed, a timed one by more than a tenth',
    false,
  );
command.parse();
const options = command.opts<Options>();
const parts = command.args.length > 0 ? command.args : DEFAULT;
const unknown = parts.filter((part) => !Object.hasOwn(PARTS, part));
if (unknown.length > 0) command.error(`error: unknown part ${unknown.join(', ')}`);

const workDir = mkdtempSync(join(tmpdir(), 'anineeplus-bench-'));
try {
  for (const part of parts) {
    const report = createReport();
    process.stdout.write(`\n## ${part}\n\n`);
    const budgets = (await PARTS[part]?.(report, { ...options, workDir: join(workDir, part) })) ?? [];
    if (options.check) check(part, budgets);
    else record(part, report.text());
  }
} finally {
  rmSync(workDir, { recursive: true, force: true });
}

function check(part: string, budgets: readonly Budget[]): void {
  const missed = broken(part, budgets);
  for (const { what, aim, value } of missed) {
    process.stderr.write(`${part}: ${what}: ${value}, and the budget is ${aim}\n`);
  }
  if (missed.length > 0) process.exitCode = 1;
}
