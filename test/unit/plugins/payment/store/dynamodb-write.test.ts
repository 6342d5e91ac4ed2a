import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocument, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { awsError, canceled } from '#test/unit/functions/aws.ts';
import { type Action, transact, writeOne } from '../../../../../plugins/payment/store/write.ts';

const client = DynamoDBDocument.from(new DynamoDBClient({ region: 'us-east-1' }));
const dynamo = mockClient(client);
const action = (name: string): Action<string> => ({ name, Put: { TableName: 't', Item: {} } });

/** Fails so often before it succeeds: no engine at hand reports conflicts or too little capacity. */
function failing(times: number, error: Error): void {
  dynamo.reset();
  let calls = 0;
  dynamo.onAnyCommand().callsFake(async () => {
    calls += 1;
    if (calls <= times) throw error;
    return {};
  });
}
const sent = () => dynamo.commandCalls(TransactWriteCommand).length;

describe('transact', () => {
  it.each([
    ['other transactions are in the way', 'TransactionConflict'],
    ['the table is throttled', 'ThrottlingError'],
    ['its capacity is used up', 'ProvisionedThroughputExceeded'],
  ])('tries again while %s', async (_, code) => {
    failing(3, canceled('None', code));
    expect(await transact({ client }, [action('a'), action('b')])).toBeUndefined();
    expect(sent()).toBe(4);
  });

  it.each(['TransactionConflict', 'ThrottlingError'])(
    'gives up with 503 after eight tries (%s)',
    async (code) => {
      failing(99, canceled(code));
      await expect(transact({ client }, [action('a')])).rejects.toMatchObject({
        status: 503,
        code: 'contention',
      });
      expect(sent()).toBe(8);
    },
  );

  it('reports the first failed condition in the order of the actions, whatever else went wrong', async () => {
    failing(1, canceled('TransactionConflict', 'ConditionalCheckFailed', 'ConditionalCheckFailed'));
    expect(await transact({ client }, [action('a'), action('b'), action('c')])).toMatchObject({ name: 'b' });
    failing(1, canceled('ThrottlingError', 'ConditionalCheckFailed'));
    expect(await transact({ client }, [action('a'), action('b')])).toMatchObject({ name: 'b' });
  });

  it.each([
    ['a transaction that can never be written', canceled('ValidationError')],
    ['items that are too large', canceled('None', 'ItemCollectionSizeLimitExceeded')],
    ['no reasons at all', canceled()],
    ['a refused call', awsError('AccessDeniedException')],
    ['a broken connection', new Error('down')],
  ])('throws %s', async (_, error) => {
    failing(1, error);
    await expect(transact({ client }, [action('a')])).rejects.toBe(error);
    expect(sent()).toBe(1);
  });
});

describe('a conditional write', () => {
  const put = () => writeOne({ client }, { Put: { TableName: 't', Item: {} } });

  it('tells whether its condition held', async () => {
    failing(0, new Error());
    expect(await put()).toBe(true);
    failing(1, new ConditionalCheckFailedException({ message: 'no', $metadata: {} }));
    expect(await put()).toBe(false);
  });

  it('whose answer was lost finds its own item, and nobody else finds theirs', async () => {
    const Item = { PK: 'a', SK: '1', n: 1, none: undefined, from: null, by: { kind: 'api' } };
    const refusedBy = (found: object | undefined) => {
      const Found = found && marshall(found, { removeUndefinedValues: true });
      failing(
        1,
        new ConditionalCheckFailedException({ message: 'no', $metadata: {}, ...(Found && { Item: Found }) }),
      );
    };
    const write = (isDistinct: boolean) =>
      writeOne({ client }, { Put: { TableName: 't', Item }, isDistinct });
    refusedBy(Item);
    expect(await write(true)).toBe(true);
    expect(dynamo.commandCalls(PutCommand)[0]?.args[0].input.ReturnValuesOnConditionCheckFailure).toBe(
      'ALL_OLD',
    );
    refusedBy({ ...Item, by: { kind: 'webhook' } });
    expect(await write(true)).toBe(false);
    refusedBy(undefined);
    expect(await write(true)).toBe(false);
    refusedBy(Item);
    expect(await write(false)).toBe(false);
  });

  it('is tried again while a transaction is in the way, and given up with 503', async () => {
    failing(2, awsError('TransactionConflictException'));
    expect(await put()).toBe(true);
    failing(99, awsError('TransactionConflictException'));
    await expect(put()).rejects.toMatchObject({ status: 503, code: 'contention' });
    expect(dynamo.commandCalls(PutCommand)).toHaveLength(8);
  });

  it('throws everything else', async () => {
    const throttled = awsError('ProvisionedThroughputExceededException');
    failing(1, throttled);
    await expect(put()).rejects.toBe(throttled);
  });
});
