import { describe, expect, it } from 'vitest';
import { neededPermissions } from '#infra/local/iam/actions.ts';
import { evaluate } from '#infra/local/iam/evaluate.ts';
import { denialMessage } from '#infra/local/iam/hint.ts';
import type { PolicyDocument, PolicyStatement } from '#infra/local/resources/iam.ts';
import { accountId, arn, functionNamed, queue, region, table } from '../aws-endpoint/fixture.ts';

const KEY = arn('kms', 'key/k');
const keyed = <T>(resource: T) => ({ ...resource, kmsKeyArn: KEY });

function needed(service: string, operation: string, body: unknown) {
  const call = {
    service,
    operation,
    body,
    region,
    accountId,
    tables: [keyed(table)],
    queues: [keyed(queue)],
  };
  return neededPermissions(call) ?? [];
}
const ofKey = (...args: Parameters<typeof needed>) =>
  needed(...args).filter(({ action }) => action.startsWith('kms:'));

const TableName = table.name;
const Key = { PK: { S: 'a' }, SK: { S: 'b' } };
const queueUrl = { QueueUrl: queue.url };

describe('a call on what a key of the customer encrypts', () => {
  it.each([
    ['dynamodb', 'GetItem', { TableName, Key }, ['kms:Decrypt']],
    ['dynamodb', 'PutItem', { TableName, Item: Key }, ['kms:Decrypt']],
    ['dynamodb', 'Query', { TableName, IndexName: 'by-tenant' }, ['kms:Decrypt']],
    [
      'dynamodb',
      'TransactWriteItems',
      { TransactItems: [{ Put: { TableName, Item: Key } }] },
      ['kms:Decrypt'],
    ],
    ['dynamodb', 'GetRecords', { ShardIterator: `${table.streamArn}|1` }, ['kms:Decrypt']],
    ['dynamodb', 'DescribeTable', { TableName }, []],
    ['dynamodb', 'DescribeStream', { StreamArn: table.streamArn }, []],
    ['sqs', 'SendMessage', queueUrl, ['kms:GenerateDataKey', 'kms:Decrypt']],
    ['sqs', 'SendMessageBatch', queueUrl, ['kms:GenerateDataKey', 'kms:Decrypt']],
    ['sqs', 'ReceiveMessage', queueUrl, ['kms:Decrypt']],
    ['sqs', 'DeleteMessage', queueUrl, []],
  ])('%s %s %j needs the key', (service, operation, body, actions) => {
    expect(ofKey(service, operation, body).map(({ action, resource }) => `${action} ${resource}`)).toEqual(
      actions.map((action) => `${action} ${KEY}`),
    );
  });

  it('uses the key by the service, with the context of the table or queue', () => {
    expect(ofKey('dynamodb', 'GetItem', { TableName, Key })[0]?.context).toMatchObject({
      'kms:ViaService': 'dynamodb.us-east-1.amazonaws.com',
      'kms:CallerAccount': accountId,
      'kms:EncryptionContext:aws:dynamodb:tableName': table.name,
    });
    expect(ofKey('sqs', 'ReceiveMessage', queueUrl)[0]?.context).toMatchObject({
      'kms:ViaService': 'sqs.us-east-1.amazonaws.com',
      'kms:EncryptionContext:aws:sqs:arn': queue.arn,
    });
  });

  it('needs nothing more under a key of AWS', () => {
    const call = { service: 'dynamodb', operation: 'GetItem', body: { TableName, Key }, region, accountId };
    expect(neededPermissions({ ...call, tables: [table] })?.map(({ action }) => action)).toEqual([
      'dynamodb:GetItem',
    ]);
  });

  it('is refused in the words of the service', () => {
    const denied = { decision: 'implicit-deny', by: 'identity' } as const;
    const messageOf = (...args: Parameters<typeof needed>) => {
      const [first] = ofKey(...args);
      return first && denialMessage(functionNamed('app-api'), first, denied, 'add the line');
    };
    const user =
      'User: arn:aws:sts::000000000000:assumed-role/app-api-role/app-api is not authorized to perform: ';
    expect(messageOf('dynamodb', 'GetItem', { TableName, Key })).toMatch(
      new RegExp(
        `^KMS key access denied error: com\\.amazonaws\\.services\\.kms\\.model\\.AWSKMSException: ${user}kms:Decrypt on ` +
          `resource: ${KEY} because no identity-based policy allows the kms:Decrypt action \\(Service: AWSKMS; ` +
          'Status Code: 400; Error Code: AccessDeniedException; Request ID: [0-9a-f-]{36}; Proxy: null\\); add the line$',
      ),
    );
    expect(messageOf('sqs', 'SendMessage', queueUrl)).toMatch(
      new RegExp(
        `^${user}kms:GenerateDataKey on resource: ${KEY} because .* \\(Service: AWSKMS; .*; add the line$`,
      ),
    );
  });
});

describe('the policy of a key', () => {
  const ROLE = 'arn:aws:iam::000000000000:role/api';
  const policy = (...statements: readonly object[]): PolicyDocument => ({
    Version: '2012-10-17',
    Statement: statements as readonly PolicyStatement[],
  });
  const use = { Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' };
  const decide = (identity: readonly PolicyDocument[], resource: PolicyDocument | undefined) =>
    evaluate(
      { identity, resource, leavesToAccount: true },
      { action: 'kms:Decrypt', resource: KEY, principal: { roleArn: ROLE }, context: {} },
    );
  const account = { AWS: 'arn:aws:iam::000000000000:root' };

  it('has to leave the decision to the account for a policy of a role to count', () => {
    const identity = [policy(use)];
    expect(decide(identity, policy({ ...use, Action: 'kms:*', Principal: account })).decision).toBe('allow');
    for (const without of [
      undefined,
      policy(),
      policy({ ...use, Principal: { AWS: 'arn:aws:iam::111111111111:root' } }),
      policy({ ...use, Action: 'kms:Encrypt', Principal: account }),
      policy({ ...use, Principal: account, Condition: { StringEquals: { 'kms:ViaService': 'x' } } }),
    ]) {
      expect(decide(identity, without)).toMatchObject({ decision: 'implicit-deny', by: 'resource' });
    }
    expect(decide([], policy({ ...use, Principal: account }))).toMatchObject({
      decision: 'implicit-deny',
      by: 'identity',
    });
  });

  it('allows a role that it names, without any policy of the role', () => {
    expect(decide([], policy({ ...use, Principal: { AWS: ROLE } })).decision).toBe('allow');
  });
});
