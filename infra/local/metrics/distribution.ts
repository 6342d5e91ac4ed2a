/** Values of a period by magnitude, each within half a percent, so that their number does not matter. */
export type Distribution = Map<number, number>;

const BASE = Math.log(1.01);

/** Zero and what is below have a bucket of their own. */
const magnitudeOf = (value: number): number => (value > 0 ? Math.round(Math.log(value) / BASE) : -Infinity);

const valueOf = (magnitude: number): number => (magnitude === -Infinity ? 0 : Math.exp(magnitude * BASE));

export function addTo(distribution: Distribution, value: number): void {
  const magnitude = magnitudeOf(value);
  distribution.set(magnitude, (distribution.get(magnitude) ?? 0) + 1);
}

export function mergeInto(distribution: Distribution, other: Distribution): void {
  for (const [magnitude, count] of other)
    distribution.set(magnitude, (distribution.get(magnitude) ?? 0) + count);
}

/** The value that so many percent of all values do not exceed; undefined without values. */
export function percentileOf(distribution: Distribution, percentile: number): number | undefined {
  const sorted = [...distribution].sort(([one], [other]) => one - other);
  const count = sorted.reduce((sum, [, times]) => sum + times, 0);
  if (count === 0) return undefined;
  let left = Math.max(1, Math.ceil((percentile / 100) * count));
  for (const [magnitude, times] of sorted) {
    left -= times;
    if (left <= 0) return valueOf(magnitude);
  }
  return undefined;
}
