import type { DocumentClient } from '#runtime/aws/document-types.ts';

/** The dependencies of a store. */
export interface DynamoStoreOptions {
  readonly client: DocumentClient;
  readonly table: string;
  readonly now: () => Date;
}

/** The plugin's table, and what time it is, in epoch seconds. */
export interface Table {
  readonly client: DocumentClient;
  readonly name: string;
  nowSeconds(): number;
}

export const tableOf = ({ client, table: name, now }: DynamoStoreOptions): Table => ({
  client,
  name,
  nowSeconds: () => Math.floor(now().getTime() / 1000),
});
