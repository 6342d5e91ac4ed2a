import { PutCommand, QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

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
  /** Keeps a receipt once, however often and in whatever order its event is delivered. */
  add(receipt: Receipt & { readonly tenant: string }): Promise<'stored' | 'duplicate'>;
  /** The newest first. */
  list(tenant: string, limit: number): Promise<Receipt[]>;
}

interface ReceiptStoreOptions {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  readonly now: () => Date;
}

const KEEP_SECONDS = 90 * 24 * 3600;

const partition = (tenant: string): string => `TENANT#${tenant}`;

export function createReceiptStore({ client, table, now }: ReceiptStoreOptions): ReceiptStore {
  return {
    async add({ tenant, ...receipt }) {
      try {
        await client.send(
          new PutCommand({
            TableName: table,
            Item: {
              ...receipt,
              PK: partition(tenant),
              // An event's time and id are the same on every redelivery, so the key alone tells a duplicate.
              SK: `RECEIPT#${receipt.occurredAt}#${receipt.eventId}`,
              ttl: Math.floor(now().getTime() / 1000) + KEEP_SECONDS,
            },
            ConditionExpression: 'attribute_not_exists(PK)',
          }),
        );
        return 'stored';
      } catch (error) {
        if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return 'duplicate';
        throw error;
      }
    },
    async list(tenant, limit) {
      const { Items: items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'PK = :tenant AND begins_with(SK, :receipt)',
          ExpressionAttributeValues: { ':tenant': partition(tenant), ':receipt': 'RECEIPT#' },
          ScanIndexForward: false,
          Limit: limit,
        }),
      );
      return items.map(({ PK: _pk, SK: _sk, ttl: _ttl, ...receipt }) => receipt as Receipt);
    },
  };
}
