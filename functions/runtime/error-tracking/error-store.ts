import { pluginError } from '#events/catalog/errors.ts';
import type { EventEnvelope } from '#events/catalog/contract.ts';
import type { DocumentClient } from '../aws/document-types.ts';
import { cancellationReasons, failedCondition } from '../aws/refused-write.ts';
import { errorOutboxKey, groupKey, newGroupsKey } from './error-items.ts';
import type { FaultGroup, FaultSample } from './fault.ts';

/** Occurrences of one group since the last write of this environment. */
export interface Occurrences {
  readonly group: FaultGroup;
  readonly count: number;
  /** Of the last one. */
  readonly sample: FaultSample;
  readonly traceparent: string | undefined;
}

interface ErrorStoreOptions {
  readonly client: Pick<DocumentClient, 'update' | 'transactWrite'>;
  readonly table: string;
  readonly plugin: string;
  readonly version: string;
  readonly now: () => Date;
  readonly newGroupsMax?: number;
}

/** New groups of a plugin on one UTC day; what is beyond them is counted in one group. */
const NEW_GROUPS_MAX = 50;
const DAY_SECONDS = 86_400;
const GROUP_SECONDS = 30 * DAY_SECONDS;
const OUTBOX_SECONDS = 14 * DAY_SECONDS;

/** The group of everything that is new on a day with too many new groups. */
const OTHERS: FaultGroup = {
  fingerprint: 'others',
  operation: 'any',
  code: 'any',
  type: 'any',
  message: 'More new errors than are kept of one day: the logs have all of them',
};

export type ErrorStore = (occurrences: Occurrences) => Promise<void>;

/** Adds occurrences to their group: one call while the group is open, two when it is new or was resolved. */
export function createErrorStore(options: ErrorStoreOptions): ErrorStore {
  const { client } = options;
  return async function store(occurrences) {
    const found = await addToOpen(options, occurrences);
    if (found === 'added') return;
    if (found !== 'new') return reopen(options, occurrences, found);
    const made = await addNew(options, occurrences);
    if (made === 'there') await client.update(groupUpdate(options, occurrences));
    if (made === 'too-many') await client.update(groupUpdate(options, { ...occurrences, group: OTHERS }));
  };
}

/** What an update does to the status of a group. */
const KEEP_STATUS = '#status = if_not_exists(#status, :open)';
const OPEN_AGAIN = '#status = :open';

/** The update of a group that is there, or that may be made. */
function groupUpdate(
  { table, plugin, version, now }: ErrorStoreOptions,
  { group, count, sample }: Occurrences,
  { condition, status = KEEP_STATUS }: { readonly condition?: string; readonly status?: string } = {},
) {
  const { fingerprint, ...about } = group;
  const at = now().toISOString();
  const kept = { ...about, fingerprint, plugin, firstSeen: at };
  const set = { lastSeen: at, sample: { ...sample, at, version }, ttl: secondsOf(now()) + GROUP_SECONDS };
  const names = [...Object.keys(kept), ...Object.keys(set), 'status', 'count', 'versions'];
  const assigned = [
    ...Object.keys(kept).map((name) => `#${name} = if_not_exists(#${name}, :${name})`),
    ...Object.keys(set).map((name) => `#${name} = :${name}`),
    status,
  ];
  const values = Object.entries({ ...kept, ...set }).map(([name, value]) => [`:${name}`, value] as const);
  return {
    TableName: table,
    Key: groupKey(plugin, fingerprint),
    UpdateExpression: `SET ${assigned.join(', ')} ADD #count :count, #versions :versions`,
    ...(condition !== undefined && { ConditionExpression: condition }),
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ...Object.fromEntries(values),
      ':open': 'open',
      ':count': count,
      ':versions': new Set([version]),
      ...(condition?.includes(':resolved') && { ':resolved': 'resolved' }),
    },
  };
}

/** A group that was resolved, as it was. */
interface Resolved {
  readonly firstSeen: string;
  readonly regressions: number;
}

