import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callsPerOperation, startUp } from './calls.ts';
import { coldRuns, warmRuns } from './measure.ts';
import { initSize } from './size.ts';
import { type Subject, subjectsOf } from './subjects.ts';

/**
 * `npm run bench [-- rounds]`: what the built functions cost, beside a bare handler and the usual stack, in one run.
 * Milliseconds are this machine's; the ratios are what counts.
 */
const rounds = Number(process.argv[2] ?? 9);
const workDir = mkdtempSync(join(tmpdir(), 'anineeplus-bench-'));
const root = join(import.meta.dirname, '../..');
const line = (text = '') => process.stdout.write(`${text}\n`);

try {
  const assemblyDir = join(workDir, 'cdk.out');
  const synthMs = synth(assemblyDir);
  const subjects = await subjectsOf(assemblyDir, workDir);
  await reportInit(subjects);
  await reportWarm(subjects);
  await reportCalls();
  line('\n## Synth and start');
  line(`synth, bundles included, validation off: ${Math.round(synthMs)} ms`);
  const { firstAnswerMs } = await startUp(root);
  line(`npm start to the first 200 of GET /plugins: ${Math.round(firstAnswerMs)} ms`);
} finally {
  rmSync(workDir, { recursive: true, force: true });
}

function synth(outdir: string): number {
  const start = performance.now();
  const run = spawnSync(process.execPath, ['infra/app.ts'], {
    cwd: root,
    env: { ...process.env, CDK_OUTDIR: outdir, ANINEEPLUS_SYNTH: 'local' },
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`synth failed: ${run.stderr}`);
  return performance.now() - start;
}

async function reportInit(subjects: readonly Subject[]): Promise<void> {
  const cold = await coldRuns(subjects, rounds);
  const usual = cold.get('usual stack');
  line(`## Cold start (${rounds} rounds, fresh processes, network stubbed in the first call)`);
  line(
    '| function | KB min | KB gzip | init ms | init / usual | init+first ms | / usual | RSS MB | undici |',
  );
  line('|---|---:|---:|---:|---:|---:|---:|---:|---|');
  for (const subject of subjects) {
    const size = initSize(subject.entry);
    const run = cold.get(subject.name);
    if (!run || !usual) continue;
    const sum = run.firstMs === undefined ? undefined : run.initMs + run.firstMs;
    const usualSum = usual.initMs + (usual.firstMs ?? 0);
    const comparable = subject.flow === 'create' && sum !== undefined;
    const cells = [
      subject.name,
      size.minKb.toFixed(0),
      size.gzipKb.toFixed(0),
      run.initMs.toFixed(1),
      (run.initMs / usual.initMs).toFixed(2),
      sum?.toFixed(1) ?? '',
      comparable ? (sum / usualSum).toFixed(2) : '',
      run.rssMb.toFixed(0),
      run.undici ? 'yes' : 'no',
    ];
    line(`| ${cells.join(' | ')} |`);
  }
}

async function reportWarm(subjects: readonly Subject[]): Promise<void> {
  const measured = subjects.filter((subject) => subject.flow);
  const warm = await warmRuns(measured, Math.max(3, Math.floor(rounds / 3)));
  line('\n## Warm calls (network stubbed)');
  line('| subject | us per call |');
  line('|---|---:|');
  for (const [name, warmUs] of warm) line(`| ${name} | ${warmUs.toFixed(0)} |`);
  const pipelineUs = (warm.get('simple-plugin.api') ?? 0) - (warm.get('list by hand') ?? 0);
  line(`pipeline above the same work by hand: ${pipelineUs.toFixed(0)} us per call`);
}

async function reportCalls(): Promise<void> {
  line('\n## Calls per operation (registry and configuration already cached)');
  line('| operation | database | provider |');
  line('|---|---:|---:|');
  for (const { operation, database, provider } of await callsPerOperation()) {
    line(`| ${operation} | ${database} | ${provider} |`);
  }
}
