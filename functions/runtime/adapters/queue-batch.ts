import type { SQSRecord } from 'aws-lambda';
import * as z from 'zod/mini';

/** One message of a subscription's queue. */
export interface Message {
  readonly messageId: string;
  /** How often SQS has handed it out, this time included. */
  readonly receptions: number;
  /** The event's envelope, not checked yet; undefined where the body is no event. */
  readonly detail: unknown;
}

/** What orders the events of an aggregate; the contract checks the rest of them. */
const placed = z.object({
  id: z.string(),
  sequence: z.number(),
  aggregate: z.object({ type: z.string(), id: z.string() }),
});

/**
 * The messages of a batch, those of one aggregate together and in the order of their events: handled one after the
 * other, an event need not return to the queue because the one before it is in the same batch.
 */
export function byAggregate(records: readonly SQSRecord[]): Message[][] {
  const groups = new Map<
    string,
    { readonly message: Message; readonly place: readonly [number, string] }[]
  >();
  for (const record of records) {
    const message = messageOf(record);
    const { data: event } = placed.safeParse(message.detail);
    const name = event ? `${event.aggregate.type}/${event.aggregate.id}` : `message/${message.messageId}`;
    const group = groups.get(name) ?? [];
    group.push({ message, place: event ? [event.sequence, event.id] : [0, ''] });
    groups.set(name, group);
  }
  return [...groups.values()].map((group) =>
    group
      .sort(({ place: [a, first] }, { place: [b, second] }) => a - b || byLastNumber(first, second))
      .map(({ message }) => message),
  );
}

/** Ids of one change differ in the number at their end. */
const byLastNumber = (a: string, b: string): number => lastNumber(a) - lastNumber(b);
const lastNumber = (id: string): number => Number(id.slice(id.lastIndexOf(':') + 1)) || 0;

function messageOf({ messageId, body, attributes }: SQSRecord): Message {
  const receptions = Number(attributes?.ApproximateReceiveCount ?? 1);
  try {
    const { detail } = JSON.parse(body) as { readonly detail?: unknown };
    return { messageId, receptions, detail };
  } catch {
    return { messageId, receptions, detail: undefined };
  }
}
