import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  type CreateTableCommandInput,
  type Projection,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import { freePort } from '#infra/local/ports.ts';

/** Partition and sort key of each index, and, unless it copies all, the attributes that it copies beside the keys. */
type Indexes = Readonly<Record<string, readonly [string, string, (readonly string[])?]>>;

/** A DynamoDB engine in memory, for one test file. */
export interface TestDynamo {
  readonly endpoint: string;
  readonly documents: DynamoDBDocument;
  /** Creates a table with string keys `PK` and `SK`, and indexes with keys of the same kind. */
  createTable(name: string, indexes?: Indexes): Promise<void>;
  stop(): Promise<void>;
}

const binary = createRequire(import.meta.url).resolve('@dynoxide/linux-x64/dynoxide');

/** The environment of a function that uses the engine. */
export const environmentOf = ({ endpoint }: Pick<TestDynamo, 'endpoint'>) => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
});

/** Starts the engine and waits until it answers; it ends with the test process. */
export async function startDynamo(): Promise<TestDynamo> {
  const port = await freePort();
  const child = spawn(binary, ['serve', '--port', String(port)], { stdio: 'ignore' });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  await untilReady(client);
  return {
    endpoint,
    documents: DynamoDBDocument.from(client, { marshallOptions: { removeUndefinedValues: true } }),
    async createTable(name, indexes = {}) {
      await client.send(new CreateTableCommand(tableInput(name, indexes)));
    },
    async stop() {
      client.destroy();
      process.off('exit', kill);
      const ended = new Promise((resolve) => child.once('exit', resolve));
      kill();
      await ended;
    },
  };
}

async function untilReady(client: DynamoDBClient): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await client.send(new ListTablesCommand({}));
      return;
    } catch (error) {
      if (attempt >= 200) throw error;
      await sleep(25);
    }
  }
}

function tableInput(name: string, indexes: Indexes): CreateTableCommandInput {
  const indexKeys = Object.values(indexes).flatMap(([partition, sort]) => [partition, sort]);
  const attributes = new Set(['PK', 'SK', ...indexKeys]);
  const keys = (partition: string, sort: string) => [
    { AttributeName: partition, KeyType: 'HASH' as const },
    { AttributeName: sort, KeyType: 'RANGE' as const },
  ];
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: keys('PK', 'SK'),
    AttributeDefinitions: [...attributes].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S' as const,
    })),
    ...(Object.keys(indexes).length > 0 && {
      GlobalSecondaryIndexes: Object.entries(indexes).map(([IndexName, [partition, sort, more]]) => ({
        IndexName,
        KeySchema: keys(partition, sort),
        Projection: projectionOf(more),
      })),
    }),
  };
}

function projectionOf(more: readonly string[] | undefined): Projection {
  if (more === undefined) return { ProjectionType: 'ALL' };
  return more.length === 0
    ? { ProjectionType: 'KEYS_ONLY' }
    : { ProjectionType: 'INCLUDE', NonKeyAttributes: [...more] };
}
