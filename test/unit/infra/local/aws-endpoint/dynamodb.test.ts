import {
  ConditionalCheckFailedException,
  DescribeTableCommand,
  DynamoDBClient,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSystem, table, type System } from './fixture.ts';

let system: System;
let admin: DynamoDBDocumentClient;
let reader: DynamoDBDocumentClient;

beforeAll(async () => {
  system = await startSystem();
  admin = DynamoDBDocumentClient.from(new DynamoDBClient(system.client('app-admin')));
  reader = DynamoDBDocumentClient.from(new DynamoDBClient(system.client('app-reader')));
});

afterAll(() => system.stop());

const TableName = table.name;

describe('DynamoDB through the AWS endpoint', () => {
  it('keeps exact numbers and queries an index', async () => {
    await admin.send(
      new PutCommand({ TableName, Item: { PK: 'a', SK: '1', GSI1PK: 't', n: 12345678901234 } }),
    );
    const query = new QueryCommand({
      TableName,
      IndexName: 'by-tenant',
      KeyConditionExpression: 'GSI1PK = :t',
      ExpressionAttributeValues: { ':t': 't' },
    });
    expect((await admin.send(query)).Items).toEqual([{ PK: 'a', SK: '1', GSI1PK: 't', n: 12345678901234 }]);
  });

  it('lets one of many conditional puts win', async () => {
    const put = () =>
      admin.send(
        new PutCommand({
          TableName,
          Item: { PK: 'race', SK: '1' },
          ConditionExpression: 'attribute_not_exists(PK)',
        }),
      );
    const results = await Promise.allSettled(Array.from({ length: 20 }, put));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(ConditionalCheckFailedException);
    }
  });

  it('cancels a transaction as a whole, with the reasons in order', async () => {
    await admin.send(new PutCommand({ TableName, Item: { PK: 'tx', SK: '1', v: 1 } }));
    const failure = await admin
      .send(
        new TransactWriteCommand({
          TransactItems: [
            { Put: { TableName, Item: { PK: 'tx', SK: '2' } } },
            {
              Put: {
                TableName,
                Item: { PK: 'tx', SK: '1' },
                ConditionExpression: 'attribute_not_exists(PK)',
                ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
              },
            },
          ],
        }),
      )
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TransactionCanceledException);
    const reasons = (failure as TransactionCanceledException).CancellationReasons;
    expect(reasons?.map((reason) => reason.Code)).toEqual(['None', 'ConditionalCheckFailed']);
    expect(
      (await admin.send(new GetCommand({ TableName, Key: { PK: 'tx', SK: '2' } }))).Item,
    ).toBeUndefined();
  });

  it('answers no old image for an item that did not exist, and the old one else', async () => {
    const update = () =>
      admin.send(
        new UpdateCommand({
          TableName,
          Key: { PK: 'old', SK: '1' },
          UpdateExpression: 'ADD n :one',
          ExpressionAttributeValues: { ':one': 1 },
          ReturnValues: 'ALL_OLD',
        }),
      );
    expect((await update()).Attributes).toBeUndefined();
    expect((await update()).Attributes).toEqual({ PK: 'old', SK: '1', n: 1 });
  });

  it('takes a table by its ARN, also in a transaction, and shows ARNs of the account', async () => {
    await admin.send(
      new TransactWriteCommand({
        TransactItems: [{ Put: { TableName: table.arn, Item: { PK: 'arn', SK: '1' } } }],
      }),
    );
    const got = await admin.send(new GetCommand({ TableName: table.arn, Key: { PK: 'arn', SK: '1' } }));
    expect(got.Item).toEqual({ PK: 'arn', SK: '1' });
    const described = await new DynamoDBClient(system.client()).send(new DescribeTableCommand({ TableName }));
    expect(described.Table?.TableArn).toBe(table.arn);
  });
});

describe('a role that may only read', () => {
  it('is refused in the words of AWS, with the line that would allow the call', async () => {
    const failure = await reader
      .send(new PutCommand({ TableName, Item: { PK: 'x', SK: 'x' } }))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'AccessDeniedException', $metadata: { httpStatusCode: 400 } });
    expect((failure as Error).message).toContain(
      'User: arn:aws:sts::000000000000:assumed-role/app-reader-role/app-reader is not authorized to perform: ' +
        `dynamodb:PutItem on resource: ${table.arn} because no identity-based policy allows the dynamodb:PutItem action`,
    );
    const hint = 'add "table:payments:write" to permissions.api in plugins/payment/plugin.json';
    expect((failure as Error).message).toContain(hint);
    expect(system.denials.at(-1)).toMatchObject({
      functionName: 'app-reader',
      action: 'dynamodb:PutItem',
      resource: table.arn,
      hint,
    });
    expect((await admin.send(new GetCommand({ TableName, Key: { PK: 'x', SK: 'x' } }))).Item).toBeUndefined();
  });

  it('is refused plainly, not as a cancelled transaction, and nothing of it happens', async () => {
    const transaction = new TransactWriteCommand({
      TransactItems: [
        {
          Update: {
            TableName,
            Key: { PK: 'p', SK: '1' },
            UpdateExpression: 'SET a = :a',
            ExpressionAttributeValues: { ':a': 1 },
          },
        },
        { Put: { TableName, Item: { PK: 'p', SK: '2' } } },
      ],
    });
    await expect(reader.send(transaction)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(
      (await reader.send(new GetCommand({ TableName, Key: { PK: 'p', SK: '1' } }))).Item,
    ).toBeUndefined();
  });

  it('may do what is granted', async () => {
    expect((await reader.send(new GetCommand({ TableName, Key: { PK: 'a', SK: '1' } }))).Item).toBeDefined();
  });
});
