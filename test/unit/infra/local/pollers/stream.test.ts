import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureTables } from '#infra/local/engine/tables.ts';
import { startPollers, type Pollers } from '#infra/local/pollers/start.ts';
import type { StreamRecord } from '#infra/local/pollers/stream-records.ts';
import type { EventSourceMappingResource } from '#infra/local/resources/lambda.ts';
import {
  assemblyOf,
  deadQueue,
  fakeFunctions,
  mappingOf,
  queueNamed,
  startSystem,
  table,
  type System,
} from '../aws-endpoint/fixture.ts';

let system: System;
let pollers: Pollers | undefined;
beforeEach(async () => {
  system = await startSystem();
});
afterEach(async () => {
  await pollers?.stop();
  pollers = undefined;
  await system.stop();
});

const put = (id: string, more: object = {}, TableName = table.name) =>
  system.engine.call('DynamoDB_20120810.PutItem', {
    TableName,
    Item: { PK: { S: id }, SK: { S: '1' }, ...more },
  });

type Answer = (records: readonly StreamRecord[]) => unknown;

const idOf = (record: StreamRecord) => (record.dynamodb.Keys['PK'] as { S: string }).S;

/** Starts the mapping; `batches` collects the ids of the records of each invocation. */
async function start(answer: Answer, ...mappings: EventSourceMappingResource[]) {
  const batches: string[][] = [];
  const records: StreamRecord[] = [];
  const functions = fakeFunctions((event) => {
    const batch = event['Records'] as StreamRecord[];
    batches.push(batch.map(idOf));
    records.push(...batch);
    return answer(batch);
  });
  const { state, engine, terminal } = system;
  pollers = await startPollers({ assembly: assemblyOf({ mappings }), state, engine, functions, terminal });
  return { batches, records };
}

const streamRows = () => {
  const file = new DatabaseSync(join(system.dir, 'dynamodb.sqlite'), { readOnly: true });
  const row = file.prepare('SELECT COUNT(*) AS n FROM _stream_records').get();
  file.close();
  return Number(row?.['n']);
};

const backlog = () =>
  system.state.queues.receive(queueNamed(deadQueue.name), 10).map(({ body }) => JSON.parse(body) as unknown);

describe('a stream mapping', () => {
  it('brings changes in order, in the form of Lambda, with the declared view', async () => {
    const seen = await start(() => null, mappingOf({}));
    await put('a', { n: { N: '1' } });
    await put('a', { n: { N: '2' } });
    await system.engine.call('DynamoDB_20120810.DeleteItem', {
      TableName: table.name,
      Key: { PK: { S: 'a' }, SK: { S: '1' } },
    });
    await expect.poll(() => seen.records.length).toBe(3);
    expect(seen.records.map((record) => record.eventName)).toEqual(['INSERT', 'MODIFY', 'REMOVE']);
    const [insert, modify, remove] = seen.records;
    expect(modify).toMatchObject({
      eventSource: 'aws:dynamodb',
      eventVersion: '1.1',
      awsRegion: 'us-east-1',
      eventSourceARN: table.streamArn,
      dynamodb: {
        NewImage: { n: { N: '2' } },
        StreamViewType: 'NEW_IMAGE',
        SequenceNumber: `${'0'.repeat(20)}2`,
      },
    });
    expect(modify?.dynamodb).not.toHaveProperty('OldImage');
    expect(remove?.dynamodb).not.toHaveProperty('NewImage');
    expect(new Set([insert?.eventID, modify?.eventID, remove?.eventID]).size).toBe(3);
  });

  it('gives ids that are unique over tables', async () => {
    const other = {
      ...table,
      name: 'app-other',
      arn: `${table.arn}-other`,
      streamArn: `${table.streamArn}-other`,
    };
    await ensureTables(system.engine, [other]);
    const records: StreamRecord[] = [];
    const functions = fakeFunctions((event) => void records.push(...(event['Records'] as StreamRecord[])));
    const mappings = [mappingOf({}), mappingOf({ id: 'other', sourceArn: other.streamArn })];
    const { state, engine, terminal } = system;
    const assembly = assemblyOf({ mappings, tables: [table, other] });
    pollers = await startPollers({ assembly, state, engine, functions, terminal });
    await put('a');
    await put('a', {}, other.name);
    await expect.poll(() => records.length).toBe(2);
    expect(records[0]?.eventID).not.toBe(records[1]?.eventID);
  });

  it('drops writes that changed nothing, and what the filters do not let through', async () => {
    const filter = { dynamodb: { Keys: { PK: { S: [{ prefix: 'EVT#' }] } } } };
    const seen = await start(() => null, mappingOf({ filters: [filter] }));
    await put('EVT#1');
    await put('EVT#1');
    await put('other');
    await put('EVT#2');
    await expect.poll(() => seen.batches.flat()).toEqual(['EVT#1', 'EVT#2']);
  });

  it('goes on after a restart where it was, and trims what is done', async () => {
    const first = await start(() => null, mappingOf({}));
    await put('a');
    await put('b');
    await expect.poll(() => first.batches.flat()).toEqual(['a', 'b']);
    await expect.poll(streamRows).toBe(1);
    await pollers?.stop();
    await system.stop(true);
    system = await startSystem({ dir: system.dir });
    await put('c');
    const second = await start(() => null, mappingOf({}));
    await expect.poll(() => second.batches.flat()).toEqual(['c']);
  });

  it('keeps for each mapping what it has not done yet', async () => {
    system.state.mappings.setEnabled('slow', false);
    const slow = mappingOf({ id: 'slow' });
    const seen = await start(() => null, mappingOf({}), slow);
    await put('a');
    await put('b');
    await expect.poll(() => seen.batches.flat()).toEqual(['a', 'b']);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(streamRows()).toBe(2);
    system.state.mappings.setEnabled('slow', true);
    await expect.poll(() => seen.batches.flat()).toEqual(['a', 'b', 'a', 'b']);
    await expect.poll(streamRows).toBe(1);
  });

  it('stops and goes on as the mapping is switched', async () => {
    const seen = await start(() => null, mappingOf({}));
    await put('a');
    await expect.poll(() => seen.batches.flat()).toEqual(['a']);
    system.state.mappings.setEnabled('mapping-1', false);
    await pollers?.apply(assemblyOf({ mappings: [mappingOf({})] }));
    await put('b');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(seen.batches.flat()).toEqual(['a']);
    system.state.mappings.setEnabled('mapping-1', true);
    await expect.poll(() => seen.batches.flat()).toEqual(['a', 'b']);
  });

  it('does not start for a role that may not read the stream', async () => {
    const functionArn = assemblyOf().functions[1]?.arn ?? '';
    const seen = await start(() => null, mappingOf({ functionArn }));
    await put('a');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(seen.batches).toEqual([]);
    expect(system.terminal.lines.join('\n')).toMatch(/role lacks dynamodb:GetRecords/);
  });
});

