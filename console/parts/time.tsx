const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });
const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
];

/** How long ago, or how far ahead, a time is: `5 min ago`. */
export function sinceText(at: string, nowMs = Date.now()): string {
  const differenceMs = new Date(at).getTime() - nowMs;
  const [unit, ms] = UNITS.find(([, length]) => Math.abs(differenceMs) >= length) ?? ['second', 1000];
  return relative.format(Math.trunc(differenceMs / ms), unit);
}

/** A time, relative to now; the exact one where one points at it. @param at ISO 8601 */
export function Time({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={absolute.format(new Date(at))}>
      {sinceText(at)}
    </time>
  );
}

/** A time to the second, as where the order of things counts. @param at ISO 8601 */
export function ExactTime({ at }: { readonly at: string }) {
  return <time dateTime={at}>{absolute.format(new Date(at))}</time>;
}
