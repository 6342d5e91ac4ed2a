import * as z from 'zod/mini';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DAYS_MAX = 3650;

/** Milliseconds of a duration such as `90s` or `7d`; undefined when it is none or longer than ten years. */
export function durationMs(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? [];
  const unitMs = UNIT_MS[unit ?? ''];
  if (count === undefined || unitMs === undefined) return undefined;
  const totalMs = Number(count) * unitMs;
  return totalMs <= DAYS_MAX * 86_400_000 ? totalMs : undefined;
}

const DELAY_MAX_MS = 600_000;

/** A wait that a tester orders. */
export const delayMs = z.int().check(z.minimum(0), z.maximum(DELAY_MAX_MS));