describe('a failing batch', () => {
  beforeEach(async () => {
    for (const id of ['a', 'b', 'c', 'd']) await put(id);
  });

  it('is tried again from the first item that failed', async () => {
    let failures = 2;
    const answer: Answer = (records) => {
      const bad = records.find((record) => idOf(record) === 'c');
      if (!bad || failures-- <= 0) return { batchItemFailures: [] };
      return { batchItemFailures: [{ itemIdentifier: bad.dynamodb.SequenceNumber }] };
    };
    const seen = await start(answer, mappingOf({}));
    await expect
      .poll(() => seen.batches)
      .toEqual([
        ['a', 'b', 'c', 'd'],
        ['c', 'd'],
        ['c', 'd'],
      ]);
  });

  it('is tried again as a whole when the answer names an unknown item', async () => {
    let failures = 1;
    const answer: Answer = () => ({
      batchItemFailures: failures-- > 0 ? [{ itemIdentifier: 'nobody' }] : [],
    });
    const seen = await start(answer, mappingOf({}));
    await expect.poll(() => seen.batches.length).toBe(2);
    expect(seen.batches[1]).toEqual(['a', 'b', 'c', 'd']);
  });

  it('is halved until the bad record is alone, which goes to the on-failure queue', async () => {
    const answer: Answer = (records) => {
      if (records.some((record) => idOf(record) === 'c')) throw new Error('poison');
    };
    const onFailureArn = deadQueue.arn;
    const seen = await start(answer, mappingOf({ bisectOnError: true, maxRetries: 1, onFailureArn }));
    await expect
      .poll(() => seen.batches)
      .toEqual([['a', 'b', 'c', 'd'], ['a', 'b'], ['c', 'd'], ['c'], ['c'], ['d']]);
    expect(backlog()).toMatchObject([
      {
        requestContext: {
          functionArn: mappingOf({}).functionArn,
          condition: 'RetryAttemptsExhausted',
          approximateInvokeCount: 2,
        },
        responseContext: { statusCode: 200, functionError: 'Unhandled' },
        version: '1.0',
        DDBStreamBatchInfo: {
          startSequenceNumber: `${'0'.repeat(20)}3`,
          endSequenceNumber: `${'0'.repeat(20)}3`,
          batchSize: 1,
          streamArn: table.streamArn,
        },
      },
    ]);
    await put('e');
    await expect.poll(() => seen.batches.at(-1)).toEqual(['e']);
  });

  it('is discarded when its records are too old', async () => {
    const answer: Answer = () => {
      throw new Error('down');
    };
    const mapping = mappingOf({ maxRecordAgeSeconds: 1, onFailureArn: deadQueue.arn });
    await start(answer, mapping);
    await expect.poll(() => system.state.queues.counts(deadQueue.name).visible, { timeout: 10_000 }).toBe(1);
    expect(backlog()).toMatchObject([
      { requestContext: { condition: 'RecordAgeExceeded' }, DDBStreamBatchInfo: { batchSize: 4 } },
    ]);
  });
});
