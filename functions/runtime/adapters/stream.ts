import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { PutEventsCommandOutput, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { EventEnvelope } from '#events/catalog/contract.ts';
import { type EventsClient, eventsClient } from '../aws/events.ts';
import { createBaseRuntime, type BaseRuntimeOptions } from '../base-runtime.ts';
import { readEnvironment } from '../environment.ts';
import type { Adapter } from '../adapter.ts';
import type { Invocation } from '../invocation.ts';
import { pipeline, type Handler } from '../pipeline.ts';
import { originsOf, sharedOrigin } from './batch-traces.ts';
import type { OpenSpan, Spans } from '../telemetry/spans.ts';
import { parseTraceparent, xrayHeader } from '../telemetry/traceparent.ts';

/** The relay of one plugin's tables. It publishes also while the plugin is unloaded: the events are committed. */
export function relayHandler(
  options: BaseRuntimeOptions & Partial<Pick<RelayOptions, 'client' | 'sleep'>> = {},
): Handler<DynamoDBBatchResponse> {
  const environment = options.environment ?? readEnvironment();
  const { plugin, busName, eventSource } = environment;
  if (!busName || !eventSource)
    throw new Error('ANINEEPLUS_BUS_NAME and ANINEEPLUS_EVENT_SOURCE are not set');
  const runtime = createBaseRuntime({ name: plugin }, { ...options, environment });
  const { client = eventsClient, sleep } = options;
  return pipeline(
    runtime,
    relayAdapter({ client, busName, source: eventSource, now: environment.now, ...(sleep && { sleep }) }),
  );
}

interface RelayOptions {
  readonly client: () => EventsClient;
  readonly busName: string;
  /** `anineeplus.<stage>.<plugin>`. */
  readonly source: string;
  readonly sleep?: (ms: number) => Promise<void>;
  readonly now: () => Date;
}

/** EventBridge takes ten entries and 256 KB per call. */
const MAX_ENTRIES = 10;
const MAX_BYTES = 256_000;
const RETRY_DELAYS_MS = [50, 200];

interface Unpublished {
  /** That of the first event that was not published. */
  readonly recordId: string;
  readonly code: string;
  readonly unsent: readonly Outgoing[];
}

interface Outgoing {
  /** Sequence number of the stream record, which identifies it in a batch failure. */
  readonly recordId: string;
  readonly entry: PutEventsRequestEntry;
  readonly traceparent: string | undefined;
  readonly bytes: number;
}

/**
 * Publishes the outbox items of a table's stream: the `events` list of each new item, in its order.
 * Answers with the first record that is not wholly published, from which Lambda retries.
 */
function relayAdapter(options: RelayOptions): Adapter<DynamoDBBatchResponse> {
  const { sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms)) } = options;
  /** First record of an invocation that is not wholly published yet; from there Lambda retries after a timeout too. */
  const unpublished = new WeakMap<Invocation, string>();
  return {
    describe: (event) => ({
      operation: 'relay',
      kind: 'consumer',
      ...sharedOrigin((event as DynamoDBStreamEvent).Records.flatMap(originsOf)),
    }),
    async handle(invocation) {
      const { Records: records } = invocation.event as DynamoDBStreamEvent;
      const outgoing = records.flatMap((record) => outgoingOf(record, options));
      for (const chunk of chunksOf(outgoing)) {
        unpublished.set(invocation, chunk[0]?.recordId ?? '');
        const failed = await publishTraced(chunk, { ...options, sleep }, invocation.spans);
        if (failed) {
          invocation.log.error('Events could not be published', {
            code: failed.code,
            record: failed.recordId,
          });
          invocation.log.count('plugin.events.failed');
          return { batchItemFailures: [{ itemIdentifier: failed.recordId }] };
        }
      }
      invocation.log.count('plugin.events.published', outgoing.length);
      const oldestAt = Math.min(...outgoing.map(({ entry }) => entry.Time?.getTime() ?? Infinity));
      if (outgoing.length > 0) {
        invocation.log.duration('plugin.outbox.lag', Math.max(0, options.now().getTime() - oldestAt));
      }
      return { batchItemFailures: [] };
    },
    refuse(invocation) {
      const { Records: records } = invocation.event as DynamoDBStreamEvent;
      const first = unpublished.get(invocation) ?? records[0]?.dynamodb?.SequenceNumber;
      return { batchItemFailures: first === undefined ? [] : [{ itemIdentifier: first }] };
    },
  };
}

