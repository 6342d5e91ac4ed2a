import type { DynamoDBRecord, SQSRecord } from 'aws-lambda';
import type { EventEnvelope } from '#events/catalog/contract.ts';
import type { Log } from '../contract/log.ts';
import type { InvocationSpan } from '../contract/operation.ts';
import type { Description, Invocation } from '../invocation.ts';
import { withFields } from '../telemetry/log-fields.ts';
import { parseTraceparent, traceIdOf } from '../telemetry/traceparent.ts';

/** What an event says of the trace and the request that it comes from. */
type Origin = Partial<Pick<EventEnvelope<unknown>, 'traceparent' | 'cause'>>;

/** The origin of a message of a subscription's queue, of which nothing is checked yet. */
export function originOf({ body }: SQSRecord): Origin {
  try {
    const { detail } = JSON.parse(body) as { readonly detail?: Origin };
    return detail ?? {};
  } catch {
    return {};
  }
}

/** The origins of the events of an outbox item. */
export function originsOf({ dynamodb }: DynamoDBRecord): readonly Origin[] {
  return (dynamodb?.NewImage?.['events']?.L ?? []).map(({ M: event }) => {
    const [traceparent, id] = [event?.['traceparent']?.S, event?.['cause']?.M?.['id']?.S];
    return {
      ...(traceparent !== undefined && { traceparent }),
      ...(id !== undefined && { cause: { kind: 'api', id } }),
    };
  });
}

/**
 * The trace and the correlation id of a batch: those of its events where they agree, so that the invocation and its log
 * lines belong to them, and otherwise none.
 */
export function sharedOrigin(origins: readonly Origin[]): Pick<Description, 'traceparent' | 'correlationId'> {
  const [first] = origins;
  const isShared = (of: (origin: Origin) => string | undefined): boolean =>
    origins.every((origin) => of(origin) === (first && of(first)));
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  return {
    ...(isShared(({ traceparent }) => traceIdOf(text(traceparent))) && {
      traceparent: text(first?.traceparent),
    }),
    ...(isShared(({ cause }) => text(cause?.id)) && { correlationId: text(first?.cause?.id) }),
  };
}

/** What stands for the trace of one event. */
interface EventTrace {
  readonly traceparent: string | undefined;
  readonly span: InvocationSpan;
  readonly log: Log;
}

/**
 * Handles one event of a batch in the trace that it comes from: in a span of its own where the batch holds events of
 * several traces.
 */
export async function inEventTrace(
  {
    spans,
    span: spanOfBatch,
    traceparent: ofBatch,
    log,
  }: Pick<Invocation, 'spans' | 'span' | 'traceparent' | 'log'>,
  { type, traceparent, cause }: EventEnvelope<unknown>,
  handle: (own: EventTrace) => Promise<void>,
): Promise<void> {
  const parent = parseTraceparent(traceparent);
  if (!parent || parent.traceId === traceIdOf(ofBatch))
    return handle({ traceparent: ofBatch, span: spanOfBatch, log });
  const span = spans.open({
    name: `process ${type}`,
    kind: 'consumer',
    parent,
    link: parseTraceparent(ofBatch),
    attributes: { 'messaging.system': 'aws_sqs' },
  });
  const fields = { traceId: parent.traceId, correlationId: cause.id };
  const own = { traceparent: span.traceparent, span, log: withFields(log, fields) };
  try {
    await spans.within(span, () => handle(own));
    span.end();
  } catch (error) {
    span.end({}, error instanceof Error ? error.name : 'Error');
    throw error;
  }
}
