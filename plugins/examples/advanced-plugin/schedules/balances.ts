import { schedule } from '#runtime/contract/schedule.ts';
import type { Services } from '../services.ts';
import { monthOf, monthsBefore } from '../store/month.ts';

/** Counts who owes points, for the alarm in the manifest: refunds may follow after points were redeemed. */
export const balances = schedule<Services>({
  summary: 'Counts the accounts that owe points',
  async run({ services: { points }, scheduledAt, log }) {
    const months = [...monthsBefore(scheduledAt, 1), monthOf(scheduledAt)];
    const tenants = new Set((await Promise.all(months.map((month) => points.tenantsOf(month)))).flat());
    let negative = 0;
    for (const tenant of tenants) if ((await points.balance(tenant)) < 0) negative += 1;
    log.count('loyalty.balance.negative', negative);
    return { accounts: tenants.size, negative };
  },
});
