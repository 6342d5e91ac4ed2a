import { atMost, type Budget } from './budgets.ts';
import { growth, growthBase, perPlugin, type Scale, type ScaleFigure } from './scale.ts';
import { line, table } from './table.ts';

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

/** The numbers of plugins that are measured. */
export const SCALE_COUNTS = [1, 10, 50, 100] as const;

/** Prints what a plugin costs among many. @returns the budgets, of which growth is one for each figure */
export function reportScale(scales: readonly Scale[]): readonly Budget[] {
  line('## Scale: generated plugins of three functions, a table and a configuration each');
  const base = growthBase(scales)?.count;
  if (base !== undefined)
    line(
      `In parentheses: the cost of each plugin beyond the first, divided by the same with ${base} plugins.`,
    );
  const figures = Object.keys(FIGURES) as ScaleFigure[];
  const cell = (at: Scale, figure: ScaleFigure) =>
    `${at[figure].toFixed(0)} ms${at.count === 1 || base === undefined ? '' : ` (${growth(scales, at, figure).toFixed(2)})`}`;
  table(
    ['plugins', ...figures.map((figure) => FIGURES[figure]), 'longest health call'],
    scales.map((at) => [
      String(at.count),
      ...figures.map((figure) => cell(at, figure)),
      `${at.longestCall.toFixed(0)} ms`,
    ]),
  );
  const most = scales.at(-1);
  if (!most) return [];
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
