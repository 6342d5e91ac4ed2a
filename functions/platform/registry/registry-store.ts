import type { DocumentClient, QueryInput, TransactWriteInput } from '#runtime/aws/document-types.ts';
import { queryPages } from '#runtime/aws/documents.ts';
import { cancellationReasons } from '#runtime/aws/refused-write.ts';
import {
  readState,
  stateKey,
  type InitialState,
  type LoadState,
  type PluginState,
} from '#runtime/lifecycle/registry-state.ts';
import {
  AUDIT_PREFIX,
  auditEntryOf,
  auditKey,
  chainedEntry,
  type Actor,
  type AuditEntry,
  type AuditHead,
  type AuditedState,
} from './audit.ts';
import { unavailable } from './unavailable.ts';

/** A plugin's entry in the registry of the stage. */
export interface RegistryEntry extends Omit<PluginState, 'updatedAt'> {
  /** Time of the last change; undefined before the first. */
  readonly updatedAt: Date | undefined;
}

/** A change of a plugin's entry; what is left out stays as it is. */
interface RegistryChange {
  readonly state?: LoadState;
  readonly configVersionId?: string;
  /** Why it is `failed`; removed by a change of the state that has none. */
  readonly reason?: string;
}

/** What the audit says of a change. */
export interface Audited {
  readonly action: string;
  readonly actor: Actor;
  readonly before: AuditedState;
  readonly after: AuditedState;
}

interface AuditQuery {
  readonly limit: number;
  readonly below?: number;
  /** Only entries with this action. */
  readonly action?: string;
  /** Only entries by this subject. */
  readonly by?: string;
}

interface AuditPage {
  /** Newest first. */
  readonly entries: readonly AuditEntry[];
  /** Version below which the next page begins; undefined on the last page. */
  readonly next: number | undefined;
  /** Read after the entries; undefined while no entry has a hash. */
  readonly head: AuditHead | undefined;
}

export interface RegistryStore {
  read(plugin: string): Promise<RegistryEntry>;
  /**
   * Writes a change with its audit entry, on condition that the entry has not changed since it was read.
   * @returns undefined when it has, and nothing was written
   */
  write(
    plugin: string,
    before: RegistryEntry,
    change: RegistryChange,
    audited: Audited,
  ): Promise<RegistryEntry | undefined>;
  /** Names of all plugins that have ever changed their state here, deployed or not. */
  names(): Promise<readonly string[]>;
  /** @param wanted `below`: only entries with a lower version */
  audit(plugin: string, wanted: AuditQuery): Promise<AuditPage>;
}

interface RegistryStoreOptions {
  readonly client: DocumentClient;
  readonly table: string;
  readonly now: () => Date;
  /** The state of a plugin without an item. */
  readonly initialStateOf: (plugin: string) => InitialState;
}

/** @throws ProblemError 503 `registry-unavailable` from every method when the table does not answer */
export function createRegistryStore({
  client,
  table,
  now,
  initialStateOf,
}: RegistryStoreOptions): RegistryStore {
  async function read(plugin: string): Promise<RegistryEntry> {
    const { updatedAt, ...state } = await readState(client, table, {
      plugin,
      initial: initialStateOf(plugin),
    }).catch(unavailable);
    return { ...state, updatedAt: updatedAt === undefined ? undefined : new Date(updatedAt) };
  }

  return {
    read,
    async write(plugin, before, change, audited) {
      const updatedAt = now();
      const { state = before.state, configVersionId = before.configVersionId } = change;
      const reason = change.state === undefined ? before.reason : change.reason;
      const version = before.version + 1;
      const { actor, ...what } = audited;
      const entry = chainedEntry(before.auditHash, {
        plugin,
        version,
        at: updatedAt.toISOString(),
        ...actor,
        ...what,
        ...(change.reason !== undefined && { reason: change.reason }),
      });
      const after = { state, configVersionId, reason, version, updatedAt, auditHash: entry.hash };
      try {
        await client.transactWrite(changeWrite(table, plugin, { before, after, entry }));
        return after;
      } catch (error) {
        return isConflict(error) ? undefined : unavailable(error);
      }
    },
    async names() {
      const items = await everyItem(client, {
        TableName: table,
        KeyConditionExpression: 'PK = :pk',
        ExpressionAttributeValues: { ':pk': NAMES },
        ConsistentRead: true,
      }).catch(unavailable);
      return items.map(({ SK }) => String(SK));
    },
    async audit(plugin, wanted) {
      const { limit } = wanted;
      const items = await firstItems(client, auditQuery(table, plugin, wanted), limit + 1).catch(unavailable);
      const entries = items.slice(0, limit).map(auditEntryOf);
      const { version, auditHash: hash } = await read(plugin);
      return {
        entries,
        next: items.length > limit ? entries.at(-1)?.version : undefined,
        head: hash === undefined ? undefined : { version, hash },
      };
    },
  };
}

