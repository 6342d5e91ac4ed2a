import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { AttributeMap } from '#runtime/aws/attributes.ts';
import type {
  DocumentClient,
  TransactionItem,
  UpdateInput,
  WriteOutput,
} from '#runtime/aws/document-types.ts';
import { isAwsError } from '#runtime/aws/aws-error.ts';
import { cancellationReasons, failedCondition } from '#runtime/aws/refused-write.ts';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Table } from './table.ts';
import { problem } from '../errors.ts';

/** One action of a transaction, with the name under which its failed condition is reported. */
export type Action<N extends string> = {
  readonly name: N;
  /** A put of an item that no other call writes: whoever finds exactly this item has written it. */
  readonly isDistinct?: boolean;
} & TransactionItem;

/** Why a transaction was not written: the first action, in the order given, whose condition failed. */
export interface Refusal<N extends string> {
  readonly name: N;
  readonly item: AttributeMap | undefined;
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
      await client.transactWrite({ TransactItems: items });
      return undefined;
    } catch (error) {
      const reasons = cancellationReasons(error);
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

/** Reasons that are worth a retry, because nothing was written; the client retries none of them. */
const TEMPORARY: ReadonlySet<string> = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

/**
 * Writes one action alone. The client repeats a call whose answer was lost, and the condition of the repeated one fails
 * on its own item; a transaction has a token for that.
 * @returns false when its condition failed
 */
export async function writeOne(
  { client }: Pick<Table, 'client'>,
  { Put: put, Update: change, isDistinct = false }: Pick<Action<string>, 'Put' | 'Update' | 'isDistinct'>,
): Promise<boolean> {
  let found: AttributeMap | undefined;
  const asked = isDistinct && put ? { ...put, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const } : put;
  const answer = await tryOne(
    () => sent(client, { Put: asked, Update: change }),
    ({ item }) => (found = item),
  );
  return answer !== undefined || (isDistinct && put?.Item !== undefined && isStored(put.Item, found));
}

const isStored = (item: Readonly<Record<string, unknown>>, found: AttributeMap | undefined): boolean =>
  found !== undefined && isDeepStrictEqual(unmarshall(found), JSON.parse(JSON.stringify(item)));

/** The same for an update whose new values are wanted; `undefined` when its condition failed. */
export const updateOne = (
  { client }: Pick<Table, 'client'>,
  update: UpdateInput,
): Promise<WriteOutput | undefined> => tryOne(() => client.update(update));

function sent(
  client: DocumentClient,
  {
    Put: put,
    Update: update,
  }: { readonly Put?: Action<string>['Put']; readonly Update?: Action<string>['Update'] },
): Promise<WriteOutput> {
  if (put) return client.put(put);
  if (update) return client.update(update);
  throw new TypeError('Only puts and updates are written alone');
}

async function tryOne<T>(
  write: () => Promise<T>,
  onRefused: (refusal: { readonly item: AttributeMap | undefined }) => void = () => undefined,
): Promise<T | undefined> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await write();
    } catch (error) {
      const refusal = failedCondition(error);
      if (refusal) {
        onRefused(refusal);
        return undefined;
      }
      if (!isAwsError(error, 'TransactionConflictException')) throw error;
      if (tries >= CONFLICT_TRIES_MAX) throw problem('contention', { cause: error });
      await pause(Math.random() * CONFLICT_PAUSE_MS * 2 ** tries);
    }
  }
}
