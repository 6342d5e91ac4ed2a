import { describe, expect, it } from 'vitest';
import type { SdkCall } from '../../../../../infra/local/iam/action-mapper.ts';
import { neededPermissions } from '../../../../../infra/local/iam/actions.ts';
import { denialHint, denialMessage } from '../../../../../infra/local/iam/hint.ts';
import type { FunctionResource } from '../../../../../infra/local/resources/lambda.ts';

const ddb = 'arn:aws:dynamodb:us-east-1:000000000000:table/';
const stream = `${ddb}t/stream/x`;
const queueUrl = { QueueUrl: 'http://127.0.0.1:4000/000000000000/q' };
const queue = 'arn:aws:sqs:us-east-1:000000000000:q';
const secret = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:';
const kmsKey = 'arn:aws:kms:us-east-1:000000000000:key/k';
const fn = 'arn:aws:lambda:us-east-1:000000000000:function:f';
const mapping = 'arn:aws:lambda:us-east-1:000000000000:event-source-mapping:m';
const key = { PK: { S: 'a' }, SK: { S: 'b' } };
const pk = { name: 'PK', type: 'S' } as const;

function ask(service: string, operation: string, body: unknown): ReturnType<typeof neededPermissions> {
  const call: SdkCall = {
    service,
    operation,
    body,
    region: 'us-east-1',
    accountId: '000000000000',
    tables: [
      {
        name: 't',
        arn: `${ddb}t`,
        partitionKey: pk,
        indexes: [
          {
            name: 'i',
            partitionKey: { name: 'GSI', type: 'S' },
            sortKey: undefined,
            projection: { ProjectionType: 'ALL' },
          },
        ],
      },
    ],
    secrets: [
      { name: 's', arn: `${secret}s-abcdef` },
      { name: 'own', arn: `${secret}own-abcdef`, kmsKeyArn: kmsKey },
    ],
    mappings: [{ id: 'm', functionArn: `${fn}:live` }],
  };
  return neededPermissions(call);
}

