import { randomUUID } from 'node:crypto';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { platformProblem } from '#runtime/contract/errors.ts';
import { readState, stateKey, type LoadState, type PluginState } from '#runtime/lifecycle/registry-state.ts';
import { transitionProblem } from './errors.ts';

/** A plugin's state for the whole stage. */
export interface RegistryEntry extends Pick<PluginState, 'state' | 'version'> {
  /** Time of the last transition; undefined before the first. */
  readonly updatedAt: Date | undefined;
}

export interface RegistryStore {
  read(plugin: string): Promise<RegistryEntry>;
  /** Moves a plugin to a state unless it is there already. @throws ProblemError 409 `transition-conflict` */
  transition(
    plugin: string,
    to: LoadState,
    by: string,
  ): Promise<RegistryEntry & { readonly changed: boolean }>;
}

export interface RegistryStoreOptions {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  readonly now: () => Date;
}

export function createRegistryStore({ client, table, now }: RegistryStoreOptions): RegistryStore {
  async function read(plugin: string): Promise<RegistryEntry> {
    const { state, version, updatedAt } = await readState(client, table, plugin).catch(unavailable);
    return { state, version, updatedAt: updatedAt === undefined ? undefined : new Date(updatedAt) };
  }

  return {
    read,
    async transition(plugin, to, by) {
      for (let attempt = 0; attempt < 3; attempt++) {
        const entry = await read(plugin);
        if (entry.state === to) return { ...entry, changed: false };
        const at = now();
        try {
          await client.send(transitionWrite(table, { plugin, from: entry, to, by, at }));
          return { state: to, version: entry.version + 1, updatedAt: at, changed: true };
        } catch (error) {
          if (!isConflict(error)) unavailable(error);
        }
      }
      throw transitionProblem('transition-conflict');
    },
  };
}

/** Whether another transition won the race: nothing was written, and the next read tells what it did. */
function isConflict(error: unknown): boolean {
  if (!(error instanceof TransactionCanceledException)) return false;
  const codes = (error.CancellationReasons ?? [])
    .map(({ Code }) => Code ?? 'None')
    .filter((code) => code !== 'None');
  return codes.length > 0 && codes.every((code) => CONFLICT_CODES.has(code));
}

const CONFLICT_CODES: ReadonlySet<string> = new Set(['ConditionalCheckFailed', 'TransactionConflict']);

/** Throttled, denied or unreachable: this is no conflict, and trying again may help. */
function unavailable(cause: unknown): never {
  throw platformProblem('registry-unavailable', { cause });
}

interface Step {
  readonly plugin: string;
  readonly from: RegistryEntry;
  readonly to: LoadState;
  readonly by: string;
  readonly at: Date;
}

/** State and audit entry in one transaction, on condition of the version that was read. */
function transitionWrite(table: string, { plugin, from, to, by, at }: Step): TransactWriteCommand {
  const Key = stateKey(plugin);
  const version = from.version + 1;
  const time = at.toISOString();
  const state = {
    TableName: table,
    Key,
    UpdateExpression: 'SET #state = :to, #version = :next, updatedAt = :at, updatedBy = :by',
    ConditionExpression: 'attribute_not_exists(#version) OR #version = :seen',
    ExpressionAttributeNames: { '#state': 'state', '#version': 'version' },
    ExpressionAttributeValues: { ':to': to, ':next': version, ':seen': from.version, ':at': time, ':by': by },
  };
  const audit = {
    PK: Key.PK,
    SK: `AUDIT#${time}#${randomUUID()}`,
    action: to === 'loaded' ? 'load' : 'unload',
    from: from.state,
    to,
    by,
    at: time,
    version,
  };
  return new TransactWriteCommand({
    TransactItems: [{ Update: state }, { Put: { TableName: table, Item: audit } }],
  });
}
