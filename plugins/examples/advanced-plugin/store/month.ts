/** A calendar month in UTC, such as `2026-11`. */
export const monthOf = (date: Date): string => date.toISOString().slice(0, 7);

/** The months before the one of `date`, the oldest first. */
export function monthsBefore(date: Date, count: number): readonly string[] {
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return Array.from({ length: count }, (_, index) =>
    monthOf(new Date(Date.UTC(year, month - count + index, 1))),
  );
}

/** The first second of the month that follows `months` after that of `date`, in seconds since 1970. */
export const monthsLaterSeconds = (date: Date, months: number): number =>
  Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months + 1, 1) / 1000;
