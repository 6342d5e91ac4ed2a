import { type TransactionInformation, TransactionSearchController } from '@paypal/paypal-server-sdk';
import type { ProviderCall } from '../provider-call.ts';
import { deadline, keyless } from './calls.ts';
import type { PayPalConnection } from './client.ts';

const PAGE_SIZE = 500;
const DAY_MS = 86_400_000;
/** PayPal searches no longer window at once. */
const WINDOW_MAX_MS = 31 * DAY_MS;

/** A merchant's refund of a payment. */
export const REFUNDED = 'T1107';

export interface TransactionQuery {
  readonly from: Date;
  readonly to: Date;
  /** PayPal's event code; all without. */
  readonly type?: string;
}

/** All transactions of a window, in parts of what PayPal searches at once. They appear up to 3 hours late. */
export async function searchTransactions(
  connection: PayPalConnection,
  { from, to, type }: TransactionQuery,
  call: ProviderCall,
): Promise<readonly TransactionInformation[]> {
  const within = deadline(keyless(call));
  const found = new Map<string, TransactionInformation>();
  for (const [startMs, endMs] of windowsOf(from.getTime(), to.getTime())) {
    const query = {
      startDate: new Date(startMs).toISOString(),
      endDate: new Date(endMs).toISOString(),
      fields: 'transaction_info',
      pageSize: PAGE_SIZE,
      ...(type !== undefined && { transactionType: type }),
    };
    for (let page = 1, pages = 1; page <= pages; page += 1) {
      const answer = await connection.run(within(), (client, options) =>
        new TransactionSearchController(client).searchTransactions({ ...query, page }, options),
      );
      pages = answer.totalPages ?? 1;
      for (const { transactionInfo: info } of answer.transactionDetails ?? [])
        if (info?.transactionId) found.set(info.transactionId, info);
    }
  }
  return [...found.values()];
}

/** A window may overlap the one before it: PayPal refuses one that begins after all that it has by now. */
function* windowsOf(fromMs: number, toMs: number): Iterable<readonly [startMs: number, endMs: number]> {
  const nowMs = Date.now();
  for (let at = fromMs; at < toMs; at += WINDOW_MAX_MS) {
    // Beyond now there is something only where the clock of a sandbox was moved.
    const start = at <= nowMs ? Math.min(at, nowMs - DAY_MS) : at;
    yield [start, Math.min(start + WINDOW_MAX_MS, toMs)];
  }
}
