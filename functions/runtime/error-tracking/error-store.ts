import { pluginError } from '#events/catalog/errors.ts';
import type { EventEnvelope } from '#events/catalog/contract.ts';
import type { DocumentClient, UpdateInput } from '../aws/document-types.ts';
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
  const { client, table, plugin, version, now, newGroupsMax = NEW_GROUPS_MAX } = options;

  /** The update of a group that is there, or that may be made. */
  function groupUpdate({ group, count, sample }: Occurrences, condition?: string): UpdateInput {
    const { fingerprint, ...about } = group;
    const at = now().toISOString();
    const kept = Object.entries({ ...about, fingerprint, plugin, firstSeen: at });
    const set = { lastSeen: at, sample: { ...sample, at, version }, ttl: secondsOf(now()) + GROUP_SECONDS };
    const names = [...kept.map(([name]) => name), ...Object.keys(set), 'status', 'count', 'versions'];
    return {
      TableName: table,
      Key: groupKey(plugin, fingerprint),
      UpdateExpression: [
        'SET',
        [
          ...kept.map(([name]) => `#${name} = if_not_exists(#${name}, :${name})`),
          ...Object.keys(set).map((name) => `#${name} = :${name}`),
          '#status = if_not_exists(#status, :open)',
        ].join(', '),
        'ADD #count :count, #versions :versions',
      ].join(' '),
      ...(condition !== undefined && { ConditionExpression: condition }),
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ...Object.fromEntries([...kept, ...Object.entries(set)].map(([name, value]) => [`:${name}`, value])),
        ':open': 'open',
        ':count': count,
        ':versions': new Set([version]),
        ...(condition?.includes(':resolved') && { ':resolved': 'resolved' }),
      },
    };
  }

  /** @returns whether the group was there, and what it was when it has to be opened again */
  async function addToOpen(occurrences: Occurrences): Promise<'added' | 'new' | Reopened> {
    try {
      await client.update({
        ...groupUpdate(occurrences, 'attribute_exists(PK) AND #status <> :resolved'),
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

  /** @returns false when nothing was written, because the day has enough new groups or another was first */
  async function addNew(occurrences: Occurrences): Promise<'added' | 'too-many' | 'there'> {
    const day = now().toISOString().slice(0, 10);
    const event = envelopeOf(occurrences, { firstSeen: now().toISOString(), sequence: 1 });
    try {
      await client.transactWrite({
        TransactItems: [
          { Update: withoutReturn(groupUpdate(occurrences, 'attribute_not_exists(PK)')) },
          {
            Update: {
              TableName: table,
              Key: newGroupsKey(plugin, day),
              UpdateExpression: 'SET #ttl = :ttl ADD #groups :one',
              ConditionExpression: 'attribute_not_exists(#groups) OR #groups < :max',
              ExpressionAttributeNames: { '#ttl': 'ttl', '#groups': 'groups' },
              ExpressionAttributeValues: {
                ':ttl': secondsOf(now()) + 2 * DAY_SECONDS,
                ':one': 1,
                ':max': newGroupsMax,
              },
            },
          },
          outbox(occurrences, event),
        ],
      });
      return 'added';
    } catch (error) {
      const [group, day_] = cancellationReasons(error).map(({ Code }) => Code);
      if (group === 'ConditionalCheckFailed') return 'there';
      if (day_ === 'ConditionalCheckFailed') return 'too-many';
      throw error;
    }
  }

  async function reopen(occurrences: Occurrences, { firstSeen, regressions }: Reopened): Promise<void> {
    const event = envelopeOf(occurrences, { firstSeen, sequence: regressions + 2 });
    const update = groupUpdate(occurrences, '#status = :resolved');
    await client.transactWrite({
      TransactItems: [
        {
          Update: withoutReturn({
            ...update,
            UpdateExpression: `${update.UpdateExpression?.replace(
              '#status = if_not_exists(#status, :open)',
              '#status = :open',
            )}, #regressions :one REMOVE statusBy, statusAt`,
            ExpressionAttributeNames: { ...update.ExpressionAttributeNames, '#regressions': 'regressions' },
            ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ':one': 1 },
          }),
        },
        outbox(occurrences, event),
      ],
    });
  }

  function envelopeOf(
    { group, sample, traceparent }: Occurrences,
    { firstSeen, sequence }: { readonly firstSeen: string; readonly sequence: number },
  ): EventEnvelope<unknown> {
    const { fingerprint, operation, code, type, message } = group;
    // A group that is made again after it has expired is another aggregate.
    const id = `${plugin}/${fingerprint}/${Date.parse(firstSeen)}`;
    return {
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
  }

  const outbox = ({ group: { fingerprint } }: Occurrences, event: EventEnvelope<unknown>) => ({
    Put: {
      TableName: table,
      Item: {
        // The time is that of the group: a regression of an earlier one has had this number too.
        ...errorOutboxKey(plugin, `${fingerprint}#${event.aggregate.id.split('/').at(-1)}`, event.sequence),
        events: [event],
        ttl: secondsOf(now()) + OUTBOX_SECONDS,
      },
    },
  });

  return async function store(occurrences) {
    const found = await addToOpen(occurrences);
    if (found === 'added') return;
    if (found !== 'new') return reopen(occurrences, found);
    const made = await addNew(occurrences);
    if (made === 'there') await client.update(groupUpdate(occurrences));
    if (made === 'too-many') await client.update(groupUpdate({ ...occurrences, group: OTHERS }));
  };
}

interface Reopened {
  readonly firstSeen: string;
  readonly regressions: number;
}

const secondsOf = (date: Date): number => Math.floor(date.getTime() / 1000);

/** The form of an update in a transaction. */
const withoutReturn = ({ UpdateExpression = '', ...update }: UpdateInput) => ({
  ...(update as Omit<UpdateInput, 'UpdateExpression' | 'ReturnValues'>),
  UpdateExpression,
});
