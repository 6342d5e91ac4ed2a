import * as z from 'zod/mini';
import { nextCursor, readCursor } from '../api/cursor.ts';
import { apiOperation } from '../api/operation.ts';
import * as schema from '../api/schemas.ts';
import { auditListSchema } from './audit-view.ts';

const LIMIT = 100;

export const listPaymentAudit = apiOperation({
  summary: "What the tenant's people did to money beyond the log of a payment, oldest first",
  description:
    'Deletions of customers, verifications of payments by hand and replays of webhooks, each written before it is done. ' +
    'The entries are a hash chain as the transactions of a payment are.',
  input: z.strictObject({
    limit: z.optional(z.int().check(z.gte(1), z.lte(LIMIT))),
    cursor: z.optional(schema.cursor),
  }),
  output: auditListSchema,
  idempotency: 'none',
  async run({ input: { limit = LIMIT, cursor }, caller: { tenant }, services }) {
    const { audit, cursorKeys } = services;
    const list = JSON.stringify(['audit', tenant]);
    const after = cursor === undefined ? 0 : (readCursor(cursor, list, cursorKeys) as number);
    const found = await audit.list(tenant, limit + 1, after);
    const entries = found.slice(0, limit).map((entry) => ({ ...entry }));
    const isLast = found.length <= limit;
    const head = isLast ? await audit.head(tenant) : undefined;
    return {
      entries,
      cursor: nextCursor(isLast ? undefined : entries.at(-1)?.version, list, cursorKeys),
      ...(head && { head: { ...head } }),
    };
  },
});
