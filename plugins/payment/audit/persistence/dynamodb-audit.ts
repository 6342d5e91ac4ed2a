import { fenced, insert } from '../../store/actions.ts';
import { withoutKeys } from '../../store/items.ts';
import { keys, LOG_PREFIX } from '../../store/keys.ts';
import { queryPage, readItem } from '../../store/read.ts';
import { type DynamoStoreOptions, tableOf } from '../../store/table.ts';
import { writeAll } from '../../store/write.ts';
import type { AuditEntry, AuditHead } from '../model/audit-entry.ts';
import type { AuditStore } from './audit-store.ts';

export function dynamoAudit(options: DynamoStoreOptions): AuditStore {
  const table = tableOf(options);
  return {
    async head(tenant) {
      return withoutKeys(await readItem(table, keys.audit(tenant))) as AuditHead | undefined;
    },
    async append(entry) {
      const { tenant, version, hash } = entry;
      const before = version === 1 ? undefined : version - 1;
      const refused = await writeAll(table, [
        fenced(table, { ...keys.audit(tenant), version, hash }, before),
        insert(table, 'other', { ...keys.auditEntry(tenant, version), ...entry }),
      ]);
      if (refused?.name === 'other') throw new Error('An audit has entries after its newest one');
      return refused === undefined;
    },
    async list(tenant, limit, afterVersion) {
      const { PK, SK } = keys.auditEntry(tenant, afterVersion + 1);
      const { items } = await queryPage(table, {
        KeyConditionExpression: 'PK = :pk AND SK BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': PK, ':from': SK, ':to': `${LOG_PREFIX}~` },
        ConsistentRead: true,
        Limit: limit,
      });
      return items.map((item) => withoutKeys(item) as AuditEntry);
    },
  };
}
