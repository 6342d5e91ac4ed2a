import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { type Action, transact } from '../../../../../plugins/payment/store/dynamodb-write.ts';

const action = (name: string): Action<string> => ({ name, Put: { TableName: 't', Item: {} } });
const canceled = (...codes: string[]) =>
  new TransactionCanceledException({
    message: 'canceled',
    $metadata: {},
    CancellationReasons: codes.map((Code) => ({ Code })),
  });

/** A client that fails so often before it succeeds: no engine at hand reports conflicts. */
function failing(times: number, error: Error) {
  const state = { sent: 0 };
  const send = () => {
    state.sent += 1;
    return state.sent <= times ? Promise.reject(error) : Promise.resolve({});
  };
  return { client: { send } as unknown as DynamoDBDocumentClient, state };
}

describe('transact', () => {
  it('tries again while other transactions are in the way', async () => {
    const { client, state } = failing(3, canceled('None', 'TransactionConflict'));
    expect(await transact(client, [action('a'), action('b')])).toBeUndefined();
    expect(state.sent).toBe(4);
  });

  it('gives up with 503 after eight tries', async () => {
    const { client, state } = failing(99, canceled('TransactionConflict'));
    await expect(transact(client, [action('a')])).rejects.toMatchObject({ status: 503, code: 'contention' });
    expect(state.sent).toBe(8);
  });

  it('reports the first failed condition in the order of the actions', async () => {
    const { client } = failing(
      1,
      canceled('TransactionConflict', 'ConditionalCheckFailed', 'ConditionalCheckFailed'),
    );
    const refused = await transact(client, [action('a'), action('b'), action('c')]);
    expect(refused).toMatchObject({ name: 'b' });
  });

  it('throws everything else', async () => {
    const broken = canceled('ThrottlingError');
    await expect(transact(failing(1, broken).client, [action('a')])).rejects.toBe(broken);
    const down = new Error('down');
    await expect(transact(failing(1, down).client, [action('a')])).rejects.toBe(down);
  });
});
