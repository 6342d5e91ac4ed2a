import { join } from 'node:path';
import { platformRoot } from '#testing/project.ts';
import { atMost, type Budget, reportBudgets } from './budget.ts';
import { difference, type Figure, measure, type Measured, median, paired, ratio } from './measure.ts';
import type { Report } from './report.ts';
import { functionSubjects, GET } from './subjects.ts';
import { synthesize } from './synthesize.ts';
import { TRACING, tracedName, tracedSubjects } from './traced-subjects.ts';
import { tracedCalls } from './traced-system.ts';

interface Run {
  readonly rounds: number;
  readonly workDir: string;
}

const FLOWS = ['create', 'get', 'webhook'];
/** What two builds of the same code differ by. */
const NOISE = 1.02;

/** What tracing costs the payment plugin: left out, off, on without and with sampling, and in the local system. */
export async function benchTracing(report: Report, { rounds, workDir }: Run): Promise<readonly Budget[]> {
  const assemblyDir = join(workDir, 'cdk.out');
  synthesize(platformRoot, assemblyDir);
  const names = ['payment.api', GET, 'payment.webhook-stripe'];
  const flows = (await functionSubjects(assemblyDir, workDir)).filter(({ name }) => names.includes(name));
  const subjects = await tracedSubjects(flows, workDir);
  const counts = { cold: 3 * rounds, warm: Math.max(3, rounds) };
  const measured = await measure(subjects, counts);
  reportCost(report, measured, counts);
  await reportLocal(report);
  const budgets = budgetsOf(measured);
  reportBudgets(report, budgets);
  return budgets;
}

function reportCost(
  report: Report,
  measured: Measured,
  { cold, warm }: { readonly cold: number; readonly warm: number },
): void {
  report.line(`### Functions (${cold} rounds of fresh processes, ${warm} of warm calls, network stubbed)\n`);
  report.line(
    `Medians; a ratio to "${TRACING.without}" is the median of the ratios within a round, with its quartiles. Built`,
  );
  report.line(
    'without tracing, a function has neither spans nor trace ids in logs, events and answers. Where a call is sampled,',
  );
  report.line('its spans are made, written as OTLP, signed and sent before it ends.');
  const rows = FLOWS.flatMap((flow) =>
    Object.values(TRACING).map((tracing) => {
      const name = tracedName(flow, tracing);
      const base = tracedName(flow, TRACING.without);
      const toBase = (figure: Figure): string => {
        if (name === base) return '';
        const { low, mid, high } = paired(measured, figure, [name, base], ratio);
        return `${mid.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
      };
      const more = paired(measured, 'warmUs', [name, base], difference).mid;
      const samples = measured.get(name);
      return [
        name,
        median(samples?.initMs ?? []).toFixed(1),
        toBase('initMs'),
        median(samples?.sumMs ?? []).toFixed(1),
        toBase('sumMs'),
        median(samples?.warmUs ?? []).toFixed(0),
        toBase('warmUs'),
        name === base ? '' : more.toFixed(0),
      ];
    }),
  );
  report.table(['flow', 'init ms', '/', 'init+first ms', '/', 'warm us', '/', 'more us'], rows);
}

async function reportLocal(report: Report): Promise<void> {
  report.line('\n### Local system, over HTTP (two systems at once, called by turns)');
  const rows = (await tracedCalls()).map(({ call, off, on, ratio: { low, mid, high } }) => [
    call,
    off.toFixed(1),
    on.toFixed(1),
    `${mid.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`,
  ]);
  report.table(['call', 'off ms', 'on (the default) ms', 'on / off'], rows);
}

/** Off must not cost: the figures of the same rounds, with it and without. */
function budgetsOf(measured: Measured): Budget[] {
  const figures: readonly (readonly [Figure, string])[] = [
    ['initMs', 'init'],
    ['sumMs', 'init + first call'],
    ['warmUs', 'warm call'],
  ];
  return FLOWS.flatMap((flow) =>
    figures.map(([figure, what]) => {
      const both = [tracedName(flow, TRACING.off), tracedName(flow, TRACING.without)] as const;
      return atMost(
        `${what} of ${flow}, tracing off / without`,
        NOISE,
        '',
        paired(measured, figure, both, ratio),
      );
    }),
  );
}
