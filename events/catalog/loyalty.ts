import * as z from 'zod/mini';
import { eventContract } from './contract.ts';

/** Published by the example plugin `advanced-plugin`; the aggregate is the account of a tenant. */
export const loyaltyStatementIssued = eventContract({
  type: 'loyalty.statement_issued',
  version: '1.0.0',
  summary: 'A month of a loyalty account is over, and its statement was written.',
  data: () =>
    z.object({
      /** In UTC, such as `2026-11`. */
      month: z.string().check(z.regex(/^\d{4}-\d{2}$/)),
      opening: z.int(),
      earned: z.int(),
      /** Below zero, like `redeemed`: all of them add up to `closing`. */
      takenBack: z.int(),
      redeemed: z.int(),
      closing: z.int(),
    }),
});
