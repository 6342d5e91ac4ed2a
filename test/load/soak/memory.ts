import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { descendantsOf } from '#testing/processes.ts';
import { line, table } from '../report.ts';

/** Resident memory in MiB by what a process is; several of one kind, such as the environments of a function, in one list. */
type Sample = ReadonlyMap<string, readonly number[]>;

export interface MemoryLog {
  take(moment: string): void;
  report(): void;
}

/** Samples of the memory of a process and all below it, from /proc; none where there is no /proc. */
export function createMemoryLog(pid: number): MemoryLog {
  const samples = new Map<string, Sample>();
  return {
    take: (moment) => void samples.set(moment, sample(pid)),
    report() {
      line('\n## Memory of each process, MiB resident');
      const names = new Set([...samples.values()].flatMap((one) => [...one.keys()]));
      if (names.size === 0) return line('not known: this machine has no /proc');
      table(
        ['process', ...samples.keys(), 'growth from middle to end'],
        [...names].sort().map((name) => {
          const all = [...samples.values()].map((one) => one.get(name) ?? []);
          const [middle = [], end = []] = all.slice(-2);
          return [name, ...all.map((some) => some.join(', ')), growth(middle, end)];
        }),
      );
    },
  };
}

/** Of the largest of each kind. */
function growth(before: readonly number[], after: readonly number[]): string {
  if (before.length === 0 || after.length === 0) return '';
  return `${Math.round((Math.max(...after) / Math.max(...before) - 1) * 100)} %`;
}

function sample(pid: number): Sample {
  const processes = [pid, ...descendantsOf(pid)].flatMap((one) => {
    const memoryMb = residentMb(one);
    return memoryMb === undefined ? [] : [{ name: one === pid ? 'runner' : nameOf(one), memoryMb }];
  });
  const groups = Map.groupBy(processes, ({ name }) => name);
  return new Map(
    [...groups].map(([name, all]) => [name, all.map(({ memoryMb }) => memoryMb).toSorted((a, b) => a - b)]),
  );
}

function residentMb(pid: number): number | undefined {
  const kb = /VmRSS:\s+(\d+) kB/.exec(read(pid, 'status'))?.[1];
  return kb === undefined ? undefined : Math.round(Number(kb) / 1024);
}

/** The function that a process runs, else its program. */
function nameOf(pid: number): string {
  const lambda = /(?:^|\0)AWS_LAMBDA_FUNCTION_NAME=([^\0]+)/.exec(read(pid, 'environ'))?.[1];
  if (lambda !== undefined) return lambda.replace('anineeplus-local-', '');
  const words = read(pid, 'cmdline').split('\0');
  const script = words.find((word) => /\.m?[jt]s$/.test(word));
  return script === undefined ? basename(words[0] ?? '') : script.split('/').slice(-3).join('/');
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // It has ended, or there is no /proc.
    return '';
  }
}
