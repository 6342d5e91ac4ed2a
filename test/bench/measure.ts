import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Subject } from './subjects.ts';

export interface Cold {
  readonly initMs: number;
  readonly firstMs?: number;
  readonly rssMb: number;
  readonly undici: boolean;
}

/** One fresh process for one figure. */
function child<T>(subject: Subject, mode: 'init' | 'first' | 'warm'): Promise<T> {
  const { entry, exportName, eventFile, environment } = subject;
  const script = join(import.meta.dirname, 'child.ts');
  return new Promise((resolve, reject) => {
    const run = spawn(process.execPath, [script, mode, entry, exportName, eventFile], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...environment, PATH: process.env.PATH, NODE_NO_WARNINGS: '1' },
    });
    let output = '';
    run.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    run.on('close', (code) => {
      const line = output.trim().split('\n').at(-1) ?? '';
      if (code === 0 && line.startsWith('{')) resolve(JSON.parse(line) as T);
      else reject(new Error(`${subject.name} (${mode}) failed: ${output.slice(-2_000)}`));
    });
  });
}

/** Medians over `rounds` in which all subjects take turns, so that a slow moment of the machine hits all alike. */
export async function coldRuns(subjects: readonly Subject[], rounds: number): Promise<Map<string, Cold>> {
  const samples = new Map(subjects.map(({ name }) => [name, { init: [] as Cold[], first: [] as number[] }]));
  for (let round = 0; round < rounds; round += 1) {
    for (const subject of subjects) {
      const sample = samples.get(subject.name);
      sample?.init.push(await child<Cold>(subject, 'init'));
      if (subject.flow) sample?.first.push((await child<{ firstMs: number }>(subject, 'first')).firstMs);
    }
  }
  return new Map(
    [...samples].map(([name, { init, first }]) => [
      name,
      {
        initMs: median(init.map((run) => run.initMs)),
        rssMb: median(init.map((run) => run.rssMb)),
        undici: init.some((run) => run.undici),
        ...(first.length > 0 && { firstMs: median(first) }),
      },
    ]),
  );
}

/** Microseconds per warm call, the median of `rounds` processes. */
export async function warmRuns(subjects: readonly Subject[], rounds: number): Promise<Map<string, number>> {
  const samples = new Map<string, number[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const subject of subjects) {
      const { warmUs } = await child<{ warmUs: number }>(subject, 'warm');
      samples.set(subject.name, [...(samples.get(subject.name) ?? []), warmUs]);
    }
  }
  return new Map([...samples].map(([name, values]) => [name, median(values)]));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
