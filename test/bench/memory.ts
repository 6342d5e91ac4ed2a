import { join } from 'node:path';
import { platformRoot } from '#testing/project.ts';
import { PRICES } from '#infra/cli/cost/prices.ts';
import { cpuShareOf } from './cpu-share.ts';
import { child, median } from './measure.ts';
import type { Report } from './report.ts';
import { functionSubjects, type Subject } from './subjects.ts';
import { synthesize } from './synthesize.ts';

const SIZES_MB = [128, 256, 512, 1024, 1769] as const;
const SAMPLES = 5;
/** Waited for at every size; the flows of payments call the provider once. */
const PROVIDER_MS: Readonly<Partial<Record<string, number>>> = { create: 300, webhook: 300 };

interface Throttled {
  readonly initMs: number;
  readonly firstMs: number;
  readonly warmMs: number;
  readonly rssMb: number;
}

/**
 * What a call takes, and costs, with the share of a processor that Lambda gives at each size of memory. Init runs at full
 * speed at every size, as on Lambda.
 */
export async function benchMemory(report: Report, { workDir }: { readonly workDir: string }): Promise<[]> {
  report.line(
    'First and warm calls with the network stubbed, throttled as Lambda throttles; dollars for a million warm calls of arm64,',
  );
  report.line('with 300 ms of waiting for the provider in create and webhook.');
  const probe = cpuShareOf(SIZES_MB[0]);
  if (!probe) {
    report.line('\nNot measured: this process may not make control groups for the processor.');
    return [];
  }
  probe.remove();
  const assemblyDir = join(workDir, 'cdk.out');
  synthesize(platformRoot, assemblyDir);
  const subjects = (await functionSubjects(assemblyDir, workDir)).filter(({ flow }) => flow);
  const rows: string[][] = [];
  for (const subject of subjects) {
    for (const size of SIZES_MB) rows.push(await rowOf(subject, size));
  }
  report.table(['function', 'flow', 'MB', 'RSS MB', 'init ms', 'first ms', 'warm ms', '$ per million'], rows);
  return [];
}

async function rowOf(subject: Subject, size: number): Promise<string[]> {
  const samples: Throttled[] = [];
  const share = cpuShareOf(size);
  if (!share) throw new Error(`No control group for ${size} MB`);
  try {
    const environment = { ...subject.environment, BENCH_CPU_GROUP: share.joinFile };
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      samples.push(await child<Throttled>({ ...subject, environment }, 'throttled'));
    }
  } finally {
    share.remove();
  }
  const figure = (name: keyof Throttled) => median(samples.map((sample) => sample[name]));
  // Lambda bills whole milliseconds.
  const billedMs = Math.ceil(figure('warmMs') + (PROVIDER_MS[subject.flow ?? ''] ?? 0));
  const dollars = (billedMs / 1_000) * (size / 1_024) * PRICES.gigabyteSeconds + PRICES.invocations;
  return [
    subject.name,
    subject.flow ?? '',
    String(size),
    figure('rssMb').toFixed(0),
    figure('initMs').toFixed(0),
    figure('firstMs').toFixed(0),
    figure('warmMs').toFixed(1),
    dollars.toFixed(2),
  ];
}
