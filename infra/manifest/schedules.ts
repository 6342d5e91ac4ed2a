import * as z from 'zod';
import * as name from './names.ts';

const { line, text } = name;

/** Lowest and highest number of each field of a cron expression; 1 is Sunday. */
const FIELDS = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [1, 7],
  [1970, 2199],
] as const;

const DAY_OF_MONTH = 2;
const DAY_OF_WEEK = 4;

/** Whether it is a cron expression of EventBridge Scheduler, of those that are written with numbers alone. */
export function isCron(expression: string): boolean {
  const fields = expression.split(' ');
  const [dayOfMonth, dayOfWeek] = [fields[DAY_OF_MONTH], fields[DAY_OF_WEEK]];
  // AWS takes one of the two days, and a question mark for the other.
  if (fields.length !== FIELDS.length || (dayOfMonth === '?') === (dayOfWeek === '?')) return false;
  return fields.every((field, index) => {
    const isDay = index === DAY_OF_MONTH || index === DAY_OF_WEEK;
    const [min, max] = FIELDS[index] ?? [0, 0];
    return (isDay && field === '?') || field.split(',').every((part) => isPart(part, min, max));
  });
}

/** `*`, `5`, `5-10`, and any of them with a step, such as `0/15`. */
function isPart(part: string, min: number, max: number): boolean {
  const [, from, to, step] = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part) ?? [part, 'NaN'];
  const numbers = [from ?? min, to ?? max].map(Number);
  const [low = 0, high = 0] = numbers;
  return low >= min && high <= max && low <= high && (step === undefined || Number(step) > 0);
}

const either = 'either rate or cron';

export const schedule = z
  .strictObject({
    function: name.functionName('Function that runs it.'),
    rate: text(
      /^(1 (minute|hour|day)|([2-9]|[1-9]\d{1,3}) (minutes|hours|days))$/,
      'a number and a unit, such as "1 minute", "5 minutes", "1 hour" or "2 days"',
      'How often it runs, such as 5 minutes; this or `cron`.',
    ).optional(),
    cron: z
      .string()
      .refine(
        isCron,
        'minutes hours day-of-month month day-of-week year in numbers, a "?" for one of the days, such as "0 3 * * ? *"',
      )
      .meta({ description: 'When it runs, in UTC: a cron expression of EventBridge Scheduler, in numbers.' })
      .optional(),
    description: line('Shown in the console.').optional(),
  })
  .refine(({ rate, cron }) => rate !== undefined || cron !== undefined, { error: either, path: ['rate'] })
  .refine(({ rate, cron }) => rate === undefined || cron === undefined, {
    error: `${either}, not both`,
    path: ['cron'],
  })
  .describe('A function that runs at fixed times, by EventBridge Scheduler.');
