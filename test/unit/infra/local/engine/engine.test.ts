import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engineBinary } from '#infra/local/engine/binary.ts';
import { startEngine } from '#infra/local/engine/start.ts';
import { ensureTables } from '#infra/local/engine/tables.ts';
import { sweepExpired } from '#infra/local/engine/ttl.ts';
import type { Engine } from '#infra/local/engine/types.ts';
import { StartupError } from '#infra/local/errors.ts';
import { recordingTerminal, table } from '../aws-endpoint/fixture.ts';

const db = 'DynamoDB_20120810';
const TableName = table.name;
const terminal = recordingTerminal();

let dir: string;
let engine: Engine;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'anineeplus-'));
  engine = await startEngine({ stateDir: dir, terminal });
});
afterEach(async () => {
  await engine.stop();
  rmSync(dir, { recursive: true, force: true });
});

const key = (id: string) => ({ PK: { S: id }, SK: { S: '1' } });
const put = (id: string, more: object = {}) =>
  engine.call(`${db}.PutItem`, { TableName, Item: { ...key(id), ...more } });
const get = async (id: string) =>
  (await engine.call<{ Item?: unknown }>(`${db}.GetItem`, { TableName, Key: key(id) })).Item;

function streamRows(): { sequence_number: string }[] {
  const file = new DatabaseSync(join(dir, 'dynamodb.sqlite'), { timeout: 5000 });
  const rows = file.prepare('SELECT sequence_number FROM _stream_records ORDER BY id').all();
  file.close();
  return rows as unknown as { sequence_number: string }[];
}

describe('the engine', () => {
  it('is found where its package is installed', () => {
    expect(engineBinary('@dynoxide/linux-x64')).toMatch(/dynoxide$/);
    expect(engineBinary('@dynoxide/plan9-x64')).toBeUndefined();
    expect(engine.name).toBe('@dynoxide/linux-x64 1.2.1');
  });

  it('says that a state folder has tables of another one', async () => {
    await engine.stop();
    mkdirSync(join(dir, 'dynamodb-local'));
    const { lines, ...own } = recordingTerminal();
    engine = await startEngine({ stateDir: dir, terminal: own });
    expect(lines).toEqual([expect.stringContaining('dynamodb-local has tables of another engine')]);
  });

  it('can be another one, which must answer', async () => {
    const other = await startEngine({ stateDir: dir, terminal, endpoint: engine.endpoint });
    await ensureTables(other, [table]);
    expect(other.endpoint).toBe(engine.endpoint);
    await other.stop();
    await put('still-there');
    await expect(startEngine({ stateDir: dir, terminal, endpoint: 'http://127.0.0.1:1' })).rejects.toThrow(
      StartupError,
    );
  });

  it('ends with the process that started it, even by SIGKILL', async () => {
    const other = mkdtempSync(join(tmpdir(), 'anineeplus-'));
    const script = `
      import { startEngine } from ${JSON.stringify(new URL('../../../../../infra/local/engine/start.ts', import.meta.url))};
      const terminal = { info() {}, warn() {}, error() {} };
      const engine = await startEngine({ stateDir: ${JSON.stringify(other)}, terminal });
      console.log(engine.endpoint);
      setInterval(() => {}, 1000);`;
    const child = spawn('node', ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [endpoint] = (await once(child.stdout, 'data')) as [Buffer];
    const answers = () =>
      fetch(endpoint.toString().trim()).then(
        () => true,
        () => false,
      );
    expect(await answers()).toBe(true);
    child.kill('SIGKILL');
    await expect.poll(answers).toBe(false);
    rmSync(other, { recursive: true, force: true });
  });

  it('reports its writes, and only those', async () => {
    await ensureTables(engine, [table]);
    let writes = 0;
    const stop = engine.onWrite(() => void writes++);
    await get('a');
    expect(writes).toBe(0);
    await put('a');
    expect(writes).toBe(1);
    stop();
    await put('a');
    expect(writes).toBe(1);
  });
});

describe('tables', () => {
  it('are kept from start to start', async () => {
    await ensureTables(engine, [table]);
    await put('kept');
    await engine.stop();
    engine = await startEngine({ stateDir: dir, terminal });
    await ensureTables(engine, [table]);
    expect(await get('kept')).toEqual(key('kept'));
  });

  it('get an index that is new in the assembly, filled with what is there', async () => {
    await ensureTables(engine, [{ ...table, indexes: [] }]);
    await put('a', { GSI1PK: { S: 't' } });
    await ensureTables(engine, [table]);
    const found = await engine.call<{ Count: number }>(`${db}.Query`, {
      TableName,
      IndexName: 'by-tenant',
      KeyConditionExpression: 'GSI1PK = :t',
      ExpressionAttributeValues: { ':t': { S: 't' } },
    });
    expect(found.Count).toBe(1);
  });

  it('refuse another key, and say how to go on', async () => {
    await ensureTables(engine, [table]);
    const changed = { ...table, sortKey: { name: 'SK', type: 'N' as const } };
    await expect(ensureTables(engine, [changed])).rejects.toThrow(
      /app-payments has the key PK \(S\), SK \(S\), the manifest now says PK \(S\), SK \(N\).*--reset/,
    );
    const index = { ...table.indexes[0]!, partitionKey: { name: 'other', type: 'S' as const } };
    await expect(ensureTables(engine, [{ ...table, indexes: [index] }])).rejects.toThrow(/index by-tenant/);
  });

  it('refuse another projection of an index, which needs another name', async () => {
    const [index] = table.indexes;
    const some = { ...index!, projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['a', 'b'] } };
    const keysOnly = { ...index!, projection: { ProjectionType: 'KEYS_ONLY' } };
    await ensureTables(engine, [{ ...table, indexes: [some] }]);
    const sorted = { ...some, projection: { ...some.projection, NonKeyAttributes: ['b', 'a'] } };
    await ensureTables(engine, [{ ...table, indexes: [sorted] }]);
    await expect(ensureTables(engine, [{ ...table, indexes: [keysOnly] }])).rejects.toThrow(
      /index by-tenant of table app-payments has the projection INCLUDE a b, the manifest now says KEYS_ONLY.*name/,
    );
    await ensureTables(engine, [{ ...table, indexes: [some, { ...keysOnly, name: 'by-tenant-keys' }] }]);
  });

  it('copy to an index what its projection names', async () => {
    const [index] = table.indexes;
    await ensureTables(engine, [
      { ...table, indexes: [{ ...index!, projection: { ProjectionType: 'KEYS_ONLY' } }] },
    ]);
    await put('a', { GSI1PK: { S: 't' }, more: { S: 'x' } });
    const { Items } = await engine.call<{ Items: object[] }>(`${db}.Query`, {
      TableName,
      IndexName: 'by-tenant',
      KeyConditionExpression: 'GSI1PK = :t',
      ExpressionAttributeValues: { ':t': { S: 't' } },
    });
    expect(Items).toEqual([{ ...key('a'), GSI1PK: { S: 't' } }]);
  });

  it('change their TTL attribute', async () => {
    await ensureTables(engine, [table]);
    await ensureTables(engine, [{ ...table, ttlAttribute: 'expires' }]);
    const ttl = await engine.call(`${db}.DescribeTimeToLive`, { TableName });
    expect(ttl).toMatchObject({
      TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'expires' },
    });
  });
});

