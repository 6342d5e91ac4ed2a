import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startPollers, type Pollers } from '#infra/local/pollers/start.ts';
import type { EventSourceMappingResource } from '#infra/local/resources/lambda.ts';
import {
  assemblyOf,
  deadQueue,
  fakeFunctions,
  mappingOf,
  queue,
  startSystem,
  type System,
} from '../aws-endpoint/fixture.ts';

interface Record {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: { readonly ApproximateReceiveCount: string };
}

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

const send = (body: string) => system.state.queues.send(queue.name, { body });
const waiting = (name: string = queue.name) => system.state.queues.counts(name);

/** A queue whose messages are visible again at once. */
const hasty = { ...queue, visibilityTimeoutSeconds: 0 };

async function start(
  answer: (records: readonly Record[]) => unknown,
  change: Partial<EventSourceMappingResource> = {},
  source = queue,
) {
  const seen: Record[] = [];
  const functions = fakeFunctions((event) => {
    const records = event['Records'] as Record[];
    seen.push(...records);
    return answer(records);
  });
  const mappings = [mappingOf({ sourceArn: queue.arn, ...change })];
  const assembly = assemblyOf({ mappings, queues: [source, deadQueue] });
  const { state, engine, terminal } = system;
  pollers = await startPollers({ assembly, state, engine, functions, terminal });
  return { seen, assembly };
}

describe('a queue mapping', () => {
  it('brings messages in the form of Lambda and deletes them when they are done', async () => {
    send('before');
    const { seen } = await start(() => ({ batchItemFailures: [] }));
    send('after');
    await expect.poll(() => seen.map(({ body }) => body).sort()).toEqual(['after', 'before']);
    expect(seen[0]).toMatchObject({
      eventSource: 'aws:sqs',
      eventSourceARN: queue.arn,
      awsRegion: 'us-east-1',
      attributes: { ApproximateReceiveCount: '1' },
      messageAttributes: {},
    });
    await expect.poll(() => waiting()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  it('keeps only the messages that failed, hidden for the visibility timeout', async () => {
    for (const body of ['good', 'bad', 'fine']) send(body);
    const { seen } = await start((records) => ({
      batchItemFailures: records
        .filter(({ body }) => body === 'bad')
        .map(({ messageId }) => ({ itemIdentifier: messageId })),
    }));
    await expect.poll(() => seen.length).toBe(3);
    await expect.poll(() => waiting()).toEqual({ visible: 0, inFlight: 1, delayed: 0 });
  });

  it('keeps all messages when the function fails, and gives them up after the receives allowed', async () => {
    send('poison');
    const { seen } = await start(
      () => {
        throw new Error('broken');
      },
      {},
      hasty,
    );
    await expect.poll(() => waiting(deadQueue.name).visible).toBe(1);
    expect(seen.map(({ attributes }) => attributes.ApproximateReceiveCount)).toEqual(['1', '2']);
    expect(system.terminal.lines.join('\n')).toContain('goes to the dead-letter queue');
  });

  it('leaves messages in the queue while it is disabled', async () => {
    system.state.mappings.setEnabled('mapping-1', false);
    const { seen, assembly } = await start(() => null);
    send('waits');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(seen).toEqual([]);
    expect(waiting().visible).toBe(1);
    system.state.mappings.setEnabled('mapping-1', true);
    await expect.poll(() => seen.map(({ body }) => body)).toEqual(['waits']);
    await pollers?.apply({ ...assembly, mappings: [] });
    send('nobody');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(seen).toHaveLength(1);
  });

  it('deletes what its filters do not let through, looking into a JSON body', async () => {
    const { seen } = await start(() => null, { filters: [{ body: { kind: ['wanted'] } }] });
    send('{"kind":"other"}');
    send('no json');
    send('{"kind":"wanted"}');
    await expect.poll(() => seen.map(({ body }) => body)).toEqual(['{"kind":"wanted"}']);
    await expect.poll(() => waiting()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });
});
