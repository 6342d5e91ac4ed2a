import type { BillingCycle } from '../store/subscription-records.ts';
import { isoTime } from '../account.ts';

const DAY_MS = 24 * 3_600_000;

/** So many periods later; from the 31st, months without one end earlier, and the others do not. */
export function addPeriods(from: string, { count, unit }: BillingCycle, periods: number): string {
  const start = new Date(from);
  const steps = count * periods;
  if (unit === 'DAY') return isoTime(start.getTime() + steps * DAY_MS);
  if (unit === 'WEEK') return isoTime(start.getTime() + steps * 7 * DAY_MS);
  const months = unit === 'MONTH' ? steps : steps * 12;
  const later = new Date(start);
  later.setUTCDate(1);
  later.setUTCMonth(start.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(later.getUTCFullYear(), later.getUTCMonth() + 1, 0)).getUTCDate();
  later.setUTCDate(Math.min(start.getUTCDate(), lastDay));
  return isoTime(later.getTime());
}
