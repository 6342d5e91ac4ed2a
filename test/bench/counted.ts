import { type Budget, reportBudgets } from './budget.ts';
import { callBudgets, callsPerOperation } from './calls.ts';
import { dollarsPerMillion } from './costs.ts';
import type { Report } from './report.ts';

/** What two runs of the same code count alike: code loaded at init, calls, write units and what they cost. */
export async function benchCounted(report: Report): Promise<readonly Budget[]> {
  const calls = await callsPerOperation();
  report.line('### Calls per operation (registry and configuration already cached)');
  report.table(
    ['operation', 'database', 'provider'],
    calls.map(({ operation, database, provider }) => [operation, String(database), String(provider)]),
  );
  await reportCosts(report);
  const budgets = [...callBudgets(calls)];
  reportBudgets(report, budgets);
  return budgets;
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
