import type { DocumentClient } from '#runtime/aws/document-types.ts';
import type { PublishedEvent } from '#runtime/contract/manifest-types.ts';
import type { TransactionItem } from '#runtime/inbox/inbox.ts';
import type manifest from '../plugin.json';
import { type Entry, keys, type Redemption, type Statement, statementOf } from './items.ts';
import { monthOf, monthsLaterSeconds } from './month.ts';
import { openTable, type Table } from './table.ts';

/** The accounts of all tenants: entries of single bookings, and statements that close a month. */
export interface PointStore {
  /** The write that books points, for the transaction in which an event is handled. */
  booking(entry: Entry): TransactionItem;
  /** How many points of a payment were taken back so far. */
  takenBack(tenant: string, paymentId: string): Promise<number>;
  recordingTakenBack(tenant: string, paymentId: string, points: number): TransactionItem;
  balance(tenant: string): Promise<number>;
  /** The newest first. */
  statements(tenant: string, limit: number): Promise<readonly Statement[]>;
  redemption(tenant: string, id: string): Promise<Redemption | undefined>;
  /** `conflict`: another redemption of the tenant was first. */
  redeem(tenant: string, redemption: Redemption): Promise<'redeemed' | 'insufficient' | 'conflict'>;
  /** Tenants with a booking in a month. */
  tenantsOf(month: string): Promise<readonly string[]>;
  /** Writes the statement of a month with its event, once. @returns undefined when it is there already */
  close(
    tenant: string,
    month: string,
    eventOf: (statement: Statement) => PublishedEvent<typeof manifest>,
  ): Promise<Statement | undefined>;
}

interface PointStoreOptions {
  readonly client: DocumentClient;
  readonly table: string;
  readonly now: () => Date;
  readonly keepMonths: number;
}

const OUTBOX_SECONDS = 7 * 86_400;

const IS_NEW = 'attribute_not_exists(PK)';

export function createPointStore({ client, table: name, now, keepMonths }: PointStoreOptions): PointStore {
  const table = openTable(client, name);
  const { statements, entriesAfter, balance } = accountsIn(table);

  const booking = ({ tenant, id, ...entry }: Entry): TransactionItem => {
    const month = monthOf(now());
    return table.put({
      ...keys.entry(tenant, month, id),
      GSI1PK: `MONTH#${month}`,
      GSI1SK: `TENANT#${tenant}#${id}`,
      tenant,
      id,
      ...entry,
      bookedAt: now().toISOString(),
      ttl: monthsLaterSeconds(now(), keepMonths),
    });
  };

  return {
    booking,
    balance,
    statements,
    takenBack: async (tenant, paymentId) =>
      Number((await table.get(keys.takenBack(tenant, paymentId)))?.['points'] ?? 0),
    recordingTakenBack: (tenant, paymentId, points) =>
      table.put({ ...keys.takenBack(tenant, paymentId), points }),
    redemption: async (tenant, id) =>
      (await table.get(keys.redemption(tenant, id))) as Redemption | undefined,
    async redeem(tenant, redemption) {
      const { id, points, paymentId } = redemption;
      const key = keys.account(tenant);
      const version = Number((await table.get(key))?.['version'] ?? 0);
      if ((await balance(tenant)) < points) return 'insufficient';
      const isDone = await table.write([
        // Two redemptions at once must not both spend the same points.
        {
          Update: {
            TableName: name,
            Key: key,
            UpdateExpression: 'SET version = :next',
            ConditionExpression: 'attribute_not_exists(version) OR version = :version',
            ExpressionAttributeValues: { ':version': version, ':next': version + 1 },
          },
        },
        table.put({ ...keys.redemption(tenant, id), ...redemption }, IS_NEW),
        booking({ tenant, id, kind: 'redeemed', points: -points, paymentId }),
      ]);
      return isDone ? 'redeemed' : 'conflict';
    },
    async tenantsOf(month) {
      const found = await table.query<Pick<Entry, 'tenant'>>({
        IndexName: 'tenants-by-month',
        KeyConditionExpression: 'GSI1PK = :month',
        ExpressionAttributeValues: { ':month': `MONTH#${month}` },
      });
      return [...new Set(found.map(({ tenant }) => tenant))];
    },
    async close(tenant, month, eventOf) {
      const [last] = await statements(tenant, 1);
      if (last !== undefined && last.month >= month) return undefined;
      const statement = statementOf(month, await entriesAfter(tenant, last?.month, month), last);
      const ttl = Math.floor(now().getTime() / 1000) + OUTBOX_SECONDS;
      const isDone = await table.write([
        table.put({ ...keys.statement(tenant, month), ...statement }, IS_NEW),
        table.put({ ...keys.outbox(tenant, month), events: [eventOf(statement)], ttl }),
      ]);
      return isDone ? statement : undefined;
    },
  };
}

/** Reads accounts: a balance is the last statement and the entries since. */
function accountsIn(table: Table) {
  /** `~` sorts behind every month and id. */
  const statements = (tenant: string, limit: number) =>
    table.between<Statement>(keys.account(tenant).PK, 'STATEMENT#', 'STATEMENT#~', {
      ScanIndexForward: false,
      Limit: limit,
    });
  const entriesAfter = (tenant: string, month: string | undefined, last = '') =>
    table.between<Entry>(
      keys.account(tenant).PK,
      `ENTRY#${month === undefined ? '' : `${month}~`}`,
      `ENTRY#${last}~`,
    );
  const balance = async (tenant: string) => {
    const [last] = await statements(tenant, 1);
    return statementOf('', await entriesAfter(tenant, last?.month), last).closing;
  };
  return { statements, entriesAfter, balance };
}
