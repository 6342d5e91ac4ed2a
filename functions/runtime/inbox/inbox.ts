import type { EventEnvelope } from '#events/catalog/contract.ts';
import type { DocumentClient, TransactionItem } from '../aws/document-types.ts';
import { cancellationReasons } from '../aws/refused-write.ts';
import { EventGapError } from './event-gap-error.ts';
import { isLater, isNext, positionOf, type Position } from './position.ts';

export type { TransactionItem };

/** What an inbox calls of its database. */
type InboxClient = Pick<DocumentClient, 'get' | 'transactWrite'>;

/**
 * What an event makes a consumer do. The items that it returns, at most 99, are written in one transaction with the
 * inbox's own record. It may run again before that is committed, so any other effect must bear repetition: hand `event.id`
 * on as its idempotency key.
 */
type Work = () => Awaitable<readonly TransactionItem[] | void>;
type Awaitable<T> = T | Promise<T>;
type AnyEvent = EventEnvelope<unknown>;

/** `skipped`: handled before, or older than what was handled. */
export type InboxOutcome = 'handled' | 'skipped';

/** Remembers in a table of the plugin which events a consumer has handled (the pattern "idempotent consumer"). */
export interface Inbox {
  /** Handles each event once, in any order. */
  once(event: AnyEvent, work: Work): Promise<InboxOutcome>;
  /** Handles an event unless a later one of its aggregate was handled: for subscribers to some types of its events. */
  ifNewer(event: AnyEvent, work: Work): Promise<InboxOutcome>;
  /**
   * Handles every event of an aggregate, in order: for consumers that subscribe to all types of its events.
   * @throws EventGapError for an event that arrives before its predecessor
   */
  inOrder(event: AnyEvent, work: Work, options?: InOrderOptions): Promise<InboxOutcome>;
}

interface InOrderOptions {
  /**
   * Where an aggregate begins that this consumer knows nothing of. `first`, also when left out: with its first event.
   * `any`: with the event that arrives first; those before it are skipped. For a plugin that joins a running system.
   */
  readonly begin?: 'first' | 'any';
}

export interface InboxOptions {
  readonly client: InboxClient;
  /** Physical name, from `environment.table`; the function needs `read` and `write` on it. */
  readonly table: string;
  /** Who handles the events: consumers of one table do not see each other's records. */
  readonly consumer: string;
  readonly now: () => Date;
  /** Days for which `once` remembers an event; it must outlast every redelivery. 30 when left out. */
  readonly keepDays?: number;
  /** Attributes of the table as its manifest names them; `PK`, `SK` and `ttl` when left out. */
  readonly attributes?: InboxAttributes;
}

interface InboxAttributes {
  readonly partitionKey: string;
  /** Left out for a table without a sort key. */
  readonly sortKey?: string;
  readonly ttl?: string;
}

type Item = Readonly<Record<string, unknown>>;
type Condition = Omit<NonNullable<TransactionItem['Put']>, 'TableName' | 'Item'>;

/** The record that decides about an event. */
interface Guard {
  readonly key: Readonly<Record<string, string>>;
  /** Whether to handle the event. @throws EventGapError */
  readonly decide: (stored: Item | undefined) => boolean;
  /** The record once the event is handled; its condition fails when `stored` is no longer what stands there. */
  readonly write: (stored: Item | undefined) => TransactionItem;
}

const MAX_ATTEMPTS = 3;
const DAY_SECONDS = 86_400;
const DEFAULT_ATTRIBUTES: InboxAttributes = { partitionKey: 'PK', sortKey: 'SK', ttl: 'ttl' };

export function createInbox(options: InboxOptions): Inbox {
  const { client, table, consumer, now, keepDays = 30, attributes = DEFAULT_ATTRIBUTES } = options;
  const { partitionKey, sortKey, ttl = 'ttl' } = attributes;
  const keyOf = (kind: string, id: string): Guard['key'] => ({
    [partitionKey]: `INBOX#${consumer}#${kind}#${id}`,
    ...(sortKey !== undefined && { [sortKey]: 'INBOX' }),
  });
  const put = (item: Item, condition: Condition): TransactionItem => ({
    Put: { TableName: table, Item: { ...item, handledAt: now().toISOString() }, ...condition },
  });
  const absent = {
    ConditionExpression: 'attribute_not_exists(#key)',
    ExpressionAttributeNames: { '#key': partitionKey },
  };

  function onceGuard({ id }: AnyEvent): Guard {
    const key = keyOf('EVENT', id);
    const expiresAt = Math.floor(now().getTime() / 1000) + keepDays * DAY_SECONDS;
    return {
      key,
      decide: (stored) => stored === undefined,
      write: () => put({ ...key, [ttl]: expiresAt }, absent),
    };
  }

  /** The place in an aggregate's events. It has no expiry: without it every further event would be a gap. */
  function positionGuard(event: AnyEvent, decide: (handled: Position | undefined) => boolean): Guard {
    const key = keyOf('AGGREGATE', `${event.aggregate.type}#${event.aggregate.id}`);
    const place = positionOf(event);
    return {
      key,
      decide: (stored) => isLater(place, handledIn(stored)) && decide(handledIn(stored)),
      write(stored) {
        const item = { ...key, ...place, eventId: event.id };
        if (stored === undefined) return put(item, absent);
        const handled = { ':handled': stored['eventId'] };
        return put(item, { ConditionExpression: 'eventId = :handled', ExpressionAttributeValues: handled });
      },
    };
  }

  async function consume({ key, decide, write }: Guard, work: Work): Promise<InboxOutcome> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const { Item: stored } = await client.get({ TableName: table, Key: key, ConsistentRead: true });
      if (!decide(stored)) return 'skipped';
      const items = (await work()) ?? [];
      if (await committed(client, [write(stored), ...items])) return 'handled';
    }
    throw new Error(`${consumer}: other deliveries have changed the same record ${MAX_ATTEMPTS} times`);
  }

  return {
    async once(event, work) {
      return consume(onceGuard(event), work);
    },
    async ifNewer(event, work) {
      const always = () => true;
      return consume(positionGuard(event, always), work);
    },
    async inOrder(event, work, { begin = 'first' } = {}) {
      const decide = (handled: Position | undefined): boolean => {
        const joins = handled === undefined && begin === 'any';
        if (!joins && !isNext(positionOf(event), handled)) throw new EventGapError(event, handled);
        return true;
      };
      return consume(positionGuard(event, decide), work);
    },
  };
}

const handledIn = (stored: Item | undefined): Position | undefined =>
  stored && {
    sequence: Number(stored['sequence']),
    n: Number(stored['n']),
    of: Number(stored['of']),
  };

/** False when another delivery of the same aggregate or event was first, which the first item's condition tells. */
async function committed(client: InboxClient, items: TransactionItem[]): Promise<boolean> {
  try {
    await client.transactWrite({ TransactItems: items });
    return true;
  } catch (error) {
    const [first] = cancellationReasons(error);
    if (['ConditionalCheckFailed', 'TransactionConflict'].includes(first?.Code ?? '')) return false;
    throw error;
  }
}
