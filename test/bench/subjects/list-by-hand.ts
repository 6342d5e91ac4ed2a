import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';

/** The list of receipts with no platform at all: the floor that the pipeline's cost is measured above. */
const database = new DynamoDBClient({});

export const handler = async (event: { queryStringParameters?: { limit?: string } }) => {
  const { Items = [] } = await database.send(
    new QueryCommand({
      TableName: process.env.ANINEEPLUS_TABLE_RECEIPTS,
      KeyConditionExpression: 'PK = :tenant',
      ExpressionAttributeValues: { ':tenant': { S: 'TENANT#default' } },
      ScanIndexForward: false,
      Limit: Number(event.queryStringParameters?.limit ?? 20),
    }),
  );
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ receipts: Items }),
  };
};
