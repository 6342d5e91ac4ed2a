import type { DocumentClient } from '#runtime/aws/document-types.ts';
import { queryPages } from '#runtime/aws/documents.ts';
import { failedCondition } from '#runtime/aws/refused-write.ts';
import {
  errorsPartition,
  GROUP_PREFIX,
  groupKey,
  type ErrorStatus,
} from '#runtime/error-tracking/error-items.ts';

/** A group of errors, as the functions of its plugin have counted it. */
export interface ErrorGroup {
  readonly plugin: string;
  readonly fingerprint: string;
  readonly status: ErrorStatus;
  /** Who gave it its status, and when; absent while it is as it was made or opened again. */
  readonly statusBy?: string;
  readonly statusAt?: string;
  readonly operation: string;
  readonly code: string;
  readonly type: string;
  readonly message: string;
  readonly at?: string;
  readonly count: number;
  /** How often it has come again after it was resolved. */
  readonly regressions: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Versions of the plugin that had it. */
  readonly versions: readonly string[];
  readonly sample: Readonly<Record<string, string>>;
}

export interface ErrorGroups {
  /** The groups of a plugin, that of the latest error first. */
  list(plugin: string): Promise<readonly ErrorGroup[]>;
  /** @returns undefined when there is no such group */
  setStatus(
    plugin: string,
    fingerprint: string,
    change: { readonly status: ErrorStatus; readonly by: string },
  ): Promise<ErrorGroup | undefined>;
}

interface ErrorGroupsOptions {
  readonly client: DocumentClient;
  readonly table: string;
  readonly now: () => Date;
}

export function createErrorGroups({ client, table, now }: ErrorGroupsOptions): ErrorGroups {
  return {
    async list(plugin) {
      const groups: ErrorGroup[] = [];
      const query = {
        TableName: table,
        KeyConditionExpression: 'PK = :pk AND begins_with(SK, :group)',
        ExpressionAttributeValues: { ':pk': errorsPartition(plugin), ':group': GROUP_PREFIX },
      };
      // A partition is bounded: there are few new groups on a day, and they expire.
      for await (const { Items: items = [] } of queryPages(client, query)) groups.push(...items.map(groupOf));
      return groups.sort(latestFirst);
    },
    async setStatus(plugin, fingerprint, { status, by }) {
      try {
        const { Attributes: item } = await client.update({
          TableName: table,
          Key: groupKey(plugin, fingerprint),
          UpdateExpression: 'SET #status = :status, statusBy = :by, statusAt = :at',
          ConditionExpression: 'attribute_exists(PK)',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ':status': status, ':by': by, ':at': now().toISOString() },
          ReturnValues: 'ALL_NEW',
        });
        return item && groupOf(item);
      } catch (error) {
        if (failedCondition(error)) return undefined;
        throw error;
      }
    },
  };
}

/** The latest error first; two of the same moment in the order of their groups, so that pages do not overlap. */
export const latestFirst = (a: ErrorGroup, b: ErrorGroup): number => (positionOf(a) < positionOf(b) ? 1 : -1);

/** Where a group stands in a list. */
export const positionOf = ({ lastSeen, plugin, fingerprint }: ErrorGroup): string =>
  `${lastSeen} ${plugin} ${fingerprint}`;

function groupOf(item: Readonly<Record<string, unknown>>): ErrorGroup {
  const { plugin, fingerprint, status, statusBy, statusAt, operation, code, type, message, at } =
    item as unknown as ErrorGroup;
  const { count, firstSeen, lastSeen, versions, sample } = item as unknown as ErrorGroup;
  return {
    plugin,
    fingerprint,
    status,
    ...(statusBy !== undefined && { statusBy }),
    ...(statusAt !== undefined && { statusAt }),
    operation,
    code,
    type,
    message,
    ...(at !== undefined && { at }),
    count,
    regressions: Number(item['regressions'] ?? 0),
    firstSeen,
    lastSeen,
    versions: [...versions].sort(),
    sample,
  };
}
