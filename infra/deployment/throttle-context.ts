import * as z from 'zod';
import { ContextError } from './context-error.ts';
import type { Throttle } from './deployment.ts';

/** What API Gateway gives an account in a region, which the developer's machine has for itself. */
const LOCAL: Throttle = { rate: 10_000, burst: 5000 };
const DEPLOYED: Throttle = { rate: 250, burst: 500 };

/** On the command line numbers are texts. */
const given = z.union([z.number(), z.string().regex(/^\d+(\.\d+)?$/)]).transform(Number);
/** Above them AWS has to give the account more. */
const RATE_MAX = 100_000;
const BURST_MAX = 50_000;
const bounds = {
  rate: {
    schema: given.pipe(z.number().min(0.1).max(RATE_MAX)),
    allowed: `a number from 0.1 to ${RATE_MAX}`,
  },
  burst: { schema: given.pipe(z.int().min(1).max(BURST_MAX)), allowed: `an integer from 1 to ${BURST_MAX}` },
};

const throttleError = (key: string, value: unknown, allowed: string): ContextError =>
  new ContextError(
    'throttle-invalid',
    `${JSON.stringify(value)} in the context "${key}" is not ${allowed}. Write requests a second ` +
      'and requests at once, for each route that has no throttle of its own: -c throttle.rate=250 -c throttle.burst=500',
  );

/**
 * Reads how many requests a route takes that has no throttle of its own: `throttle.rate` and `throttle.burst`, also as
 * `throttle: { rate, burst }`.
 * @throws ContextError
 */
export function throttleOf(stage: string, context: (key: string) => unknown): Throttle {
  const whole = context('throttle');
  if (whole !== undefined && (typeof whole !== 'object' || whole === null || Array.isArray(whole))) {
    throw throttleError('throttle', whole, '{ "rate": <number>, "burst": <integer> }');
  }
  const nested = (whole ?? {}) as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(nested).find((key) => !Object.hasOwn(bounds, key));
  if (unknown !== undefined) {
    throw throttleError(`throttle.${unknown}`, nested[unknown], 'known: rate and burst are');
  }
  const fallback = stage === 'local' ? LOCAL : DEPLOYED;
  const read = (key: keyof Throttle): number => {
    const flat = context(`throttle.${key}`);
    const value = flat === undefined ? nested[key] : flat;
    if (value === undefined) return fallback[key];
    const parsed = bounds[key].schema.safeParse(value);
    if (!parsed.success) throw throttleError(`throttle.${key}`, value, bounds[key].allowed);
    return parsed.data;
  };
  return { rate: read('rate'), burst: read('burst') };
}
