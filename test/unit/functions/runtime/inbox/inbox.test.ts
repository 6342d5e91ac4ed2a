import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventEnvelope } from '#events/catalog/contract.ts';
import { startDynamo, type TestDynamo } from '#test/support/dynamodb.ts';
import {
  createInbox,
  EventGapError,
  type Inbox,
  type InboxOptions,
  type TransactionItem,
} from '#runtime/index.ts';
import { Crash, crashingClient, type CrashPoint } from './crashing-client.ts';

let dynamo: TestDynamo;
beforeAll(async () => {
  dynamo = await startDynamo();
  await dynamo.createTable('inbox');
});
afterAll(() => dynamo.stop());

const now = () => new Date('2026-11-29T10:00:00.000Z');
const inboxOf = (over: Partial<InboxOptions> = {}): Inbox =>
  createInbox({ client: dynamo.documents, table: 'inbox', consumer: 'c', now, ...over });

/** Aggregates of one test do not meet those of another. */
let aggregates = 0;
const newAggregate = (): string => `th_${++aggregates}`;

const event = (aggregate: string, sequence: number, n = 1, of = 1): EventEnvelope<unknown> => ({
  id: `${aggregate}:${sequence}:${n}`,
  type: 'thing.done.v1',
  occurredAt: now().toISOString(),
  tenant: 'default',
  aggregate: { type: 'thing', id: aggregate },
  sequence,
  ...(of > 1 && { eventsInChange: of }),
  cause: { kind: 'api', id: 'r' },
  data: {},
});

/** An effect that shows how often and in which order it happened: the event's id at the end of a list. */
const append = ({ id, aggregate }: EventEnvelope<unknown>): TransactionItem => ({
  Update: {
    TableName: 'inbox',
    Key: { PK: `LOG#${aggregate.id}`, SK: 'LOG' },
    UpdateExpression: 'SET effects = list_append(if_not_exists(effects, :none), :one)',
    ExpressionAttributeValues: { ':none': [], ':one': [id] },
  },
});

async function item(PK: string, SK: string): Promise<Record<string, unknown> | undefined> {
  const { Item: found } = await dynamo.documents.send(
    new GetCommand({ TableName: 'inbox', Key: { PK, SK }, ConsistentRead: true }),
  );
  return found;
}
const effects = async (aggregate: string) => (await item(`LOG#${aggregate}`, 'LOG'))?.['effects'] ?? [];

type How = 'once' | 'ifNewer' | 'inOrder';
const deliver = (how: How, one: EventEnvelope<unknown>, inbox = inboxOf()) =>
  inbox[how](one, () => [append(one)]);

const crashPoints: CrashPoint[] = [0, 1].flatMap((call) => [
  { call, after: false },
  { call, after: true },
]);

