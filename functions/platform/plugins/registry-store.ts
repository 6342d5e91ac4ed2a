import { randomUUID } from 'node:crypto';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { GetCommand, TransactWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { platformProblem } from '#runtime/contract/errors.ts';
import { stateKey } from '#runtime/lifecycle/registry-state.ts';
import { transitionProblem } from './errors.ts';

export type LoadState = 'loaded' | 'unloaded';

/** A plugin's state for the whole stage. */
export interface RegistryEntry {
  readonly state: LoadState;
  /** Fence: each transition raises it; 0 before the first. */
  readonly version: number;
  /** Undefined before the first transition. */
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
    const { Item: item } = await client
      .send(new GetCommand({ TableName: table, Key: stateKey(plugin), ConsistentRead: true }))
      .catch(unavailable);
    const updatedAt = item?.['updatedAt'] as string | undefined;
    return {
      state: item?.['state'] === 'unloaded' ? 'unloaded' : 'loaded',
      version: (item?.['version'] as number | undefined) ?? 0,
      updatedAt: updatedAt === undefined ? undefined : new Date(updatedAt),
    };
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
          if (!isOvertaken(error)) unavailable(error);
        }
      }
      throw transitionProblem('transition-conflict');
    },
  };
}

/** Somebody was faster, or is about to be: nothing was written, and it may be where it should be by now. */
function isOvertaken(error: unknown): boolean {
  if (!(error instanceof TransactionCanceledException)) return false;
  const codes = (error.CancellationReasons ?? [])
    .map(({ Code }) => Code ?? 'None')
    .filter((code) => code !== 'None');
  return codes.length > 0 && codes.every((code) => OVERTAKEN.has(code));
}

const OVERTAKEN: ReadonlySet<string> = new Set(['ConditionalCheckFailed', 'TransactionConflict']);

/** Throttled, denied or out of reach: that the transition lost a race would be untrue. */
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
