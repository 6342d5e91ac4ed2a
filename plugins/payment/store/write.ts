import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  type CancellationReason,
  ConditionalCheckFailedException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  PutCommand,
  type PutCommandOutput,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
  type UpdateCommandInput,
  type UpdateCommandOutput,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Table } from './table.ts';
import { problem } from '../errors.ts';

/** One action of a transaction, with the name under which its failed condition is reported. */
export type Action<N extends string> = {
  readonly name: N;
  /** A put of an item that no other call writes: whoever finds exactly this item has written it. */
  readonly isDistinct?: boolean;
} & NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** Why a transaction was not written: the first action, in the order given, whose condition failed. */
export interface Refusal<N extends string> {
  readonly name: N;
  readonly item: CancellationReason['Item'];
}

const CONFLICT_TRIES_MAX = 8;
const CONFLICT_PAUSE_MS = 20;

/**
 * Writes all actions or none. A conflict with another transaction under way, or too little capacity, means that
 * nothing was written, and is tried again with full jitter; any other failure than a condition is thrown.
 */
export async function transact<N extends string>(
  { client }: Pick<Table, 'client'>,
  actions: readonly Action<N>[],
): Promise<Refusal<N> | undefined> {
  const items = actions.map(({ name: _name, isDistinct: _isDistinct, ...action }) => action);
  for (let tries = 1; ; tries += 1) {
    try {
      await client.send(new TransactWriteCommand({ TransactItems: items }));
      return undefined;
    } catch (error) {
      const reasons = reasonsOf(error);
      const failed = reasons.findIndex(({ Code }) => Code === 'ConditionalCheckFailed');
      const refused = actions[failed];
      if (refused !== undefined) return { name: refused.name, item: reasons[failed]?.Item };
      if (!reasons.some(({ Code = '' }) => TEMPORARY.has(Code))) throw error;
      if (tries >= CONFLICT_TRIES_MAX) throw problem('contention', { cause: error });
      await pause(Math.random() * CONFLICT_PAUSE_MS * 2 ** tries);
    }
  }
}

/** Writes all actions or none, a single one without a transaction: that would cost twice as much. */
export async function writeAll<N extends string>(
  table: Pick<Table, 'client'>,
  actions: readonly Action<N>[],
): Promise<Refusal<N> | undefined> {
  const [only, ...more] = actions;
  if (only === undefined) return undefined;
  if (more.length > 0) return transact(table, actions);
  return (await writeOne(table, only)) ? undefined : { name: only.name, item: undefined };
}

/** Reasons that are worth a retry, because nothing was written; the SDK retries none of them. */
const TEMPORARY: ReadonlySet<string> = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

function reasonsOf(error: unknown): readonly CancellationReason[] {
  return error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
}

/**
 * Writes one action alone. The SDK repeats a call whose answer was lost, and the condition of the repeated one fails
 * on its own item; a transaction has a token for that.
 * @returns false when its condition failed
 */
export async function writeOne(
  { client }: Pick<Table, 'client'>,
  { Put: put, Update: change, isDistinct = false }: Pick<Action<string>, 'Put' | 'Update' | 'isDistinct'>,
): Promise<boolean> {
  let found: CancellationReason['Item'];
  const asked = isDistinct && put ? { ...put, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const } : put;
  const answer = await tryOne(
    () => sent(client, { Put: asked, Update: change }),
    ({ Item }) => (found = Item),
  );
  return answer !== undefined || (isDistinct && put?.Item !== undefined && isStored(put.Item, found));
}

const isStored = (item: Readonly<Record<string, unknown>>, found: CancellationReason['Item']): boolean =>
  found !== undefined && isDeepStrictEqual(unmarshall(found), JSON.parse(JSON.stringify(item)));

/** The same for an update whose new values are wanted; `undefined` when its condition failed. */
export const updateOne = (
  { client }: Pick<Table, 'client'>,
  update: UpdateCommandInput,
): Promise<UpdateCommandOutput | undefined> => tryOne(() => client.send(new UpdateCommand(update)));

function sent(
  client: DynamoDBDocumentClient,
  {
    Put: put,
    Update: update,
  }: { readonly Put?: Action<string>['Put']; readonly Update?: Action<string>['Update'] },
): Promise<PutCommandOutput | UpdateCommandOutput> {
  if (put) return client.send(new PutCommand(put));
  if (update) return client.send(new UpdateCommand(update));
  throw new TypeError('Only puts and updates are written alone');
}

async function tryOne<T>(
  write: () => Promise<T>,
  onRefused: (refusal: ConditionalCheckFailedException) => void = () => undefined,
): Promise<T | undefined> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await write();
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        onRefused(error);
        return undefined;
      }
      const conflict = error instanceof Error && error.name === 'TransactionConflictException';
      if (!conflict) throw error;
      if (tries >= CONFLICT_TRIES_MAX) throw problem('contention', { cause: error });
      await pause(Math.random() * CONFLICT_PAUSE_MS * 2 ** tries);
    }
  }
}
