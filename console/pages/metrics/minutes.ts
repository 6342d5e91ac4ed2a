import type { OperationMetrics } from './types.ts';

/** When each minute begins, as the points of series have it. */
export function minutesOf({ from, to, stepSeconds }: OperationMetrics): readonly string[] {
  const [begin, end] = [Date.parse(from), Date.parse(to)];
  const count = Math.round((end - begin) / (stepSeconds * 1000));
  return Array.from({ length: count }, (_, index) =>
    new Date(begin + index * stepSeconds * 1000).toISOString(),
  );
}
