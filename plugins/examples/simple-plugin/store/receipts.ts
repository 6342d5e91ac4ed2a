import type { DocumentClient } from '#runtime/aws/document-types.ts';
import type { TransactionItem } from '#runtime/inbox/inbox.ts';

/** What this plugin remembers of one payment that succeeded. */
export interface Receipt {
  readonly eventId: string;
  readonly paymentId: string;
  /** In the currency's minor unit. */
  readonly amountMinor: number;
  readonly currency: string;
  /** When the payment succeeded, ISO 8601 in UTC. */
  readonly occurredAt: string;
}

export interface ReceiptStore {
  /** The write that keeps a receipt, for the transaction in which its event is handled. */
  adding(receipt: Receipt & { readonly tenant: string }): TransactionItem;
  /** The newest first. */
  list(tenant: string, limit: number): Promise<Receipt[]>;
}

interface ReceiptStoreOptions {
  readonly client: DocumentClient;
  readonly table: string;
  readonly now: () => Date;
}

const KEEP_SECONDS = 90 * 24 * 3600;

const partition = (tenant: string): string => `TENANT#${tenant}`;

export function createReceiptStore({ client, table, now }: ReceiptStoreOptions): ReceiptStore {
  return {
    adding: ({ tenant, ...receipt }) => ({
      Put: {
        TableName: table,
        Item: {
          ...receipt,
          PK: partition(tenant),
          SK: `RECEIPT#${receipt.occurredAt}#${receipt.eventId}`,
          ttl: Math.floor(now().getTime() / 1000) + KEEP_SECONDS,
        },
      },
    }),
    async list(tenant, limit) {
      const { Items: items = [] } = await client.query({
        TableName: table,
        KeyConditionExpression: 'PK = :tenant AND begins_with(SK, :receipt)',
        ExpressionAttributeValues: { ':tenant': partition(tenant), ':receipt': 'RECEIPT#' },
        ScanIndexForward: false,
        Limit: limit,
      });
      return items.map(({ PK: _pk, SK: _sk, ttl: _ttl, ...receipt }) => receipt as unknown as Receipt);
    },
  };
}
