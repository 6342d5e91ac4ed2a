import { join } from 'node:path';
import { platformRoot } from '#testing/project.ts';
import { type Budget, atMost, never, reportBudgets } from './budget.ts';
import {
  BESIDE,
  builtSubjects,
  functionSubjects,
  FURTHER,
  furtherProviderSubject,
  type Subject,
} from './subjects.ts';
import { difference, type Figure, measure, type Measured, median, paired, ratio } from './measure.ts';
import type { Report } from './report.ts';
import { reportRuntimeClient } from './runtime-client.ts';
import { initSize } from './size.ts';
import { synthesize } from './synthesize.ts';

interface Run {
  readonly rounds: number;
  readonly workDir: string;
}

/** Cold start and warm calls of every function, beside a bare handler and the usual stack. */
export async function benchFunctions(report: Report, run: Run): Promise<readonly Budget[]> {
  const assemblyDir = join(run.workDir, 'cdk.out');
  synthesize(platformRoot, assemblyDir);
  const ours = await functionSubjects(assemblyDir, run.workDir);
  const further = ours
    .filter(({ name }) => name === PAYMENT_API)
    .map((api) => furtherProviderSubject(api, run.workDir));
  const subjects = [...(await builtSubjects(run.workDir)), ...ours, ...(await Promise.all(further))];
  const measured = await measure(subjects, {
    cold: run.rounds,
    warm: Math.max(3, Math.floor(run.rounds / 3)),
  });
  reportCold(report, subjects, measured, run.rounds);
  reportWarm(report, subjects, measured);
  await reportRuntimeClient(report, subjects, run);
  const budgets = budgetsOf(measured);
  reportBudgets(report, budgets);
  return budgets;
}

function reportCold(report: Report, subjects: readonly Subject[], measured: Measured, rounds: number): void {
  report.line(`### Cold start (${rounds} rounds, fresh processes, network stubbed in the first call)\n`);
  report.line(
    'Medians; a ratio is the median of the ratios within a round, with its quartiles. `init` is the load of the',
  );
  report.line('code; what a function begins at init for its first call stands in `init+first`.');
  const rows = subjects.flatMap((subject) => {
    const samples = measured.get(subject.name);
    if (!samples) return [];
    const size = initSize(subject.entry);
    const toUsual = (figure: Figure) => {
      const { low, mid, high } = paired(measured, figure, [subject.name, BESIDE.usual], ratio);
      return `${mid.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
    };
    return [
      [
        subject.name,
        size.minKb.toFixed(0),
        size.gzipKb.toFixed(0),
        median(samples.initMs).toFixed(1),
        toUsual('initMs'),
        subject.flow ? median(samples.sumMs).toFixed(1) : '',
        // Only the usual stack does the same.
        subject.flow === 'create' ? toUsual('sumMs') : '',
        median(samples.rssMb).toFixed(0),
        samples.undici ? 'yes' : 'no',
      ],
    ];
  });
  report.table(
    ['function', 'KB min', 'KB gzip', 'init ms', '/ usual', 'init+first ms', '/ usual', 'RSS MB', 'undici'],
    rows,
  );
}

function reportWarm(report: Report, subjects: readonly Subject[], measured: Measured): void {
  report.line(
    '\n### Warm calls (network stubbed, CPU time of the thread; the first 3,000 calls are not counted)',
  );
  const rows = subjects.flatMap(({ name, flow }) =>
    flow ? [[name, flow, median(measured.get(name)?.warmUs ?? []).toFixed(0)]] : [],
  );
  report.table(['subject', 'flow', 'us per call'], rows);
}

const PAYMENT_API = 'payment.api';
const FRONT = 'platform.graphql';

/** Aims from figures of the same rounds. */
function budgetsOf(measured: Measured): Budget[] {
  const toUsual = (figure: Figure, ours: string) => paired(measured, figure, [ours, BESIDE.usual], ratio);
  const above = (figure: Figure, ours: string, other: string) =>
    paired(measured, figure, [ours, other], difference);
  const loadUndici = [...measured].filter(([name, { undici }]) => undici && name !== BESIDE.usual);
  return [
    atMost('init of payment.api / usual stack', 0.45, '', toUsual('initMs', PAYMENT_API)),
    atMost('init + first call of payment.api / usual stack', 0.6, '', toUsual('sumMs', PAYMENT_API)),
    atMost(
      `init of payment.webhook-stripe / ${BESIDE.stripe}`,
      1.15,
      '',
      paired(measured, 'initMs', ['payment.webhook-stripe', BESIDE.stripe], ratio),
    ),
    atMost(
      'init of payment.webhook-paypal / usual stack',
      0.6,
      '',
      toUsual('initMs', 'payment.webhook-paypal'),
    ),
    atMost('init of payment.relay / usual stack', 0.3, '', toUsual('initMs', 'payment.relay')),
    atMost('init of simple-plugin.api / usual stack', 0.3, '', toUsual('initMs', 'simple-plugin.api')),
    never(
      'undici loaded at init',
      loadUndici.map(([name]) => name),
    ),
    atMost('warm create of payment.api / usual stack', 1, '', toUsual('warmUs', PAYMENT_API)),
    atMost(
      `pipeline per warm call: simple-plugin.api above ${BESIDE.byHand}`,
      60,
      ' us',
      above('warmUs', 'simple-plugin.api', BESIDE.byHand),
    ),
    atMost('GraphQL front above REST, init', 10, ' ms', above('initMs', FRONT, BESIDE.rest)),
    atMost('GraphQL front above REST, warm call', 20, ' us', above('warmUs', FRONT, BESIDE.rest)),
    atMost(
      'init of payment.api with a further provider / without',
      1.02,
      '',
      paired(measured, 'initMs', [FURTHER, PAYMENT_API], ratio),
    ),
  ];
}
