import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Budget } from './budget.ts';

const FILE = join(import.meta.dirname, 'RESULTS.md');
const INTRO = `Written by \`npm run bench\`: each part is the last run of it. Milliseconds are those of the machine named there; the
ratios, and what is counted, are what can be compared.
`;
/** Two runs of the same code differ by less. */
const NOISE = 1.1;

/** The parts of the record by their names, in the order of the file. */
function parts(): Map<string, string> {
  const text = existsSync(FILE) ? readFileSync(FILE, 'utf8') : '';
  return new Map(
    text
      .split(/^## (?=\w+$)/m)
      .slice(1)
      .map((part) => {
        const end = part.indexOf('\n');
        return [part.slice(0, end), part.slice(end + 1).trim()];
      }),
  );
}

/** Puts a run of one part into the record, in place of the one before. */
export function record(part: string, text: string): void {
  const all = parts();
  all.set(part, `${runOf()}\n\n${text.trim()}`);
  const body = [...all].map(([name, content]) => `## ${name}\n\n${content}\n`);
  writeFileSync(FILE, ['# Results of the bench\n', INTRO, ...body].join('\n'));
}

function runOf(): string {
  const [cpu] = cpus();
  const memoryGib = Math.round(totalmem() / 2 ** 30);
  const machine = `${cpus().length} x ${cpu?.model ?? 'unknown'}, ${memoryGib} GiB, ${process.platform} ${process.arch}`;
  return `${new Date().toISOString().slice(0, 10)}, ${machine}, Node ${process.version}`;
}

/** The budgets that the record calls missed. */
function missedBefore(part: string): ReadonlySet<string> {
  const rows = (parts().get(part) ?? '').split('\n').map((row) => row.split('|').map((cell) => cell.trim()));
  return new Set(rows.flatMap(([, what = '', , , verdict]) => (verdict === 'MISSED' ? [what] : [])));
}

/**
 * The budgets that a run breaks: missed now, and not on record as missed. A timed one may exceed its limit by a tenth,
 * since so much is noise; a counted one may not.
 */
export function broken(part: string, budgets: readonly Budget[]): readonly Budget[] {
  const missed = missedBefore(part);
  return budgets.filter(
    ({ what, isMet, isExact, ofLimit }) => !isMet && !missed.has(what) && (isExact || ofLimit > NOISE),
  );
}
