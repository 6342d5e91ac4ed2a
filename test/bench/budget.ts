import type { Spread } from './measure.ts';
import type { Report } from './report.ts';

/** One aim and what came of it. */
export interface Budget {
  readonly what: string;
  readonly aim: string;
  readonly value: string;
  readonly isMet: boolean;
  /** What was measured, divided by the limit. */
  readonly ofLimit: number;
  /** Counted and not timed: two runs give the same. */
  readonly isExact: boolean;
}

/** A timed figure and its limit. It is judged by the median; the quartiles stand beside. */
export function atMost(what: string, limit: number, unit: string, spread: Spread | number): Budget {
  const digits = unit === '' ? 2 : 0;
  const { mid, low, high } = typeof spread === 'number' ? { mid: spread, low: spread, high: spread } : spread;
  const range = low === high ? '' : ` (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
  return {
    what,
    aim: `<= ${limit.toFixed(digits)}${unit}`,
    value: `${mid.toFixed(digits)}${unit}${range}`,
    isMet: mid <= limit,
    ofLimit: mid / limit,
    isExact: false,
  };
}

/** A counted figure and its limit. */
export function countAtMost(what: string, limit: number, count: number, unit = ''): Budget {
  const isMet = count <= limit;
  return {
    what,
    aim: `<= ${limit}${unit}`,
    value: `${count}${unit}`,
    isMet,
    ofLimit: count / limit,
    isExact: true,
  };
}

/** What must not be at all. @param found what is there although it must not */
export function never(what: string, found: readonly string[]): Budget {
  const isMet = found.length === 0;
  const value = isMet ? 'never' : found.join(', ');
  return { what, aim: 'never', value, isMet, ofLimit: isMet ? 0 : Number.POSITIVE_INFINITY, isExact: true };
}

export function reportBudgets(report: Report, budgets: readonly Budget[]): void {
  report.line('\n### Budgets');
  report.table(
    ['what', 'aim', 'measured', ''],
    budgets.map(({ what, aim, value, isMet }) => [what, aim, value, isMet ? 'met' : 'MISSED']),
  );
}
