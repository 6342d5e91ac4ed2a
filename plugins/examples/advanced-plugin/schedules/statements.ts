import { loyaltyStatementIssued } from '#events/catalog/loyalty.ts';
import { schedule } from '#runtime/contract/schedule.ts';
import type { Services } from '../services.ts';
import { monthsBefore } from '../store/month.ts';

/** Runs may have been skipped, as they are while the plugin is unloaded. */
const MONTHS_MAX = 3;
const STOP_BEFORE_MS = 5_000;

export const statements = schedule<Services>({
  summary: 'Closes the months that are over, with a statement and its event for each tenant',
  async run({ services: { points }, scheduledAt, traceparent, remainingMs, log }) {
    let issued = 0;
    for (const month of monthsBefore(scheduledAt, MONTHS_MAX)) {
      for (const tenant of await points.tenantsOf(month)) {
        // What is left is for the next run.
        if (remainingMs() < STOP_BEFORE_MS) return { issued, isComplete: false };
        const statement = await points.close(tenant, month, ({ number, ...data }) => ({
          id: `${tenant}:${number}:1`,
          type: loyaltyStatementIssued.detailType,
          occurredAt: scheduledAt.toISOString(),
          tenant,
          aggregate: { type: 'loyalty_account', id: tenant },
          sequence: number,
          cause: { kind: 'reconciler', id: 'statements' },
          traceparent,
          data,
        }));
        if (statement) issued += 1;
      }
    }
    log.count('loyalty.statements.issued', issued);
    return { issued, isComplete: true };
  },
});
