import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { relayHandler } from '#runtime/adapters/stream.ts';
import { startHttp, type TestHttp } from '#test/support/http-server.ts';
import { environment, lambdaContext, quietTelemetry } from '../support.ts';

let server: TestHttp | undefined;
afterEach(() => server?.stop());

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

interface Sent {
  readonly Entries: readonly {
    readonly Detail: string;
    readonly TraceHeader?: string;
    readonly Source: string;
  }[];
}

/** Relays `records` to a bus that refuses the ids that `refuses` says. */
async function relay(records: unknown[], refuses: (id: string, call: number) => boolean = () => false) {
  const calls: string[][] = [];
  const entries: Sent['Entries'][number][] = [];
  server = await startHttp((body) => {
    const { Entries } = JSON.parse(body) as Sent;
    const ids = Entries.map(({ Detail }) => (JSON.parse(Detail) as { id: string }).id);
    calls.push(ids);
    entries.push(...Entries);
    const results = ids.map((id) =>
      refuses(id, calls.length) ? { ErrorCode: 'ThrottlingException' } : { EventId: id },
    );
    return { status: 200, body: { FailedEntryCount: 0, Entries: results } };
  });
  const client = new EventBridgeClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const handler = relayHandler({
    environment: environment({
      ANINEEPLUS_BUS_NAME: 'bus',
      ANINEEPLUS_EVENT_SOURCE: 'anineeplus.test.payment',
    }),
    telemetry: quietTelemetry(),
    client: () => client,
    sleep: async () => {},
  });
  const answer = await handler({ Records: records }, lambdaContext);
  return { calls, entries, failed: answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) };
}

describe('the relay', () => {
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
});
