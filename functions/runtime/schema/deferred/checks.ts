import { formatOf } from './formats.ts';
import { onlyOnRefusal, type Read, REFUSED, refuse } from './refused.ts';
import { Deferred, type Maker } from './schema.ts';

/** What a check makes of a value that its schema has accepted. */
export function checkOf(check: unknown): Read {
  if (typeof check === 'function') return custom(check as Custom);
  if (!(check instanceof Deferred) || !('maker' in check.recipe)) return refuse;
  const { maker, args } = check.recipe;
  const [first, settings] = args;
  if (!args.slice(1).every(onlyOnRefusal)) return refuse;
  return formatOf(maker, first) ?? MAKERS[maker]?.(first as never, settings) ?? refuse;
}

const accept =
  (fits: (value: never) => boolean): Read =>
  (value) =>
    fits(value as never) ? value : REFUSED;

const bounded = (limit: unknown, fits: (value: number, limit: number) => boolean): Read =>
  typeof limit === 'number'
    ? (value) => (typeof value === 'number' && fits(value, limit) ? value : REFUSED)
    : refuse;

const atLeast = (limit: unknown): Read => bounded(limit, (value, min) => value >= min);
const atMost = (limit: unknown): Read => bounded(limit, (value, max) => value <= max);

type Custom = (payload: { value: unknown; readonly issues: unknown[] }) => unknown;

function custom(run: Custom): Read {
  return (value) => {
    const payload = { value, issues: [] };
    const returned = run(payload);
    return returned instanceof Promise || payload.issues.length > 0 ? REFUSED : payload.value;
  };
}

const MAKERS: Partial<Record<Maker, (first: never, settings: unknown) => Read>> = {
  check: (run: Custom) => custom(run),
  refine: (fits: (value: unknown) => unknown) => (value) => (fits(value) === true ? value : REFUSED),
  overwrite: (change: Read) => change,
  toLowerCase: () => (value) => (typeof value === 'string' ? value.toLowerCase() : REFUSED),
  regex: (pattern: RegExp) =>
    accept((value: string) => {
      pattern.lastIndex = 0;
      return pattern.test(value);
    }),
  includes: (part: string) => accept((value: string) => value.includes(part)),
  // Zod counts code points: at most as many as code units, and at least half as many.
  minLength: (min: number) =>
    Number.isInteger(min)
      ? accept((value: unknown) => {
          if (Array.isArray(value)) return value.length >= min;
          return typeof value === 'string' && value.length >= 2 * min - 1;
        })
      : refuse,
  maxLength: (max: number) =>
    accept((value: unknown) => (Array.isArray(value) || typeof value === 'string') && value.length <= max),
  gte: atLeast,
  minimum: atLeast,
  lte: atMost,
  maximum: atMost,
  gt: (limit: unknown) => bounded(limit, (value, min) => value > min),
  lt: (limit: unknown) => bounded(limit, (value, max) => value < max),
  positive: () => bounded(0, (value, min) => value > min),
};
