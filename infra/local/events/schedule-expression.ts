/** When a schedule runs: the first time after a given one, in epoch milliseconds; undefined: never again. */
export type NextAfter = (ms: number) => number | undefined;

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** Bounds of the fields of a cron expression: minutes, hours, day of month, month, day of week (1 is Sunday), year. */
const FIELDS = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [1, 7],
  [1970, 2199],
] as const;

/** Reads `rate(5 minutes)` and `cron(0 3 * * ? *)`, the latter of numbers alone; undefined for what is neither. */
export function parseExpression(expression: string): NextAfter | undefined {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate) {
    const everyMs = Number(rate[1]) * UNIT_MS[rate[2] as keyof typeof UNIT_MS];
    return everyMs > 0 ? (ms) => ms + everyMs : undefined;
  }
  const fields = /^cron\((.+)\)$/.exec(expression)?.[1]?.split(' ');
  const sets = fields?.map((field, index) => setOf(field, FIELDS[index]));
  if (sets?.length !== FIELDS.length || !sets.every((set) => set !== undefined)) return undefined;
  return (ms) => nextOf(sets, ms);
}

/** The numbers that a field stands for; undefined when it is malformed. */
function setOf(
  field: string,
  bounds: readonly [number, number] | undefined,
): ReadonlySet<number> | undefined {
  if (bounds === undefined) return undefined;
  const numbers = new Set<number>();
  for (const part of field.split(',')) {
    const match = /^(?:([*?])|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
    if (!match) return undefined;
    const [, any, from, to, step] = match;
    const low = any === undefined ? Number(from) : bounds[0];
    // `5/15` goes on to the end, `5` alone does not.
    const high = any === undefined && step === undefined ? Number(to ?? from) : Number(to ?? bounds[1]);
    const by = Number(step ?? 1);
    if (low < bounds[0] || high > bounds[1] || low > high || by < 1) return undefined;
    for (let number = low; number <= high; number += by) numbers.add(number);
  }
  return numbers;
}

/** Looks forward from the next whole minute, by days where the day does not fit and by hours where the hour does not. */
function nextOf(sets: readonly ReadonlySet<number>[], afterMs: number): number | undefined {
  const [minutes, hours, days, months, weekdays, years] = sets as [
    ReadonlySet<number>,
    ReadonlySet<number>,
    ReadonlySet<number>,
    ReadonlySet<number>,
    ReadonlySet<number>,
    ReadonlySet<number>,
  ];
  const lastYear = Math.max(...years);
  let at = (Math.floor(afterMs / UNIT_MS.minute) + 1) * UNIT_MS.minute;
  for (;;) {
    const date = new Date(at);
    if (date.getUTCFullYear() > lastYear) return undefined;
    const isDay =
      years.has(date.getUTCFullYear()) &&
      months.has(date.getUTCMonth() + 1) &&
      days.has(date.getUTCDate()) &&
      weekdays.has(date.getUTCDay() + 1);
    if (!isDay) at = nextMultiple(at, UNIT_MS.day);
    else if (!hours.has(date.getUTCHours())) at = nextMultiple(at, UNIT_MS.hour);
    else if (!minutes.has(date.getUTCMinutes())) at += UNIT_MS.minute;
    else return at;
  }
}

const nextMultiple = (at: number, of: number): number => (Math.floor(at / of) + 1) * of;