async function addToOpen(
  options: ErrorStoreOptions,
  occurrences: Occurrences,
): Promise<'added' | 'new' | Resolved> {
  const condition = 'attribute_exists(PK) AND #status <> :resolved';
  try {
    await options.client.update({
      ...groupUpdate(options, occurrences, { condition }),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return 'added';
  } catch (error) {
    const failed = failedCondition(error);
    if (!failed) throw error;
    const { firstSeen, regressions } = failed.item ?? {};
    if (firstSeen?.S === undefined) return 'new';
    return { firstSeen: firstSeen.S, regressions: Number(regressions?.N ?? 0) };
  }
}

/** Makes a group with its event. `too-many`: the day has enough new groups; `there`: another environment was first. */
async function addNew(
  options: ErrorStoreOptions,
  occurrences: Occurrences,
): Promise<'added' | 'too-many' | 'there'> {
  const firstSeen = options.now().toISOString();
  const update = groupUpdate(options, occurrences, { condition: 'attribute_not_exists(PK)' });
  const outbox = outboxPut(options, occurrences, { firstSeen, sequence: 1 });
  try {
    await options.client.transactWrite({
      TransactItems: [{ Update: update }, { Update: countOfDay(options) }, { Put: outbox }],
    });
    return 'added';
  } catch (error) {
    const [ofGroup, ofDay] = cancellationReasons(error).map(({ Code }) => Code);
    if (ofGroup === 'ConditionalCheckFailed') return 'there';
    if (ofDay === 'ConditionalCheckFailed') return 'too-many';
    throw error;
  }
}

/** Counts a new group of the day, while there may be more. */
const countOfDay = ({ table, plugin, now, newGroupsMax = NEW_GROUPS_MAX }: ErrorStoreOptions) => ({
  TableName: table,
  Key: newGroupsKey(plugin, now().toISOString().slice(0, 10)),
  UpdateExpression: 'SET #ttl = :ttl ADD #groups :one',
  ConditionExpression: 'attribute_not_exists(#groups) OR #groups < :max',
  ExpressionAttributeNames: { '#ttl': 'ttl', '#groups': 'groups' },
  ExpressionAttributeValues: { ':ttl': secondsOf(now()) + 2 * DAY_SECONDS, ':one': 1, ':max': newGroupsMax },
});

/** Opens a group that was resolved, with the event of its regression. */
async function reopen(
  options: ErrorStoreOptions,
  occurrences: Occurrences,
  { firstSeen, regressions }: Resolved,
): Promise<void> {
  const update = groupUpdate(options, occurrences, { condition: '#status = :resolved', status: OPEN_AGAIN });
  const outbox = outboxPut(options, occurrences, { firstSeen, sequence: regressions + 2 });
  await options.client.transactWrite({
    TransactItems: [
      {
        Update: {
          ...update,
          UpdateExpression: `${update.UpdateExpression}, #regressions :one REMOVE statusBy, statusAt`,
          ExpressionAttributeNames: { ...update.ExpressionAttributeNames, '#regressions': 'regressions' },
          ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ':one': 1 },
        },
      },
      { Put: outbox },
    ],
  });
}

/** Which event of a group it is. */
interface EventPosition {
  readonly firstSeen: string;
  /** 1 for the first, and one more for each regression. */
  readonly sequence: number;
}

/** The outbox item of an event, which the relay publishes. */
function outboxPut(
  options: ErrorStoreOptions,
  { group, sample, traceparent }: Occurrences,
  { firstSeen, sequence }: EventPosition,
) {
  const { table, plugin, version, now } = options;
  const { fingerprint, operation, code, type, message } = group;
  // A group that is made again after it has expired is another aggregate.
  const generation = `${fingerprint}/${Date.parse(firstSeen)}`;
  const id = `${plugin}/${generation}`;
  const event: EventEnvelope<unknown> = {
    id: `${id}:${sequence}:1`,
    type: pluginError.detailType,
    occurredAt: now().toISOString(),
    tenant: 'default',
    aggregate: { type: 'error', id },
    sequence,
    cause: { kind: 'api', id: sample.requestId },
    ...(traceparent !== undefined && { traceparent }),
    data: {
      plugin,
      fingerprint,
      occurrence: sequence === 1 ? 'first' : 'regression',
      operation,
      code,
      type,
      message,
      version,
      requestId: sample.requestId,
    },
  };
  const ttl = secondsOf(now()) + OUTBOX_SECONDS;
  return {
    TableName: table,
    Item: { ...errorOutboxKey(plugin, generation, sequence), events: [event], ttl },
  };
}

const secondsOf = (date: Date): number => Math.floor(date.getTime() / 1000);
