import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { LogEntry } from '../model/payment.ts';
import { LOG_PREFIX, keys } from '../../store/keys.ts';
import { logOf } from './items.ts';
import type { Page } from './payment-store.ts';

/** The log of a payment above a version, oldest first. */
export async function readLog(
  client: DynamoDBDocumentClient,
  table: string,
  { paymentId, limit, afterVersion }: { paymentId: string; limit: number; afterVersion: number },
): Promise<Page<LogEntry, number>> {
  const from = keys.log(paymentId, afterVersion + 1);
  const answer = await client.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'PK = :pk AND SK BETWEEN :from AND :to',
      ExpressionAttributeValues: { ':pk': from.PK, ':from': from.SK, ':to': `${LOG_PREFIX}~` },
      ConsistentRead: true,
      Limit: limit,
    }),
  );
  const items = (answer.Items ?? []).map(logOf);
  return { items, next: answer.LastEvaluatedKey === undefined ? undefined : items.at(-1)?.version };
}
