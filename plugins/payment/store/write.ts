import { setTimeout as pause } from 'node:timers/promises';
import {
  type CancellationReason,
  ConditionalCheckFailedException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { problem } from '../errors.ts';

/** One action of a transaction, with the name under which its failed condition is reported. */
export type Action<N extends string> = {
  readonly name: N;
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
  client: DynamoDBDocumentClient,
  actions: readonly Action<N>[],
): Promise<Refusal<N> | undefined> {
  const items = actions.map(({ name: _name, ...action }) => action);
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

/** Reasons for which nothing was written and the same may work a little later; the SDK repeats for none of them. */
const TEMPORARY: ReadonlySet<string> = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

function reasonsOf(error: unknown): readonly CancellationReason[] {
  return error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
}

/** Runs one conditional write. @returns false when the condition failed */
export async function conditional(write: () => Promise<unknown>): Promise<boolean> {
  for (let tries = 1; ; tries += 1) {
    try {
      await write();
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      const conflict = error instanceof Error && error.name === 'TransactionConflictException';
      if (!conflict) throw error;
      if (tries >= CONFLICT_TRIES_MAX) throw problem('contention', { cause: error });
      await pause(Math.random() * CONFLICT_PAUSE_MS * 2 ** tries);
    }
  }
}
