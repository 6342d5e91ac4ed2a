import { type TransactionInformation, TransactionSearchController } from '@paypal/paypal-server-sdk';
import type { ProviderCall } from '../provider.ts';
import { deadline, keyless } from './calls.ts';
import type { PayPalConnection } from './client.ts';

const PAGE_SIZE = 500;
/** PayPal searches no longer window at once. */
const WINDOW_MAX_MS = 31 * 86_400_000;

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
  const found: TransactionInformation[] = [];
  for (let at = from.getTime(); at < to.getTime(); at += WINDOW_MAX_MS) {
    const until = Math.min(at + WINDOW_MAX_MS, to.getTime());
    const query = {
      startDate: new Date(at).toISOString(),
      endDate: new Date(until).toISOString(),
      fields: 'transaction_info',
      balanceAffectingRecordsOnly: 'N',
      pageSize: PAGE_SIZE,
      ...(type !== undefined && { transactionType: type }),
    };
    for (let page = 1, pages = 1; page <= pages; page += 1) {
      const answer = await connection.run(within(), (client, options) =>
        new TransactionSearchController(client).searchTransactions({ ...query, page }, options),
      );
      pages = answer.totalPages ?? 1;
      for (const { transactionInfo } of answer.transactionDetails ?? [])
        if (transactionInfo !== undefined) found.push(transactionInfo);
    }
  }
  return found;
}
