import { randomText } from '../shared/ids.ts';

/** A new object id in Stripe's form, for example `pi_3…`. */
export function newId(prefix: string): string {
  return `${prefix}_${prefix === 'req' ? '' : '3'}${randomText(prefix === 'req' ? 14 : 23)}`;
}
