import {
  EventBridge,
  PutEventsCommand,
  type PutEventsCommandOutput,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { relayHandler } from '#runtime/adapters/stream.ts';
import { awsError } from '../../aws.ts';
import { environment, lambdaContext, quietTelemetry } from '../support.ts';

const client = new EventBridge({ region: 'us-east-1' });
const bridge = mockClient(client);

const envelope = (id: string, size = 0) => ({
  id,
  type: 'payment.succeeded.v1',
  occurredAt: '2026-11-23T10:00:00.000Z',
  tenant: 'default',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  data: { filler: 'x'.repeat(size) },
});
const record = (sequence: string, events: unknown[], eventName = 'INSERT') => ({
  eventName,
  dynamodb: { SequenceNumber: sequence, NewImage: marshall({ PK: 'p', SK: 'EVT#1', events }) },
});

type Answer = Omit<PutEventsCommandOutput, '$metadata'>;

/** Relays `records` to a bus that refuses the ids that `refuses` says, or answers as `answers` does. */
async function relay(
  records: unknown[],
  refuses: (id: string, call: number) => boolean = () => false,
  answers: (ids: readonly string[], call: number) => Answer | undefined = () => undefined,
) {
  const calls: string[][] = [];
  const entries: PutEventsRequestEntry[] = [];
  bridge.reset();
  bridge.on(PutEventsCommand).callsFake(async ({ Entries = [] }: { Entries?: PutEventsRequestEntry[] }) => {
    const ids = Entries.map(({ Detail = '' }) => (JSON.parse(Detail) as { id: string }).id);
    calls.push(ids);
    entries.push(...Entries);
    const answer = answers(ids, calls.length);
    if (answer) return answer;
    const results = ids.map((id) =>
      refuses(id, calls.length) ? { ErrorCode: 'ThrottlingException' } : { EventId: id },
    );
    return { FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode).length, Entries: results };
  });
  const telemetry = quietTelemetry();
  const handler = relayHandler({
    environment: environment({
      ANINEEPLUS_BUS_NAME: 'bus',
      ANINEEPLUS_EVENT_SOURCE: 'anineeplus.test.payment',
    }),
    telemetry,
    client: () => client,
    sleep: async () => {},
  });
  const answer = await handler({ Records: records }, lambdaContext);
  const failed = answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  return { calls, entries, failed, counts: telemetry.counts };
}

describe('the relay', () => {
  it('counts what it publishes, and measures how long the oldest event of a batch has waited', async () => {
    const at = (ageMs: number) => ({
      ...envelope('a'),
      occurredAt: new Date(Date.now() - ageMs).toISOString(),
    });
    const { counts } = await relay([record('1', [at(2000)]), record('2', [at(90_000)])]);
    expect(counts.get('plugin.events.published')).toBe(2);
    expect(counts.get('plugin.outbox.lag')).toBeGreaterThanOrEqual(90_000);
    expect((await relay([record('1', [])])).counts.has('plugin.outbox.lag')).toBe(false);
  });

  it('publishes the events of new items in their order, ten per call', async () => {
    const records = [
      record('1', [envelope('a1'), envelope('a2')]),
      record('2', [envelope('old')], 'MODIFY'),
      record(
        '3',
        Array.from({ length: 10 }, (_, index) => envelope(`b${index}`)),
      ),
    ];
    const { calls, entries, failed } = await relay(records);
    expect(calls.map((ids) => ids.length)).toEqual([10, 2]);
    expect(calls.flat()).toEqual(['a1', 'a2', ...Array.from({ length: 10 }, (_, index) => `b${index}`)]);
    expect(failed).toEqual([]);
    expect(entries[0]).toMatchObject({
      Source: 'anineeplus.test.payment',
      DetailType: 'payment.succeeded.v1',
      EventBusName: 'bus',
      TraceHeader: 'Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=b7ad6b7169203331;Sampled=1',
    });
  });

  it('splits what is too large for one call', async () => {
    const { calls } = await relay([record('1', [envelope('a', 150_000), envelope('b', 150_000)])]);
    expect(calls).toEqual([['a'], ['b']]);
  });

  it('sends again only what the bus refused', async () => {
    const { calls, failed } = await relay(
      [record('1', [envelope('a')]), record('2', [envelope('b')])],
      (id, call) => id === 'b' && call < 3,
    );
    expect(calls).toEqual([['a', 'b'], ['b'], ['b']]);
    expect(failed).toEqual([]);
  });

  it('gives back the first record that never got through, and publishes nothing after its call', async () => {
    const records = Array.from({ length: 12 }, (_, index) => record(String(index), [envelope(`e${index}`)]));
    const { calls, failed } = await relay(records, (id) => id === 'e4');
    expect(failed).toEqual(['4']);
    expect(calls.flat()).not.toContain('e11');
  });

  it('sends a whole call again that failed', async () => {
    const { calls, failed } = await relay([record('1', [envelope('a')])], undefined, (_, call) => {
      if (call < 3) throw awsError('InternalException');
      return undefined;
    });
    expect([calls.length, failed]).toEqual([3, []]);
  });

  it.each(['ThrottlingException', 'AccessDeniedException'])(
    'gives back the first record of a call that never gets through (%s)',
    async (name) => {
      const { calls, failed } = await relay(
        [record('1', [envelope('a')]), record('2', [envelope('b')])],
        undefined,
        () => {
          throw awsError(name);
        },
      );
      expect([calls.length, failed]).toEqual([3, ['1']]);
    },
  );

  it('takes an entry without an answer for one that was not published', async () => {
    const { calls, failed } = await relay(
      [record('1', [envelope('a')]), record('2', [envelope('b')])],
      undefined,
      ([id = '']) => ({ FailedEntryCount: 1, Entries: [{ EventId: id }] }),
    );
    expect(calls).toEqual([['a', 'b'], ['b']]);
    expect(failed).toEqual([]);
  });
});
