import { isAwsError } from '#runtime/aws/aws-error.ts';
import type { DocumentClient, QueryInput } from '#runtime/aws/document-types.ts';
import { queryPages } from '#runtime/aws/documents.ts';
import type { TransactionItem } from '#runtime/inbox/inbox.ts';

/** Reads and writes of one table. */
export interface Table {
  readonly name: string;
  get(key: Readonly<Record<string, string>>): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** All pages, or as many as hold `Limit` items. */
  query<T>(input: Omit<QueryInput, 'TableName'>): Promise<T[]>;
  /** The items of a partition from one sort key to another. */
  between<T>(partition: string, from: string, to: string, more?: Partial<QueryInput>): Promise<T[]>;
  put(item: Readonly<Record<string, unknown>>, condition?: string): TransactionItem;
  /** All of them or none. @returns false when a condition does not hold, or somebody writes the same items */
  write(items: TransactionItem[]): Promise<boolean>;
}

export function openTable(client: DocumentClient, name: string): Table {
  const table: Table = {
    name,
    get: async (key) => (await client.get({ TableName: name, Key: key, ConsistentRead: true })).Item,
    async query<T>(input: Omit<QueryInput, 'TableName'>) {
      const found: T[] = [];
      for await (const { Items: items = [] } of queryPages(client, { TableName: name, ...input })) {
        found.push(...(items as T[]));
        if (input.Limit !== undefined && found.length >= input.Limit) break;
      }
      return found;
    },
    between: (partition, from, to, more = {}) =>
      table.query({
        KeyConditionExpression: 'PK = :partition AND SK BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':partition': partition, ':from': from, ':to': to },
        ConsistentRead: true,
        ...more,
      }),
    put: (item, condition) => ({
      Put: {
        TableName: name,
        Item: item,
        ...(condition !== undefined && { ConditionExpression: condition }),
      },
    }),
    async write(items) {
      try {
        await client.transactWrite({ TransactItems: items });
        return true;
      } catch (error) {
        if (isAwsError(error, 'TransactionCanceledException')) return false;
        throw error;
      }
    },
  };
  return table;
}
