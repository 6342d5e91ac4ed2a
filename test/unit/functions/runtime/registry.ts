import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** A registry table in which every plugin is unloaded. */
export const unloadedDocuments = (): DynamoDBDocumentClient =>
  ({ send: async () => ({ Item: { state: 'unloaded', version: 1 } }) }) as unknown as DynamoDBDocumentClient;
