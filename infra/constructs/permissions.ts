import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { parsePermission } from '#infra/manifest/permissions.ts';
import { grantInvoke } from './function-alias.ts';
import type { PlatformBus } from './platform-bus.ts';
import type { PluginTable } from './plugin-table.ts';

/** The resources that `permissions` of one plugin.json can name. */
export interface PermissionTargets {
  readonly tables: Readonly<Record<string, Pick<PluginTable, 'grantAccess'>>>;
  readonly bus: Pick<PlatformBus, 'grantPublish'>;
  /** The plugin's own `source` on the bus. */
  readonly eventSource: string;
  /**
   * ARN of the alias by which a function of this plugin calls an operation of another.
   * @throws Error when there is no such operation
   */
  readonly operationArn: (plugin: string, operation: string, callerKey: string) => string;
}

/**
 * Grants what one line of a function's `permissions` says.
 * @param key the function's key in its manifest
 * @throws Error for a line outside of the vocabulary, and for a table or operation that is not there
 */
export function grantPermission(
  permission: string,
  { tables, bus, eventSource, operationArn }: PermissionTargets,
  grantee: IGrantable,
  key: string,
): void {
  const parsed = parsePermission(permission);
  switch (parsed?.kind) {
    case undefined:
      throw new Error(`"${permission}" is not a permission`);
    case 'table': {
      const table = tables[parsed.table];
      if (!table) throw new Error(`no table "${parsed.table}"`);
      table.grantAccess(grantee, parsed.access);
      return;
    }
    case 'publish':
      bus.grantPublish(grantee, { source: eventSource, type: parsed.pattern });
      return;
    case 'call':
      grantInvoke(grantee, [operationArn(parsed.plugin, parsed.operation, key)]);
  }
}
