import { type Budget, countAtMost, reportBudgets } from './budget.ts';
import { closureBudgets, reportClosures } from './closure-budgets.ts';
import { projectClosures } from './closure.ts';
import { callBudgets, callsPerOperation } from './calls.ts';
import { dollarsPerMillion } from './costs.ts';
import type { Report } from './report.ts';
import { PAID_PAYMENT, type FlowUnits, writeUnitsPerFlow } from './units.ts';

const PAID_PAYMENT_WRITE_UNITS_MAX = 24;

/** What two runs of the same code count alike: code loaded at init, calls, write units and what they cost. */
export async function benchCounted(
  report: Report,
  { workDir }: { readonly workDir: string },
): Promise<readonly Budget[]> {
  const closures = await projectClosures(workDir);
  reportClosures(report, closures);
  const calls = await callsPerOperation();
  report.line('\n### Calls per operation (registry and configuration already cached)');
  report.table(
    ['operation', 'database', 'provider'],
    calls.map(({ operation, database, provider }) => [operation, String(database), String(provider)]),
  );
  const units = await writeUnitsPerFlow();
  reportUnits(report, units);
  await reportCosts(report);
  const budgets = [...closureBudgets(closures), ...callBudgets(calls), unitBudget(units)];
  reportBudgets(report, budgets);
  return budgets;
}

/** The items that a flow writes, in their order, with their bytes, units and those of their indexes. */
function reportUnits(report: Report, flows: readonly FlowUnits[]): void {
  report.line('\n### DynamoDB units per flow');
  report.table(
    ['flow', 'write units', 'read units', 'items written'],
    flows.map(({ flow, writeUnits, readUnits, written }) => [
      flow,
      String(writeUnits),
      String(readUnits),
      written
        .map(({ kind, bytes, units, indexUnits }) => {
          const indexes = Object.entries(indexUnits).map(([name, count]) => ` + ${count} ${name}`);
          return `${kind} ${bytes} B: ${units}${indexes.join('')}`;
        })
        .join('; '),
    ]),
  );
}

function unitBudget(flows: readonly FlowUnits[]): Budget {
  const paid = flows.find(({ flow }) => flow === PAID_PAYMENT);
  if (paid === undefined) throw new Error(`No flow ${PAID_PAYMENT}`);
  return countAtMost('write units per paid payment', PAID_PAYMENT_WRITE_UNITS_MAX, paid.writeUnits);
}

async function reportCosts(report: Report): Promise<void> {
  const { asOf, lines } = await dollarsPerMillion();
  report.line(
    `\n### Dollars per million payments (create + webhook + get; us-east-1, list prices of ${asOf})`,
  );
  const rows = lines.map(({ what, perPayment, dollars }) => [what, String(perPayment), dollars.toFixed(2)]);
  const total = lines.reduce((sum, { dollars }) => sum + dollars, 0);
  report.table(['what', 'per payment', '$ per million'], [...rows, ['all', '', total.toFixed(2)]]);
  report.line(
    '\nLeft out: logs, custom metrics, alarms, secrets, keys, data transfer, and what the provider takes.',
  );
}