describe('permissions of AWS calls', () => {
  const T = { TableName: 't' };
  const vectors: readonly (readonly [string, string, unknown, readonly string[]])[] = [
    ['dynamodb', 'GetItem', { ...T, Key: key }, [`dynamodb:GetItem ${ddb}t`]],
    ['dynamodb', 'PutItem', { TableName: `${ddb}t`, Item: key }, [`dynamodb:PutItem ${ddb}t`]],
    ['dynamodb', 'UpdateItem', { ...T, Key: key }, [`dynamodb:UpdateItem ${ddb}t`]],
    ['dynamodb', 'DeleteItem', { ...T, Key: key }, [`dynamodb:DeleteItem ${ddb}t`]],
    ['dynamodb', 'Query', T, [`dynamodb:Query ${ddb}t`]],
    ['dynamodb', 'Query', { ...T, IndexName: 'i' }, [`dynamodb:Query ${ddb}t/index/i`]],
    ['dynamodb', 'Scan', { ...T, IndexName: 'i' }, [`dynamodb:Scan ${ddb}t/index/i`]],
    ['dynamodb', 'DescribeTable', T, [`dynamodb:DescribeTable ${ddb}t`]],
    ['dynamodb', 'DescribeTimeToLive', T, [`dynamodb:DescribeTimeToLive ${ddb}t`]],
    [
      'dynamodb',
      'BatchGetItem',
      { RequestItems: { t: { Keys: [key] }, u: { Keys: [key] } } },
      [`dynamodb:BatchGetItem ${ddb}t`, `dynamodb:BatchGetItem ${ddb}u`],
    ],
    [
      'dynamodb',
      'BatchWriteItem',
      { RequestItems: { t: [{ PutRequest: { Item: key } }, { DeleteRequest: { Key: key } }] } },
      [`dynamodb:BatchWriteItem ${ddb}t`],
    ],
    [
      'dynamodb',
      'TransactWriteItems',
      {
        TransactItems: [
          { Put: { ...T, Item: key } },
          { Update: { ...T, Key: key } },
          { Delete: { ...T, Key: key } },
          { ConditionCheck: { TableName: 'u', Key: key } },
        ],
      },
      [
        `dynamodb:PutItem ${ddb}t`,
        `dynamodb:UpdateItem ${ddb}t`,
        `dynamodb:DeleteItem ${ddb}t`,
        `dynamodb:ConditionCheckItem ${ddb}u`,
      ],
    ],
    [
      'dynamodb',
      'TransactGetItems',
      { TransactItems: [{ Get: { ...T, Key: key } }] },
      [`dynamodb:GetItem ${ddb}t`],
    ],
    ['dynamodb', 'DescribeStream', { StreamArn: stream }, [`dynamodb:DescribeStream ${stream}`]],
    ['dynamodbstreams', 'GetShardIterator', { StreamArn: stream }, [`dynamodb:GetShardIterator ${stream}`]],
    ['dynamodb', 'GetRecords', { ShardIterator: `${stream}|1|abc` }, [`dynamodb:GetRecords ${stream}`]],
    ['dynamodb', 'ListStreams', {}, ['dynamodb:ListStreams *']],
    [
      'secretsmanager',
      'GetSecretValue',
      { SecretId: 's' },
      [`secretsmanager:GetSecretValue ${secret}s-abcdef`],
    ],
    [
      'secretsmanager',
      'PutSecretValue',
      { SecretId: `${secret}s-abcdef` },
      [`secretsmanager:PutSecretValue ${secret}s-abcdef`],
    ],
    [
      'secretsmanager',
      'GetSecretValue',
      { SecretId: 'own' },
      [`secretsmanager:GetSecretValue ${secret}own-abcdef`, `kms:Decrypt ${kmsKey}`],
    ],
    [
      'secretsmanager',
      'PutSecretValue',
      { SecretId: 'own' },
      [
        `secretsmanager:PutSecretValue ${secret}own-abcdef`,
        `kms:GenerateDataKey ${kmsKey}`,
        `kms:Decrypt ${kmsKey}`,
      ],
    ],
    [
      'secretsmanager',
      'ListSecretVersionIds',
      { SecretId: 'own' },
      [`secretsmanager:ListSecretVersionIds ${secret}own-abcdef`],
    ],
    [
      'secretsmanager',
      'DescribeSecret',
      { SecretId: 'x' },
      [`secretsmanager:DescribeSecret ${secret}x-??????`],
    ],
    [
      'events',
      'PutEvents',
      {
        Entries: [
          { Source: 'a', DetailType: 'b', EventBusName: 'bus' },
          { Source: 'a', DetailType: 'b' },
        ],
      },
      [
        'events:PutEvents arn:aws:events:us-east-1:000000000000:event-bus/bus',
        'events:PutEvents arn:aws:events:us-east-1:000000000000:event-bus/default',
      ],
    ],
    ['lambda', 'Invoke', { FunctionName: 'f' }, [`lambda:InvokeFunction ${fn}`]],
    ['lambda', 'Invoke', { FunctionName: 'f', Qualifier: 'live' }, [`lambda:InvokeFunction ${fn}:live`]],
    ['lambda', 'Invoke', { FunctionName: 'f:live' }, [`lambda:InvokeFunction ${fn}:live`]],
    ['lambda', 'Invoke', { FunctionName: `${fn}:live` }, [`lambda:InvokeFunction ${fn}:live`]],
    ['lambda', 'ListEventSourceMappings', { FunctionName: 'f' }, ['lambda:ListEventSourceMappings *']],
    ['lambda', 'UpdateEventSourceMapping', { UUID: 'm' }, [`lambda:UpdateEventSourceMapping ${mapping}`]],
    ['lambda', 'GetEventSourceMapping', { UUID: 'm' }, [`lambda:GetEventSourceMapping ${mapping}`]],
    ['sqs', 'SendMessage', queueUrl, [`sqs:SendMessage ${queue}`]],
    ['sqs', 'SendMessageBatch', queueUrl, [`sqs:SendMessage ${queue}`]],
    ['sqs', 'ReceiveMessage', queueUrl, [`sqs:ReceiveMessage ${queue}`]],
    ['sqs', 'DeleteMessageBatch', queueUrl, [`sqs:DeleteMessage ${queue}`]],
    ['sqs', 'ChangeMessageVisibilityBatch', queueUrl, [`sqs:ChangeMessageVisibility ${queue}`]],
    ['sqs', 'GetQueueAttributes', queueUrl, [`sqs:GetQueueAttributes ${queue}`]],
    ['sqs', 'GetQueueUrl', { QueueName: 'q' }, [`sqs:GetQueueUrl ${queue}`]],
  ];
  it.each(vectors)('%s %s %j', (service, operation, body, expected) => {
    expect(ask(service, operation, body)?.map(({ action, resource }) => `${action} ${resource}`)).toEqual(
      expected,
    );
  });

  it.each([
    ['dynamodb', 'ExecuteStatement', { Statement: 'x' }],
    ['dynamodb', 'toString', {}],
    ['kms', 'Decrypt', {}],
    ['dynamodb', 'GetItem', {}],
    ['dynamodb', 'GetItem', null],
    ['dynamodb', 'GetRecords', { ShardIterator: 'opaque' }],
    ['dynamodb', 'TransactWriteItems', { TransactItems: [{ Upsert: {} }] }],
    ['dynamodb', 'TransactWriteItems', { TransactItems: [] }],
    ['events', 'PutEvents', { Entries: [] }],
    ['sqs', 'SendMessage', { QueueUrl: 'q' }],
  ])('%s %s %j is not mapped, so that it is refused', (service, operation, body) => {
    expect(ask(service, operation, body)).toBeUndefined();
  });

  const condition = (service: string, operation: string, body: unknown) =>
    ask(service, operation, body)?.[0]?.context;
  it('fills condition keys', () => {
    expect(condition('dynamodb', 'GetItem', { ...T, Key: key })).toMatchObject({
      'dynamodb:LeadingKeys': ['a'],
      'aws:RequestedRegion': 'us-east-1',
      'aws:SecureTransport': true,
    });
    expect(condition('events', 'PutEvents', { Entries: [{ Source: 'a', DetailType: 'b' }] })).toMatchObject({
      'events:source': 'a',
      'events:detail-type': 'b',
    });
    expect(condition('lambda', 'UpdateEventSourceMapping', { UUID: 'm' })).toMatchObject({
      'lambda:FunctionArn': `${fn}:live`,
    });
    expect(
      condition('dynamodb', 'TransactGetItems', { TransactItems: [{ Get: { ...T, Key: key } }] }),
    ).toMatchObject({
      'dynamodb:EnclosingOperation': 'TransactGetItems',
    });
  });

  it.each([
    [{ KeyConditionExpression: 'PK = :p' }, ['a']],
    [
      { KeyConditionExpression: 'begins_with(SK, :s) AND #p = :p', ExpressionAttributeNames: { '#p': 'PK' } },
      ['a'],
    ],
    [{ KeyConditionExpression: 'GSI = :p', IndexName: 'i' }, ['a']],
    [{ KeyConditionExpression: 'PK = :p', IndexName: 'i' }, null],
    [{ KeyConditionExpression: 'PK = :unknown' }, null],
    [{}, null],
  ])('finds the partition key of query %j', (more, expected) => {
    const body = { ...T, ExpressionAttributeValues: { ':p': { S: 'a' }, ':s': { S: 'b' } }, ...more };
    expect(condition('dynamodb', 'Query', body)?.['dynamodb:LeadingKeys']).toEqual(expected);
  });

  it('does not know the partition key of an unknown table or of a scan', () => {
    expect(
      condition('dynamodb', 'GetItem', { TableName: 'u', Key: key })?.['dynamodb:LeadingKeys'],
    ).toBeNull();
    expect(condition('dynamodb', 'Scan', T)?.['dynamodb:LeadingKeys']).toBeNull();
  });
});

