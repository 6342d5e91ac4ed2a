import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { buildPaymentCopy, editFile } from './payment-copy.ts';
import type { Subject } from './subjects.ts';

const RUNTIME = 'functions/runtime';

/** What the payment plugin's functions are measured with. */
export const TRACING = {
  without: 'without tracing',
  off: 'off',
  unsampled: 'on, not sampled',
  sampled: 'on, sampled',
} as const;
export type Tracing = (typeof TRACING)[keyof typeof TRACING];

/** The name of one flow, measured so. */
export const tracedName = (flow: string, tracing: Tracing): string => `${flow}, ${tracing}`;

/** As X-Ray's endpoint is called by default, with the decision of the ratio. */
const on = (ratio: string) => ({ ANINEEPLUS_TRACING: 'xray', ANINEEPLUS_TRACING_RATIO: ratio });

/** The runtime as it would be without spans, and without the ids that stand in logs, events and calls where they are off. */
function leaveTracingOut(project: string): void {
  writeFileSync(
    join(project, RUNTIME, 'middleware/tracing.ts'),
    'export const traced = (_spans: unknown, _invocation: unknown, run: () => Promise<unknown>) => run();\n',
  );
  const base = join(project, RUNTIME, 'base-runtime.ts');
  editFile(base, "import { loadSpans, type SpanSource } from './telemetry/load-spans.ts';", '');
  editFile(
    base,
    'loadSpans(tracing && { ...tracing, plugin: name, functionName, stage }, telemetry.log)',
    '() => undefined',
  );
}

/** Each flow of the payment plugin: built without tracing, with it switched off, and with it switched on. */
export async function tracedSubjects(flows: readonly Subject[], workDir: string): Promise<Subject[]> {
  const folders = { without: join(workDir, 'without-tracing'), within: join(workDir, 'with-tracing') };
  const entries = ['functions/api.ts', 'functions/webhook-stripe.ts'];
  await buildPaymentCopy({ name: 'payment', entries, outDir: folders.without, edit: leaveTracingOut });
  await buildPaymentCopy({ name: 'payment', entries, outDir: folders.within, edit: () => {} });
  return flows.flatMap((flow) => {
    const measured = (tracing: Tracing, directory: string, more: Subject['environment'] = {}): Subject => ({
      ...flow,
      name: tracedName(flow.flow ?? '', tracing),
      directory,
      entry: join(directory, relative(flow.directory, flow.entry)),
      environment: { ...flow.environment, ...more },
    });
    return [
      measured(TRACING.without, folders.without),
      measured(TRACING.off, folders.within),
      measured(TRACING.unsampled, folders.within, on('0')),
      measured(TRACING.sampled, folders.within, on('1')),
    ];
  });
}
