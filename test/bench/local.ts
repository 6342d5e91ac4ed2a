import { atMost, type Budget, reportBudgets } from './budget.ts';
import { spreadOf } from './measure.ts';
import { reloadTimes } from './reload.ts';
import type { Report } from './report.ts';
import { START_PLUGINS, startTimes } from './start-up.ts';

/** How long a developer waits for the local system; milliseconds of this machine. */
export async function benchLocal(report: Report): Promise<readonly Budget[]> {
  const start = spreadOf(await startTimes());
  const reload = spreadOf(await reloadTimes());
  const budgets = [
    atMost(`npm start to the first 200, ${START_PLUGINS} plugins`, 3000, ' ms', start),
    atMost('hot reload of a payment operation, file written to new answer', 300, ' ms', reload),
  ];
  reportBudgets(report, budgets);
  return budgets;
}
