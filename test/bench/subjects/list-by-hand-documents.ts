import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';

/** The list of receipts with no platform at all, by the client of the SDK for plain values: what that one adds. */
const database = DynamoDBDocumentClient.from(new DynamoDBClient({}), {
  marshallOptions: { removeUndefinedValues: true },
});

export const handler = async (event: { queryStringParameters?: { limit?: string } }) => {
  const { Items = [] } = await database.send(
    new QueryCommand({
      TableName: process.env.ANINEEPLUS_TABLE_RECEIPTS,
      KeyConditionExpression: 'PK = :tenant AND begins_with(SK, :receipt)',
      ExpressionAttributeValues: { ':tenant': 'TENANT#default', ':receipt': 'RECEIPT#' },
      ScanIndexForward: false,
      Limit: Number(event.queryStringParameters?.limit ?? 20),
    }),
  );
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ receipts: Items.map(({ PK: _pk, SK: _sk, ttl: _ttl, ...receipt }) => receipt) }),
  };
};