/** Whether another writer was first: nothing was written, and the next read shows what it did. */
function isConflict(error: unknown): boolean {
  const codes = cancellationReasons(error)
    .map(({ Code }) => Code ?? 'None')
    .filter((code) => code !== 'None');
  return codes.length > 0 && codes.every((code) => CONFLICT_CODES.has(code));
}

const CONFLICT_CODES: ReadonlySet<string> = new Set(['ConditionalCheckFailed', 'TransactionConflict']);

interface Step {
  readonly before: RegistryEntry;
  readonly after: RegistryEntry & { readonly updatedAt: Date };
  readonly entry: AuditEntry;
}

/** The item and its audit entry in one transaction, on condition of the version that was read. */
function changeWrite(table: string, plugin: string, { before, after, entry }: Step): TransactWriteInput {
  const item = defined({ ...after, updatedAt: entry.at, updatedBy: entry.by });
  return {
    TransactItems: [
      {
        Put: {
          TableName: table,
          Item: { ...stateKey(plugin), ...item },
          ConditionExpression: 'attribute_not_exists(#version) OR #version = :seen',
          ExpressionAttributeNames: { '#version': 'version' },
          ExpressionAttributeValues: { ':seen': before.version },
        },
      },
      {
        Put: {
          TableName: table,
          Item: { ...auditKey(plugin, entry.version), ...entry },
          ConditionExpression: 'attribute_not_exists(PK)',
        },
      },
      { Put: { TableName: table, Item: { PK: NAMES, SK: plugin } } },
    ],
  };
}

/** Partition of the names of all plugins that have an item. */
const NAMES = 'PLUGINS';

async function everyItem(client: DocumentClient, query: QueryInput) {
  const items: Record<string, unknown>[] = [];
  for await (const page of queryPages(client, query)) items.push(...(page.Items ?? []));
  return items;
}

/** As many of a query's items as are wanted, over as many pages as that takes. */
async function firstItems(client: DocumentClient, query: QueryInput, count: number) {
  const items: Record<string, unknown>[] = [];
  for await (const page of queryPages(client, query)) {
    items.push(...(page.Items ?? []));
    if (items.length >= count) break;
  }
  return items;
}

const defined = (item: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined));

function auditQuery(table: string, plugin: string, { limit, below, action, by }: AuditQuery): QueryInput {
  const last = below === undefined ? `${AUDIT_PREFIX}~` : auditKey(plugin, below - 1).SK;
  const filters = Object.entries({ action, by }).filter(([, value]) => value !== undefined);
  return {
    TableName: table,
    KeyConditionExpression: 'PK = :pk AND SK BETWEEN :first AND :last',
    ExpressionAttributeValues: {
      ':pk': stateKey(plugin).PK,
      ':first': AUDIT_PREFIX,
      ':last': last,
      ...Object.fromEntries(filters.map(([name, value]) => [`:${name}`, value])),
    },
    ScanIndexForward: false,
    ConsistentRead: true,
    // The limit of DynamoDB counts what it reads, and not what a filter lets through.
    ...(filters.length === 0
      ? { Limit: limit + 1 }
      : {
          FilterExpression: filters.map(([name]) => `#${name} = :${name}`).join(' AND '),
          ExpressionAttributeNames: Object.fromEntries(filters.map(([name]) => [`#${name}`, name])),
        }),
  };
}
