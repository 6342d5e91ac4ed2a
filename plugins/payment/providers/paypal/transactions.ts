import { type TransactionInformation, TransactionSearchController } from '@paypal/paypal-server-sdk';
import type { ProviderCall } from '../provider-call.ts';
import { deadline, keyless } from './calls.ts';
import type { PayPalConnection } from './client.ts';

const PAGE_SIZE = 500;
const DAY_MS = 86_400_000;
/** The longest window of one search. */
const WINDOW_MAX_MS = 31 * DAY_MS;

/** PayPal's event code of a refund. */
export const REFUNDED = 'T1107';

interface TransactionQuery {
  readonly from: Date;
  readonly to: Date;
  /** PayPal's event code; every code when left out. */
  readonly type?: string;
}

/** All transactions of a window of any length. PayPal lists a transaction up to 3 hours late. */
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

/** The windows of a search; they may overlap, because PayPal refuses one that begins after its latest transaction. */
function* windowsOf(fromMs: number, toMs: number): Iterable<readonly [startMs: number, endMs: number]> {
  const nowMs = Date.now();
  for (let at = fromMs; at < toMs; at += WINDOW_MAX_MS) {
    // Only a sandbox whose clock was advanced has transactions later than now.
    const start = at <= nowMs ? Math.min(at, nowMs - DAY_MS) : at;
    yield [start, Math.min(start + WINDOW_MAX_MS, toMs)];
  }
}
