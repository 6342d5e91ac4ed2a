import { atMost, type Budget, reportBudgets } from './budget.ts';
import type { Report } from './report.ts';
import { growth, growthBase, measureScale, perPlugin, type Scale, type ScaleFigure } from './scale.ts';

const FIGURES: Readonly<Record<ScaleFigure, string>> = {
  synth: 'synth',
  start: 'start to the first 200',
  coldHealth: 'GET /plugins/health, cold',
  warmHealth: 'GET /plugins/health, warm',
};

/** Above 1 by what one run varies from the next. */
const GROWTH_MAX = 1.3;
/** The deadline of the check, and what the call itself takes. */
const HEALTH_CALL_MAX_MS = 9_000;

/** What a project costs with so many generated plugins: synth, start and health. */
export async function benchScale(report: Report, counts: readonly number[]): Promise<readonly Budget[]> {
  const scales = await measureScale(counts);
  reportFigures(report, scales);
  const budgets = budgetsOf(scales);
  reportBudgets(report, budgets);
  return budgets;
}

function reportFigures(report: Report, scales: readonly Scale[]): void {
  report.line('Generated plugins of three functions, a table and a configuration each.');
  const base = growthBase(scales)?.count;
  if (base !== undefined)
    report.line(
      `In parentheses: the cost of each plugin beyond the first, divided by the same with ${base} plugins.`,
    );
  const figures = Object.keys(FIGURES) as ScaleFigure[];
  const cell = (at: Scale, figure: ScaleFigure) =>
    `${at[figure].toFixed(0)} ms${at.count === 1 || base === undefined ? '' : ` (${growth(scales, at, figure).toFixed(2)})`}`;
  report.table(
    ['plugins', ...figures.map((figure) => FIGURES[figure]), 'longest health call'],
    scales.map((at) => [
      String(at.count),
      ...figures.map((figure) => cell(at, figure)),
      `${at.longestCall.toFixed(0)} ms`,
    ]),
  );
}

/** Growth is a budget for each figure. */
function budgetsOf(scales: readonly Scale[]): readonly Budget[] {
  const most = scales.at(-1);
  if (!most) return [];
  const base = growthBase(scales)?.count;
  const figures = Object.keys(FIGURES) as ScaleFigure[];
  const fifty = scales.filter(({ count }) => count === 50);
  return [
    ...(base === undefined ? [] : figures).map((figure) =>
      atMost(
        `growth of ${FIGURES[figure]}, each of ${most.count} plugins / each of ${base}`,
        GROWTH_MAX,
        '',
        growth(scales, most, figure),
      ),
    ),
    ...fifty.map(({ synth }) => atMost('synth of 50 plugins x 3 functions', 2000, ' ms', synth)),
    atMost('synth, for each plugin', 25, ' ms', perPlugin(scales, most, 'synth')),
    atMost(
      'longest GET /plugins/health',
      HEALTH_CALL_MAX_MS,
      ' ms',
      Math.max(...scales.map((s) => s.longestCall)),
    ),
  ];
}
