import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocument, GetCommand, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { problemOf } from '#runtime/problem.ts';
import { beginMove } from '../../../../functions/platform/plugins/move.ts';
import { createRegistryStore } from '../../../../functions/platform/registry/registry-store.ts';
import { awsError, canceled } from '../aws.ts';

const client = DynamoDBDocument.from(new DynamoDBClient({ region: 'us-east-1' }));
const dynamo = mockClient(client);
const registry = createRegistryStore({
  client,
  table: 'registry',
  now: () => new Date(),
  initialStateOf: () => 'loaded',
});
const actor = { by: 'me', requestId: 'r' };
const unload = () => beginMove({ registry }, 'base', 'unloaded', actor);
const writes = () => dynamo.commandCalls(TransactWriteCommand).length;
beforeEach(() => {
  dynamo.reset();
  dynamo.on(GetCommand).resolves({});
  dynamo.on(TransactWriteCommand).resolves({});
});

describe('a transition', () => {
  it.each(['ConditionalCheckFailed', 'TransactionConflict'])(
    'that somebody overtakes is judged anew (%s)',
    async (code) => {
      dynamo.on(TransactWriteCommand).rejectsOnce(canceled(code, 'None'));
      expect(await unload()).toMatchObject({ from: 'loaded', entry: { state: 'unloading', version: 1 } });
      expect(writes()).toBe(2);
    },
  );

  it('that finds its work done by another changes nothing', async () => {
    dynamo.on(TransactWriteCommand).rejects(canceled('ConditionalCheckFailed', 'None'));
    dynamo
      .on(GetCommand)
      .resolvesOnce({})
      .resolves({ Item: { state: 'unloaded', version: 7 } });
    expect(await unload()).toBeUndefined();
    expect(writes()).toBe(1);
  });

  it('that is overtaken again and again is a conflict', async () => {
    dynamo.on(TransactWriteCommand).rejects(canceled('TransactionConflict', 'None'));
    await expect(unload()).rejects.toMatchObject({ status: 409, code: 'transition-conflict' });
    expect(writes()).toBe(5);
  });

  it.each([
    ['a throttled transaction', canceled('ThrottlingError', 'None')],
    ['too little capacity', canceled('None', 'ProvisionedThroughputExceeded')],
    ['a canceled transaction without reasons', canceled()],
    ['a throttled call', awsError('ThrottlingException')],
    ['a broken connection', new Error('connect ECONNREFUSED')],
  ])('lost to %s says so, and is no conflict with somebody', async (_, error) => {
    dynamo.on(TransactWriteCommand).rejects(error);
    await expect(unload()).rejects.toMatchObject({
      status: 503,
      code: 'registry-unavailable',
      headers: { 'Retry-After': '5' },
      cause: error,
    });
    expect(writes()).toBe(1);
  });

  it('names a missing permission', async () => {
    dynamo.on(GetCommand).rejects(awsError('AccessDeniedException'));
    const error = await unload().catch((thrown: unknown) => thrown);
    const surroundings = { stage: 'prod', requestId: 'r', instance: undefined };
    expect(problemOf(error, surroundings)).toMatchObject({ status: 500, code: 'access-denied' });
  });
});

it('an audit that cannot be read says so', async () => {
  dynamo.on(QueryCommand).rejects(new Error('connect ECONNREFUSED'));
  await expect(registry.audit('base', { limit: 20 })).rejects.toMatchObject({ code: 'registry-unavailable' });
});
