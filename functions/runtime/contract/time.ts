import * as z from 'zod/mini';

const RULE =
  'must be a date or a time of ISO 8601, such as 2026-11-01, 2026-11-01T09:30Z or 2026-11-01T09:30:00+05:30';
const DAY_MS = 86_400_000;
const TIME = /^(\d{4}-\d\d-\d\d)t(\d\d:\d\d)(:\d\d(?:[.,]\d+)?)?(z|[ +-]\d\d(?::?\d\d)?)$/i;

/**
 * The form of RFC 3339 for what ISO 8601 allows besides: no seconds, an offset of hours only or without a colon, a
 * comma. An unescaped plus sign in a query arrives as a space.
 */
function strict(given: string): string {
  const [, date, minutes, seconds = ':00', zone = ''] = TIME.exec(given) ?? [];
  if (date === undefined) return given;
  const [, sign = '', hours = '', rest = '00'] = /^([ +-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  const offset = sign === '' ? 'Z' : `${sign === ' ' ? '+' : sign}${hours}:${rest}`;
  return `${date}T${minutes}${seconds.replace(',', '.')}${offset}`;
}

const isoTime = z.string().check(z.overwrite(strict), z.iso.datetime({ offset: true }));

const pointInTime = (msIntoDay: number) =>
  z.pipe(
    z.union([z.iso.date(), isoTime], RULE),
    z.transform((given: string) =>
      new Date(Date.parse(given) + (given.length === 10 ? msIntoDay : 0)).toISOString(),
    ),
  );

/** A time with its zone, or a date: the start of that day in UTC. Read as ISO 8601 in UTC with milliseconds. */
export const startTime = pointInTime(0);
/** The inclusive end of a stretch: a time with its zone, or a date, which stands for the whole of that day in UTC. */
export const endTime = pointInTime(DAY_MS - 1);
