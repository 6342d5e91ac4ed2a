import type Stripe from 'stripe';

const DAY_SECONDS = 24 * 3600;
const MONTHS_MAX = 1200;

/** The end of the period that begins at `startSeconds`, counted from the anchor so that the 31st comes back. */
export function periodEnd(
  anchorSeconds: number,
  startSeconds: number,
  { interval, interval_count: count }: Pick<Stripe.Price.Recurring, 'interval' | 'interval_count'>,
): number {
  if (interval === 'day') return startSeconds + count * DAY_SECONDS;
  if (interval === 'week') return startSeconds + count * 7 * DAY_SECONDS;
  const step = interval === 'year' ? 12 * count : count;
  for (let months = step; months <= MONTHS_MAX; months += step) {
    const end = addMonths(anchorSeconds, months);
    if (end > startSeconds) return end;
  }
  throw new Error('the subscription is older than a hundred years');
}

/** The same day of a later month, or its last day where it has no such day. */
function addMonths(seconds: number, months: number): number {
  const from = new Date(seconds * 1000);
  const first = new Date(from);
  first.setUTCDate(1);
  first.setUTCMonth(first.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(from.getUTCDate(), lastDay));
  return Math.floor(first.getTime() / 1000);
}
