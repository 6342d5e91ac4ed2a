import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** The dependencies of a store. */
export interface DynamoStoreOptions {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  readonly now: () => Date;
}

/** The plugin's table, and what time it is, in epoch seconds. */
export interface Table {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
  nowSeconds(): number;
}

export const tableOf = ({ client, table: name, now }: DynamoStoreOptions): Table => ({
  client,
  name,
  nowSeconds: () => Math.floor(now().getTime() / 1000),
});
