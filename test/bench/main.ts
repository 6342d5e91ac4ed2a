import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Budget, functionBudgets, systemBudgets } from './budgets.ts';
import { type Calls, callsPerOperation, startUp } from './calls.ts';
import { dollarsPerMillion } from './costs.ts';
import { type Measured, measure, median, paired, ratio } from './measure.ts';
import { reloadTimes } from './reload.ts';
import { initSize } from './size.ts';
import { reportScale, SCALE_COUNTS } from './report-scale.ts';
import { measureScale } from './scale.ts';
import { BESIDE, type Subject, subjectsOf } from './subjects.ts';
import { line, table } from './table.ts';

/**
 * `npm run bench [-- rounds]`: what the built functions cost, beside a bare handler and the usual stack, in one run.
 * `npm run bench -- scale [counts]`: what a plugin costs among 1, 10, 50 and 100, or so many; it fails when the growth is worse than linear.
 * Milliseconds are this machine's; the ratios are what counts.
 */
const rounds = Number(process.argv[2] ?? 9);
const workDir = mkdtempSync(join(tmpdir(), 'anineeplus-bench-'));
const root = join(import.meta.dirname, '../..');

try {
  if (process.argv[2] === 'scale') {
    const given = process.argv.slice(3).map(Number);
    const budgets = reportScale(await measureScale(given.length > 0 ? given : SCALE_COUNTS));
    reportBudgets(budgets);
    const worse = budgets.filter(({ what, isMet }) => what.startsWith('growth') && !isMet);
    if (worse.length > 0) process.exitCode = 1;
    line(worse.length > 0 ? '\nIt grows worse than linearly.' : '\nNothing grows worse than linearly.');
  } else await benchFunctions();
} finally {
  rmSync(workDir, { recursive: true, force: true });
}

async function benchFunctions(): Promise<void> {
  const assemblyDir = join(workDir, 'cdk.out');
  const synthMs = synth(assemblyDir);
  const subjects = await subjectsOf(assemblyDir, workDir);
  const measured = await measure(subjects, { cold: rounds, warm: Math.max(3, Math.floor(rounds / 3)) });
  reportCold(subjects, measured);
  reportWarm(subjects, measured);
  const calls = await callsPerOperation();
  reportCalls(calls);
  await reportCosts();
  const { firstAnswerMs } = await startUp(root);
  const reloadMs = median(await reloadTimes());
  line(`\nSynth of this project, bundles as the cache has them, validation off: ${synthMs.toFixed(0)} ms`);
  reportBudgets([...functionBudgets(measured), ...systemBudgets({ calls, firstAnswerMs, reloadMs })]);
  line(
    'Not measured here: many plugins (npm run bench -- scale), the init that a further provider adds, and load (npm run bench:load).',
  );
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

function reportCold(subjects: readonly Subject[], measured: Measured): void {
  line(`## Cold start (${rounds} rounds, fresh processes, network stubbed in the first call)`);
  line(
    'Medians; ratios are the medians of the ratios within a round. Only the payment flow has an init+first ratio.',
  );
  const rows = subjects.flatMap((subject) => {
    const samples = measured.get(subject.name);
    if (!samples) return [];
    const size = initSize(subject.entry);
    const toUsual = (figure: 'initMs' | 'sumMs') =>
      paired(measured, figure, [subject.name, BESIDE.usual], ratio).toFixed(2);
    return [
      [
        subject.name,
        size.minKb.toFixed(0),
        size.gzipKb.toFixed(0),
        median(samples.initMs).toFixed(1),
        toUsual('initMs'),
        subject.flow ? median(samples.sumMs).toFixed(1) : '',
        subject.flow === 'create' ? toUsual('sumMs') : '',
        median(samples.rssMb).toFixed(0),
        samples.undici ? 'yes' : 'no',
      ],
    ];
  });
  table(
    [
      'function',
      'KB min',
      'KB gzip',
      'init ms',
      '/ usual',
      'init+first ms',
      '/ usual',
      'RSS MB',
      'undici at init',
    ],
    rows,
  );
}

function reportWarm(subjects: readonly Subject[], measured: Measured): void {
  line('\n## Warm calls (network stubbed, thread CPU time; the first 3,000 calls are not counted)');
  const rows = subjects.flatMap(({ name, flow }) =>
    flow ? [[name, flow, median(measured.get(name)?.warmUs ?? []).toFixed(0)]] : [],
  );
  table(['subject', 'flow', 'us per call'], rows);
}

function reportCalls(calls: readonly Calls[]): void {
  line('\n## Calls per operation (registry and configuration already cached)');
  table(
    ['operation', 'database', 'provider'],
    calls.map(({ operation, database, provider }) => [operation, String(database), String(provider)]),
  );
}

async function reportCosts(): Promise<void> {
  const { asOf, lines } = await dollarsPerMillion();
  line(`\n## Dollars per million payments (create + webhook + get; us-east-1, list prices of ${asOf})`);
  const rows = lines.map(({ what, perPayment, dollars }) => [what, String(perPayment), dollars.toFixed(2)]);
  const total = lines.reduce((sum, { dollars }) => sum + dollars, 0);
  table(['what', 'per payment', '$ per million'], [...rows, ['all', '', total.toFixed(2)]]);
  line('Left out: logs, custom metrics, alarms, secrets, keys, data transfer, and what the provider takes.');
}

function reportBudgets(budgets: readonly Budget[]): void {
  line('\n## Budgets');
  table(
    ['what', 'aim', 'measured', ''],
    budgets.map(({ what, aim, value, isMet }) => [what, aim, value, isMet ? 'met' : 'MISSED']),
  );
}
