import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PolicyStatement } from '#infra/local/resources/iam.ts';
import { accountId, arn, assemblyOf, queue, startSystem, type System, table } from './fixture.ts';

const KEY = arn('kms', 'key/k');
const account: PolicyStatement = {
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${accountId}:root` },
  Action: 'kms:*',
  Resource: '*',
};

let system: System;
let reader: DynamoDBDocumentClient;
beforeAll(async () => {
  const assembly = assemblyOf({
    keys: [{ arn: KEY, policy: { Version: '2012-10-17', Statement: [account] } }],
    tables: [{ ...table, kmsKeyArn: KEY }],
    queues: [{ ...queue, kmsKeyArn: KEY }],
  });
  system = await startSystem({ assembly });
  reader = DynamoDBDocumentClient.from(new DynamoDBClient(system.client('app-reader')));
});
afterAll(() => system.stop());

const TableName = table.name;
const item = { PK: 'a', SK: '1' };

/** Gives `app-reader` one more statement. */
function grant(statement: PolicyStatement): void {
  const { current } = system.assembly;
  const roles = current.roles.map((role) =>
    role.name === 'app-reader-role'
      ? { ...role, policies: [...role.policies, { Version: '2012-10-17', Statement: [statement] }] }
      : role,
  );
  system.assembly.current = { ...current, roles };
}

const through = (service: string, actions: readonly string[]): PolicyStatement => ({
  Effect: 'Allow',
  Action: actions,
  Resource: KEY,
  Condition: { StringEquals: { 'kms:ViaService': `${service}.us-east-1.amazonaws.com` } },
});

describe('a role that may use a table or queue, and not its key', () => {
  it('reads and writes no item, until it may use the key by DynamoDB', async () => {
    const get = () => reader.send(new GetCommand({ TableName, Key: item }));
    const update = () => reader.send(new UpdateCommand({ TableName, Key: item }));
    grant(through('sqs', ['kms:Decrypt']));
    for (const call of [get, update]) {
      const failure = await call().catch((error: unknown) => error);
      expect(failure).toMatchObject({ name: 'AccessDeniedException', $metadata: { httpStatusCode: 400 } });
      expect((failure as Error).message).toMatch(
        /^KMS key access denied error: .* kms:Decrypt on resource: /,
      );
    }
    expect(system.denials.at(-1)).toMatchObject({ action: 'kms:Decrypt', resource: KEY });
    grant(through('dynamodb', ['kms:Decrypt']));
    await update();
    expect((await get()).Item).toEqual(item);
  });

  it('sends no message, until it may generate data keys by SQS', async () => {
    const send = () => system.sqs('SendMessage', { QueueUrl: queue.url, MessageBody: 'a' }, 'app-reader');
    grant({ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queue.arn });
    const refused = await send();
    expect(refused).toMatchObject({ status: 400, body: { __type: 'com.amazonaws.sqs#KmsAccessDenied' } });
    expect(refused.headers.get('x-amzn-query-error')).toBe('KMS.AccessDeniedException;Sender');
    expect(refused.body['message']).toContain('is not authorized to perform: kms:GenerateDataKey');
    grant(through('sqs', ['kms:GenerateDataKey']));
    expect((await send()).status).toBe(200);
  });
});