function outgoingOf(record: DynamoDBRecord, { busName, source }: RelayOptions): Outgoing[] {
  const image = record.dynamodb?.NewImage as Record<string, AttributeValue> | undefined;
  if (record.eventName !== 'INSERT' || !image) return [];
  const { events } = unmarshall(image) as { readonly events?: readonly EventEnvelope<unknown>[] };
  return (events ?? []).map((envelope) => {
    const detail = JSON.stringify(envelope);
    const traceHeader = xrayHeader(envelope.traceparent);
    return {
      recordId: record.dynamodb?.SequenceNumber ?? '',
      traceparent: envelope.traceparent,
      bytes: Buffer.byteLength(detail) + source.length + envelope.type.length,
      entry: {
        EventBusName: busName,
        Source: source,
        DetailType: envelope.type,
        Detail: detail,
        Time: new Date(envelope.occurredAt),
        ...(traceHeader && { TraceHeader: traceHeader }),
      },
    };
  });
}

function chunksOf(outgoing: readonly Outgoing[]): Outgoing[][] {
  const chunks: Outgoing[][] = [];
  let bytes = 0;
  for (const one of outgoing) {
    const last = chunks.at(-1);
    if (last && last.length < MAX_ENTRIES && bytes + one.bytes <= MAX_BYTES) {
      last.push(one);
      bytes += one.bytes;
    } else {
      chunks.push([one]);
      bytes = one.bytes;
    }
  }
  return chunks;
}

/** Each event is published in the trace that it comes from. */
async function publishTraced(
  chunk: readonly Outgoing[],
  options: Parameters<typeof publish>[1],
  spans: Spans,
): ReturnType<typeof publish> {
  const opened = new Map<Outgoing, OpenSpan>();
  for (const one of chunk) {
    const name = `publish ${one.entry.DetailType}`;
    const parent = parseTraceparent(one.traceparent);
    opened.set(one, spans.open({ name, kind: 'producer', parent, attributes: {} }));
  }
  const failed = await publish(chunk, options);
  for (const [one, span] of opened) span.end({}, failed?.unsent.includes(one) ? failed.code : undefined);
  return failed;
}

/** Publishes one chunk and retries what failed. @returns what still failed at the end, and the first of it */
async function publish(
  chunk: readonly Outgoing[],
  { client, sleep }: RelayOptions & { readonly sleep: (ms: number) => Promise<void> },
): Promise<Unpublished | undefined> {
  let left = chunk;
  for (let attempt = 0; ; attempt++) {
    const { Entries: results = [] } = await client()
      .putEvents({ Entries: left.map(({ entry }) => entry) })
      // The call itself failed after the retries of the client: no entry of the chunk counts as published.
      .catch((error: unknown): Pick<PutEventsCommandOutput, 'Entries'> => ({
        Entries: left.map(() => ({ ErrorCode: (error as Error).name })),
      }));
    // Only an `EventId` confirms an entry; one with neither id nor code was not published.
    const codes = left.map((_, index) => {
      const { EventId, ErrorCode } = results[index] ?? {};
      return ErrorCode ?? (EventId === undefined ? 'NoEventId' : undefined);
    });
    const first = codes.find((code) => code !== undefined);
    left = left.filter((_, index) => codes[index] !== undefined);
    const [unsent] = left;
    if (!unsent || first === undefined) return undefined;
    const delayMs = RETRY_DELAYS_MS[attempt];
    if (delayMs === undefined) return { recordId: unsent.recordId, code: first, unsent: left };
    await sleep(delayMs);
  }
}