describe.each<How>(['once', 'ifNewer', 'inOrder'])('%s', (how) => {
  it('handles an event at its first delivery alone', async () => {
    const one = event(newAggregate(), 1);
    expect(await deliver(how, one)).toBe('handled');
    expect(await deliver(how, one)).toBe('skipped');
    expect(await effects(one.aggregate.id)).toEqual([one.id]);
  });

  it('handles one of several deliveries at the same time', async () => {
    const one = event(newAggregate(), 1);
    const outcomes = await Promise.all([1, 2, 3].map(() => deliver(how, one)));
    expect(outcomes.sort()).toEqual(['handled', 'skipped', 'skipped']);
    expect(await effects(one.aggregate.id)).toEqual([one.id]);
  });

  it.each(crashPoints)(
    'has one effect when the environment ends at call $call, after it: $after',
    async (point) => {
      const one = event(newAggregate(), 1);
      const client = crashingClient(dynamo.documents, point);
      await expect(deliver(how, one, inboxOf({ client }))).rejects.toThrow(Crash);
      const isCommitted = point.call === 1 && point.after;
      expect(await deliver(how, one)).toBe(isCommitted ? 'skipped' : 'handled');
      expect(await effects(one.aggregate.id)).toEqual([one.id]);
    },
  );

  it('records nothing when the work throws, or its own condition fails', async () => {
    const one = event(newAggregate(), 1);
    const inbox = inboxOf();
    await expect(inbox[how](one, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    const taken = { PK: `TAKEN#${one.id}`, SK: 'X' };
    await dynamo.documents.send(new PutCommand({ TableName: 'inbox', Item: taken }));
    const put = { TableName: 'inbox', Item: taken, ConditionExpression: 'attribute_not_exists(PK)' };
    await expect(inbox[how](one, () => [append(one), { Put: put }])).rejects.toThrow(
      'ConditionalCheckFailed',
    );
    expect(await effects(one.aggregate.id)).toEqual([]);
    expect(await deliver(how, one)).toBe('handled');
  });

  it('needs no write of the consumer, and keeps the events of consumers apart', async () => {
    const one = event(newAggregate(), 1);
    let runs = 0;
    const count = (): void => void runs++;
    const [first, second] = [inboxOf({ consumer: 'first' }), inboxOf({ consumer: 'second' })];
    expect([
      await first[how](one, count),
      await second[how](one, count),
      await first[how](one, count),
    ]).toEqual(['handled', 'handled', 'skipped']);
    expect(runs).toBe(2);
  });
});

describe('once', () => {
  it('forgets an event after the days it keeps', async () => {
    const one = event(newAggregate(), 1);
    await deliver('once', one, inboxOf({ keepDays: 2 }));
    const record = await item(`INBOX#c#EVENT#${one.id}`, 'INBOX');
    expect(record?.['ttl']).toBe(now().getTime() / 1000 + 2 * 86_400);
  });

  it('works with the attributes of any table', async () => {
    const raw = new DynamoDBClient({
      endpoint: dynamo.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    await raw.send(
      new CreateTableCommand({
        TableName: 'flat',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      }),
    );
    raw.destroy();
    const inbox = inboxOf({ table: 'flat', attributes: { partitionKey: 'id' } });
    const one = event(newAggregate(), 1);
    expect([await inbox.once(one, () => {}), await inbox.once(one, () => {})]).toEqual([
      'handled',
      'skipped',
    ]);
    expect([await inbox.inOrder(one, () => {}), await inbox.inOrder(one, () => {})]).toEqual([
      'handled',
      'skipped',
    ]);
  });
});

describe('inOrder', () => {
  it('holds back an event whose predecessor is missing, also one of the same change', async () => {
    const id = newAggregate();
    await expect(deliver('inOrder', event(id, 2))).rejects.toThrow(EventGapError);
    await deliver('inOrder', event(id, 1, 1, 2));
    await expect(deliver('inOrder', event(id, 2))).rejects.toMatchObject({
      eventId: `${id}:2:1`,
      handledUpTo: 1,
    });
    expect(await deliver('inOrder', event(id, 1, 2, 2))).toBe('handled');
    expect(await deliver('inOrder', event(id, 2))).toBe('handled');
    expect(await deliver('inOrder', event(id, 1, 2, 2))).toBe('skipped');
  });

  it('begins where it is told to', async () => {
    const id = newAggregate();
    const joins = (sequence: number) => inboxOf().inOrder(event(id, sequence), () => {}, { begin: 'any' });
    expect(await joins(5)).toBe('handled');
    expect(await joins(4)).toBe('skipped');
    await expect(joins(7)).rejects.toThrow(EventGapError);
    expect(await joins(6)).toBe('handled');
  });

  it('refuses an event whose id names no place', async () => {
    const odd = { ...event(newAggregate(), 1), id: 'one' };
    await expect(deliver('inOrder', odd)).rejects.toThrow('no place');
  });
});

/** The events of an aggregate whose changes have so many events each. */
const eventsOf = (id: string, sizes: readonly number[]) =>
  sizes.flatMap((of, change) => Array.from({ length: of }, (_, n) => event(id, change + 1, n + 1, of)));

interface Delivery {
  /** Which of the events that are in the queue. */
  readonly pick: number;
  readonly again: boolean;
  readonly crash: CrashPoint | undefined;
}
const delivery: fc.Arbitrary<Delivery> = fc.record({
  pick: fc.nat(),
  again: fc.boolean(),
  crash: fc.option(fc.record({ call: fc.integer({ min: 0, max: 1 }), after: fc.boolean() }), {
    nil: undefined,
  }),
});
const sizes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 });

/** A queue that hands events out in any order, some of them twice, to environments that may end at any call. */
async function drain(
  how: How,
  queue: EventEnvelope<unknown>[],
  deliveries: readonly Delivery[],
): Promise<void> {
  let waiting = queue;
  // After the drawn deliveries come orderly ones: SQS hands out what is left until it is handled.
  for (let round = 0; waiting.length > 0; round++) {
    const { pick, again, crash } = deliveries[round] ?? { pick: 0, again: false, crash: undefined };
    const one = waiting[pick % waiting.length] as EventEnvelope<unknown>;
    const rest = waiting.filter((other) => other !== one);
    const client = crash ? crashingClient(dynamo.documents, crash) : dynamo.documents;
    const isDone = await deliver(how, one, inboxOf({ client })).then(
      () => true,
      (error: unknown) => {
        if (error instanceof EventGapError || error instanceof Crash) return false;
        throw error;
      },
    );
    waiting = isDone && !(again && round < deliveries.length) ? rest : [...rest, one];
  }
}

describe('whatever is delivered twice, in any order, to environments that end at any call', () => {
  const deliveries = fc.array(delivery, { maxLength: 25 });

  it('is handled once by once', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, deliveries, async (given, drawn) => {
        const id = newAggregate();
        const all = eventsOf(id, given);
        await drain('once', all, drawn);
        expect([...((await effects(id)) as string[])].sort()).toEqual(all.map((one) => one.id).sort());
      }),
      { numRuns: 40 },
    );
  });

  it('is handled once and in order by inOrder', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, deliveries, async (given, drawn) => {
        const id = newAggregate();
        const all = eventsOf(id, given);
        await drain('inOrder', all, drawn);
        expect(await effects(id)).toEqual(all.map((one) => one.id));
      }),
      { numRuns: 40 },
    );
  });

  it('never goes back, and ends at the latest, by ifNewer', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, deliveries, async (given, drawn) => {
        const id = newAggregate();
        const all = eventsOf(id, given).map((one) => one.id);
        await drain('ifNewer', eventsOf(id, given), drawn);
        const handled = ((await effects(id)) as string[]).map((one) => all.indexOf(one));
        expect(handled).toEqual([...new Set(handled)].sort((a, b) => a - b));
        expect(handled.at(-1)).toBe(all.length - 1);
      }),
      { numRuns: 40 },
    );
  });
});