describe('denials', () => {
  const caller: FunctionResource = {
    name: 'anineeplus-local-payment-api',
    arn: fn,
    aliases: ['live'],
    roleArn: 'arn:aws:iam::000000000000:role/payment-api',
    handler: 'functions/api.handler',
    codeDir: '/code',
    environment: {},
    memoryMb: 128,
    reservedConcurrency: Infinity,
    timeoutSeconds: 3,
    plugin: 'payment',
    key: 'api',
    manifest: 'plugins/payment/plugin.json',
    grantable: [
      {
        permission: 'table:payments:write',
        actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
        resources: [`${ddb}t`, `${ddb}t/index/*`],
      },
      {
        permission: 'table:payments:read',
        actions: ['dynamodb:GetItem', 'dynamodb:Query'],
        resources: [`${ddb}t`],
      },
    ],
  };

  it.each([
    [
      'dynamodb:PutItem',
      `${ddb}t`,
      'add "table:payments:write" to permissions.api in plugins/payment/plugin.json',
    ],
    [
      'dynamodb:GetItem',
      `${ddb}t`,
      'add "table:payments:read" to permissions.api in plugins/payment/plugin.json',
    ],
    [
      'dynamodb:Query',
      `${ddb}t/index/i`,
      'add "table:payments:write" to permissions.api in plugins/payment/plugin.json',
    ],
  ])('names the narrowest line for %s on %s', (action, resource, expected) => {
    expect(denialHint(caller, action, resource)).toBe(expected);
  });

  it('says when no manifest can grant it', () => {
    expect(denialHint(caller, 'dynamodb:PutItem', `${ddb}other`)).toContain(
      'outside what plugin "payment" may use',
    );
    expect(denialHint({ ...caller, manifest: undefined }, 'a:B', '*')).toContain('belongs to the platform');
  });

  it("speaks in AWS's words", () => {
    const request = { action: 'dynamodb:PutItem', resource: `${ddb}t` };
    expect(denialMessage(caller, request, { decision: 'implicit-deny', by: 'identity' })).toBe(
      'User: arn:aws:sts::000000000000:assumed-role/payment-api/anineeplus-local-payment-api is not authorized to ' +
        `perform: dynamodb:PutItem on resource: ${ddb}t because no identity-based policy allows the ` +
        'dynamodb:PutItem action; add "table:payments:write" to permissions.api in plugins/payment/plugin.json',
    );
    expect(
      denialMessage(caller, request, { decision: 'explicit-deny', by: 'boundary', problem: 'why' }),
    ).toContain('with an explicit deny in a permissions boundary (why); ');
  });
});

it('asks for the key of a secret as Secrets Manager does, in the name of the caller', () => {
  const [, useOfKey] = ask('secretsmanager', 'GetSecretValue', { SecretId: 'own' }) ?? [];
  expect(useOfKey?.context).toMatchObject({
    'kms:ViaService': 'secretsmanager.us-east-1.amazonaws.com',
    'kms:EncryptionContext:SecretARN': `${secret}own-abcdef`,
  });
});