describe('stream records', () => {
  it('are found by an index, and trimmed without disturbing the sequence', async () => {
    await ensureTables(engine, [table]);
    for (const id of ['a', 'b', 'c']) await put(id);
    expect(streamRows().map((row) => row.sequence_number)).toEqual(['1', '2', '3']);
    engine.trimStream(TableName, '2');
    expect(streamRows().map((row) => row.sequence_number)).toEqual(['3']);
    engine.trimStream(TableName, '3');
    await put('d');
    expect(streamRows().map((row) => row.sequence_number)).toEqual(['3', '4']);
    const file = new DatabaseSync(join(dir, 'dynamodb.sqlite'), { readOnly: true });
    const plan = file
      .prepare(
        "EXPLAIN QUERY PLAN SELECT MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records WHERE table_name = 'x'",
      )
      .all();
    file.close();
    expect(JSON.stringify(plan)).toContain('local_stream_seq');
  });

  it('of a former stream do not show in the next one', async () => {
    await ensureTables(engine, [table]);
    await put('old');
    await ensureTables(engine, [{ ...table, streamArn: undefined, streamView: undefined }]);
    await put('unseen');
    await ensureTables(engine, [table]);
    expect(streamRows()).toEqual([]);
  });
});

describe('TTL', () => {
  it('deletes what has expired, and nothing else', async () => {
    const now = Date.parse('2026-06-01T00:00:00Z');
    const at = (iso: string) => ({ ttl: { N: String(Date.parse(iso) / 1000) } });
    await ensureTables(engine, [table]);
    await put('expired', at('2026-05-31T23:59:59Z'));
    await put('future', at('2026-06-01T00:00:01Z'));
    await put('none');
    await put('text', { ttl: { S: '1' } });
    await put('wrong-unit', { ttl: { N: '1000' } });
    expect(await sweepExpired(engine, [table], now)).toBe(1);
    expect(await get('expired')).toBeUndefined();
    for (const id of ['future', 'none', 'text', 'wrong-unit']) expect(await get(id)).toBeDefined();
  });

  it('spares an item that was prolonged while the sweep ran', async () => {
    await ensureTables(engine, [table]);
    await put('prolonged', { ttl: { N: '1700000000' } });
    const later = { ttl: { N: '9999999999' } };
    const racing: Engine = {
      ...engine,
      async call<T>(target: string, input: unknown) {
        const answer = await engine.call<T>(target, input);
        if (target.endsWith('.Scan')) await put('prolonged', later);
        return answer;
      },
    };
    expect(await sweepExpired(racing, [table], 1_700_000_001_000)).toBe(0);
    expect(await get('prolonged')).toMatchObject(later);
  });
});
