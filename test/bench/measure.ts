import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Subject } from './subjects.ts';

/** Samples of one subject, one per round. */
export interface Samples {
  readonly initMs: number[];
  /**
   * Init and the first call of another process, added: that init also begins what the first call needs. Empty without a
   * flow.
   */
  readonly sumMs: number[];
  readonly warmUs: number[];
  readonly rssMb: number[];
  undici: boolean;
}

export type Measured = ReadonlyMap<string, Samples>;
export type Figure = 'initMs' | 'sumMs' | 'warmUs';

/** Makes a function begin at init what its first call needs, as Lambda does. Nobody answers there: the network is stubbed. */
const IN_LAMBDA = { AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001' };

/** One fresh process for one figure. */
export function child<T>(subject: Subject, mode: 'init' | 'first' | 'warm' | 'throttled'): Promise<T> {
  const { entry, exportName, eventFile, environment } = subject;
  const script = join(import.meta.dirname, 'child.ts');
  return new Promise((resolve, reject) => {
    const run = spawn(process.execPath, [script, mode, entry, exportName, eventFile], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...environment,
        ...(mode !== 'init' && IN_LAMBDA),
        PATH: process.env.PATH,
        NODE_NO_WARNINGS: '1',
      },
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

/** All subjects take turns in every round, so that a slow moment of the machine hits all alike. */
export async function measure(
  subjects: readonly Subject[],
  rounds: { readonly cold: number; readonly warm: number },
): Promise<Measured> {
  const measured = new Map<string, Samples>(
    subjects.map(({ name }) => [name, { initMs: [], sumMs: [], warmUs: [], rssMb: [], undici: false }]),
  );
  const each = async (count: number, run: (subject: Subject, samples: Samples) => Promise<void>) => {
    for (let round = 0; round < count; round += 1) {
      for (const subject of subjects) {
        const samples = measured.get(subject.name);
        if (samples) await run(subject, samples);
      }
    }
  };
  await each(rounds.cold, async (subject, samples) => {
    const cold = await child<{ initMs: number; rssMb: number; undici: boolean }>(subject, 'init');
    samples.initMs.push(cold.initMs);
    samples.rssMb.push(cold.rssMb);
    samples.undici ||= cold.undici;
    if (!subject.flow) return;
    const first = await child<{ initMs: number; firstMs: number }>(subject, 'first');
    samples.sumMs.push(first.initMs + first.firstMs);
  });
  await each(rounds.warm, async (subject, samples) => {
    if (subject.flow) samples.warmUs.push((await child<{ warmUs: number }>(subject, 'warm')).warmUs);
  });
  return measured;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Median and quartiles. */
export interface Spread {
  readonly low: number;
  readonly mid: number;
  readonly high: number;
}

function quantile(values: readonly number[], at: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * at + 0.5)] ?? Number.NaN;
}

export const spreadOf = (values: readonly number[]): Spread => ({
  low: quantile(values, 0.25),
  mid: quantile(values, 0.5),
  high: quantile(values, 0.75),
});

/** What `compare` makes of two subjects' figures in the same round, over all rounds. */
export function paired(
  measured: Measured,
  figure: Figure,
  [ours, other]: readonly [string, string],
  compare: (ours: number, other: number) => number,
): Spread {
  const [a, b] = [measured.get(ours)?.[figure] ?? [], measured.get(other)?.[figure] ?? []];
  return spreadOf(a.map((value, round) => compare(value, b[round] ?? Number.NaN)));
}

export const ratio = (ours: number, other: number): number => ours / other;
export const difference = (ours: number, other: number): number => ours - other;
