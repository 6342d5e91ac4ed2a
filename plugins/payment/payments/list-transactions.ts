import { operation } from '#runtime/contract/operation.ts';
import { ok } from '#runtime/contract/reply.ts';
import * as z from 'zod/mini';
import { nextCursor, readCursor } from '../api/cursor.ts';
import { isPaymentId } from '../engine/model/ids.ts';
import type { LogEntry } from './model/payment.ts';
import { shownEntry } from './model/shown-entry.ts';
import { paymentErrors, problem } from '../errors.ts';
import type { Services } from '../services.ts';
import * as schema from '../api/schemas.ts';

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 100;

const input = z.strictObject({
  id: schema.paymentId,
  limit: z.optional(z.int().check(z.gte(1), z.lte(LIMIT_MAX))),
  cursor: z.optional(schema.cursor),
});
type TransactionList = z.infer<typeof schema.transactionListSchema>;

export const listTransactions = operation<z.infer<typeof input>, TransactionList, Services>({
  summary: 'Reads the append-only log of a payment, oldest first',
  description:
    'The log is a hash chain: `hash` is the SHA-256 (base64url) of the canonical JSON (RFC 8785) of the other members ' +
    'of an entry, `previousHash` the hash of the entry before it. `head`, on the last page, is what the newest has to be.',
  input,
  output: schema.transactionListSchema,
  errors: paymentErrors,
  idempotency: 'none',
  async run({ input: { id, limit = LIMIT_DEFAULT, cursor }, caller, services }) {
    if (!isPaymentId(id)) throw problem('payment-not-found');
    const list = JSON.stringify(['transactions', caller.tenant, id]);
    const after = cursor === undefined ? 0 : (readCursor(cursor, list, services.cursorKeys) as number);
    const page = await services.store.log(id, limit, after);
    // Every payment has a first entry, and every entry has its tenant, so access is checked without a second read.
    const [first] = page.items;
    if (first === undefined ? after === 0 : first.tenant !== caller.tenant)
      throw problem('payment-not-found');
    return ok({
      transactions: page.items.map(transactionOf),
      cursor: nextCursor(page.next, list, services.cursorKeys),
      ...(page.head && { head: { ...page.head } }),
    });
  },
});

function transactionOf(entry: LogEntry): TransactionList['transactions'][number] {
  const { previousHash, hash, delta } = entry;
  return { ...shownEntry(entry), delta: { ...delta }, previousHash, hash };
}
