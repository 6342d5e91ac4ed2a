import { setTimeout as sleep } from 'node:timers/promises';
import { StartupError } from '../errors.ts';
import type { KeyAttribute, TableResource } from '../resources/dynamodb.ts';
import { EngineError, type Engine } from './types.ts';

interface KeyElement {
  readonly AttributeName: string;
  readonly KeyType: string;
}

interface Described {
  readonly Table: {
    readonly TableStatus?: string;
    readonly KeySchema: readonly KeyElement[];
    readonly AttributeDefinitions: readonly {
      readonly AttributeName: string;
      readonly AttributeType: string;
    }[];
    readonly GlobalSecondaryIndexes?: readonly {
      readonly IndexName: string;
      readonly IndexStatus?: string;
      readonly KeySchema: readonly KeyElement[];
      readonly Projection?: Index['projection'];
    }[];
    readonly StreamSpecification?: { readonly StreamEnabled: boolean };
  };
}

type Keyed = Pick<TableResource, 'partitionKey' | 'sortKey'>;

const ACTIVE_WITHIN_MS = 30_000;

// Pollers cut the images to the declared view. With both they can see that a write changed nothing, which
// DynamoDB keeps off the stream and the engine does not.
const stream = { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' };

/**
 * Creates the tables, indexes, streams and TTL of the assembly that the engine does not have; nothing is removed.
 * @throws StartupError when a key schema or the projection of an index changed, which DynamoDB cannot do either
 */
export async function ensureTables(engine: Engine, tables: readonly TableResource[]): Promise<void> {
  for (const table of tables) {
    const described = await describeTable(engine, table.name);
    if (described) await amend(engine, table, described);
    else await create(engine, table);
    if (table.ttlAttribute !== undefined) await ensureTtl(engine, table.name, table.ttlAttribute);
  }
}

async function describeTable(engine: Engine, name: string): Promise<Described['Table'] | undefined> {
  try {
    return (await engine.call<Described>('DynamoDB_20120810.DescribeTable', { TableName: name })).Table;
  } catch (error) {
    if (error instanceof EngineError && error.code === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

async function create(engine: Engine, table: TableResource): Promise<void> {
  await engine.call('DynamoDB_20120810.CreateTable', {
    TableName: table.name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: keySchema(table),
    AttributeDefinitions: definitions([table, ...table.indexes]),
    ...(table.indexes.length > 0 && { GlobalSecondaryIndexes: table.indexes.map(indexOf) }),
    ...(table.streamArn !== undefined && { StreamSpecification: stream }),
  });
  await untilActive(engine, table.name);
}

/** DynamoDB takes no write, and no further change, before a table and its indexes are there. */
async function untilActive(engine: Engine, name: string): Promise<void> {
  for (const startedAtMs = Date.now(); Date.now() - startedAtMs < ACTIVE_WITHIN_MS; await sleep(20)) {
    const { TableStatus = 'ACTIVE', GlobalSecondaryIndexes = [] } = (await describeTable(engine, name)) ?? {};
    const statuses = [
      TableStatus,
      ...GlobalSecondaryIndexes.map(({ IndexStatus = 'ACTIVE' }) => IndexStatus),
    ];
    if (statuses.every((status) => status === 'ACTIVE')) return;
  }
  throw new StartupError(
    'engine-failed',
    `table ${name} is not ready after ${ACTIVE_WITHIN_MS / 1000} s: start again`,
  );
}

async function amend(engine: Engine, table: TableResource, existing: Described['Table']): Promise<void> {
  refuseChange(`table ${table.name}`, table, existing, existing.KeySchema);
  for (const index of table.indexes) {
    const found = existing.GlobalSecondaryIndexes?.find((candidate) => candidate.IndexName === index.name);
    if (found) {
      refuseChange(`index ${index.name} of table ${table.name}`, index, existing, found.KeySchema);
      refuseProjection(table.name, index, found.Projection);
    } else {
      await engine.call('DynamoDB_20120810.UpdateTable', {
        TableName: table.name,
        AttributeDefinitions: definitions([table, ...table.indexes]),
        GlobalSecondaryIndexUpdates: [{ Create: indexOf(index) }],
      });
      await untilActive(engine, table.name);
    }
  }
  const streams = existing.StreamSpecification?.StreamEnabled === true;
  if (streams === (table.streamArn !== undefined)) return;
  // The engine would show the records of the former stream in the new one.
  if (!streams) engine.clearStream(table.name);
  await engine.call('DynamoDB_20120810.UpdateTable', {
    TableName: table.name,
    StreamSpecification: streams ? { StreamEnabled: false } : stream,
  });
}

function refuseChange(
  what: string,
  wanted: Keyed,
  existing: Described['Table'],
  schema: readonly KeyElement[],
): void {
  const type = (name: string) => existing.AttributeDefinitions.find((found) => found.AttributeName === name);
  const is = schema
    .map((key) => `${key.AttributeName} (${type(key.AttributeName)?.AttributeType})`)
    .join(', ');
  const asked = keyAttributesOf(wanted)
    .map((key) => `${key.name} (${key.type})`)
    .join(', ');
  if (is !== asked) {
    throw new StartupError(
      'table-changed',
      `${what} has the key ${is}, the manifest now says ${asked}: start with --reset to lose its data`,
    );
  }
}

type Index = TableResource['indexes'][number];

const projectionText = ({ ProjectionType, NonKeyAttributes = [] }: Index['projection']): string =>
  [ProjectionType, ...NonKeyAttributes.toSorted()].join(' ');

function refuseProjection(
  table: string,
  { name, projection }: Index,
  existing: Index['projection'] | undefined,
) {
  const [is, asked] = [projectionText(existing ?? { ProjectionType: 'ALL' }), projectionText(projection)];
  if (is === asked) return;
  throw new StartupError(
    'table-changed',
    `index ${name} of table ${table} has the projection ${is}, the manifest now says ${asked}: ` +
      'give the index another name, or start with --reset to lose its data',
  );
}

async function ensureTtl(engine: Engine, name: string, attribute: string): Promise<void> {
  const ttl = await engine.call<{
    TimeToLiveDescription?: { TimeToLiveStatus?: string; AttributeName?: string };
  }>('DynamoDB_20120810.DescribeTimeToLive', { TableName: name });
  const { TimeToLiveStatus: status, AttributeName: current } = ttl.TimeToLiveDescription ?? {};
  const set = (Enabled: boolean, AttributeName: string) =>
    engine.call('DynamoDB_20120810.UpdateTimeToLive', {
      TableName: name,
      TimeToLiveSpecification: { Enabled, AttributeName },
    });
  if (status === 'ENABLED' && current === attribute) return;
  if (status === 'ENABLED' && current !== undefined) await set(false, current);
  await set(true, attribute);
}

const keyAttributesOf = (keyed: Keyed): KeyAttribute[] =>
  keyed.sortKey ? [keyed.partitionKey, keyed.sortKey] : [keyed.partitionKey];

const keySchema = (keyed: Keyed): KeyElement[] =>
  keyAttributesOf(keyed).map((key, at) => ({
    AttributeName: key.name,
    KeyType: at === 0 ? 'HASH' : 'RANGE',
  }));

function definitions(keyed: readonly Keyed[]): { AttributeName: string; AttributeType: string }[] {
  const types = new Map(keyed.flatMap(keyAttributesOf).map((key) => [key.name, key.type]));
  return [...types].map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }));
}

const indexOf = (index: Index) => ({
  IndexName: index.name,
  KeySchema: keySchema(index),
  Projection: index.projection,
});
