/** A duration with three digits at most: `8.4 ms`, `1.25 s`. */
export function durationText(ms: number | null): string {
  if (ms === null) return '–';
  if (ms >= 1000) return `${(ms / 1000).toLocaleString(undefined, { maximumSignificantDigits: 3 })} s`;
  return `${ms.toLocaleString(undefined, { maximumSignificantDigits: 3 })} ms`;
}

/** A part of a whole in percent. */
export const shareText = (part: number, whole: number): string =>
  (whole === 0 ? 0 : part / whole).toLocaleString(undefined, { style: 'percent', maximumFractionDigits: 1 });
