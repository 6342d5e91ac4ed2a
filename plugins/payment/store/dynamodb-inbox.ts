import { type ProviderEvent, refOf } from '../providers/event.ts';
import { ABSENT, type ActionName, insertOutbox, update } from './actions.ts';
import { type DynamoStoreOptions, type Table, tableOf } from './table.ts';
import type { Item } from './items.ts';
import { keys } from './keys.ts';
import { readItem } from './read.ts';
import { type Action, updateOne, writeOne } from './write.ts';
import type { InboxEntry, InboxRecord, InboxState, InboxStore } from './inbox-store.ts';

/** Stripe can resend events for 30 days, so records are kept for 31. https://docs.stripe.com/webhooks */
const INBOX_SECONDS = 31 * 86_400;
/** The condition that an event is not processed: unknown, or failed before. */
const OPEN = `(${ABSENT} OR #state = :failed)`;

type Update = NonNullable<Action<ActionName>['Update']>;

/**
 * Marks an event as processed. Its record is an outbox item too: the first write publishes the event, whatever its
 * outcome; later writes do not.
 */
export function inboxAction(table: Table, entry: InboxEntry): Action<ActionName> {
  return { name: 'inbox', Update: recordUpdate(table, entry, 'PROCESSED') };
}

/** Whether an event is processed or parked. */
export const isProcessed = (item: Item | undefined): boolean =>
  item !== undefined && item['state'] !== ('FAILED' satisfies InboxState);

function recordUpdate(table: Table, entry: InboxEntry, state: InboxState): Update {
  const { provider, eventId, event, body, envelope } = entry;
  const once = {
    event: JSON.stringify(event),
    events: [envelope],
    receivedAt: new Date(table.nowSeconds() * 1000).toISOString(),
    ttl: table.nowSeconds() + INBOX_SECONDS,
    ...(body !== undefined && { body }),
  };
  const names = Object.keys(once);
  const kept = names.map((_name, index) => `#${index} = if_not_exists(#${index}, :${index})`);
  return {
    TableName: table.name,
    Key: { ...keys.inbox(provider, eventId) },
    UpdateExpression: `SET #state = :state, ${kept.join(', ')} ADD attempts :one`,
    ConditionExpression: OPEN,
    ExpressionAttributeNames: {
      '#state': 'state',
      ...Object.fromEntries(names.map((name, index) => [`#${index}`, name])),
    },
    ExpressionAttributeValues: {
      ':state': state,
      ':failed': 'FAILED',
      ':one': 1,
      ...Object.fromEntries(Object.values(once).map((value, index) => [`:${index}`, value])),
    },
  };
}

export function dynamoInbox(options: DynamoStoreOptions): InboxStore {
  const table = tableOf(options);
  const setState = (
    provider: string,
    eventId: string,
    state: InboxState,
    more: Readonly<Item> = {},
    onlyIf: Parameters<typeof update>[3] = {},
  ) => writeOne(table, update(table, keys.inbox(provider, eventId), { state, ...more }, onlyIf));
  return {
    receive: (entry) => writeOne(table, inboxAction(table, entry)),
    async countFailure(entry) {
      const failure = recordUpdate(table, entry, 'FAILED');
      const answer = await updateOne(table, { ...failure, ReturnValues: 'UPDATED_NEW' });
      if (answer === undefined) return undefined;
      const { attempts, receivedAt } = answer.Attributes ?? {};
      return { attempts: Number(attempts), receivedAt: String(receivedAt) };
    },
    park: (provider, eventId) =>
      setState(
        provider,
        eventId,
        'PARKED',
        {},
        { condition: '#state = :failed', values: { ':failed': 'FAILED' } },
      ),
    reopen: (provider, eventId) => setState(provider, eventId, 'FAILED', { attempts: 0 }),
    received: async (provider, eventId) => recordOf(await readItem(table, keys.inbox(provider, eventId))),
    async notice(envelope) {
      const [action] = insertOutbox(table, keys.notice(envelope.aggregate.id), 1, [envelope]);
      if (action !== undefined) await writeOne(table, action);
    },
  };
}

function recordOf(item: Item | undefined): InboxRecord | undefined {
  if (item === undefined) return undefined;
  const body = item['body'];
  const event = JSON.parse(String(item['event'])) as ProviderEvent;
  return {
    state: item['state'] as InboxState,
    type: event.type,
    ref: refOf(event),
    event,
    attempts: Number(item['attempts']),
    receivedAt: String(item['receivedAt']),
    ...((typeof body === 'string' || body instanceof Uint8Array) && { body }),
  };
}
