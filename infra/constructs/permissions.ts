import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { parsePermission, type Permission } from '#infra/manifest/permissions.ts';
import { aliases } from '#runtime/aliases.ts';

const TABLE_ACTIONS = {
  read: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:ConditionCheckItem'],
  // TransactWriteItems is authorized by the actions of its members, condition checks among them.
  write: [
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'dynamodb:DeleteItem',
    'dynamodb:BatchWriteItem',
    'dynamodb:ConditionCheckItem',
  ],
} as const;

/** The resources that the permission vocabulary can reach from one plugin. */
export interface PermissionScope {
  /** ARNs of the plugin's tables and of their indexes, by table. */
  readonly tables: Readonly<Record<string, { readonly arn: string; readonly indexArns: readonly string[] }>>;
  readonly busArn: string;
  readonly eventSource: string;
  /**
   * ARN of the alias by which a function of this plugin calls an operation of another.
   * @throws Error when there is no such operation
   */
  callTarget(plugin: string, operation: string, callerKey: string): string;
}

/** What one line of `permissions` allows. */
export interface Grant {
  readonly permission: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

function compileParsed(
  permission: Permission,
  scope: PermissionScope,
  key: string,
): Omit<Grant, 'permission'> {
  switch (permission.kind) {
    case 'table': {
      const table = scope.tables[permission.table];
      if (!table) throw new Error(`no table "${permission.table}"`);
      const indexes = permission.access === 'read' ? table.indexArns : [];
      return { actions: TABLE_ACTIONS[permission.access], resources: [table.arn, ...indexes] };
    }
    case 'publish': {
      const { pattern } = permission;
      return {
        actions: ['events:PutEvents'],
        resources: [scope.busArn],
        conditions: {
          StringEquals: { 'events:source': scope.eventSource },
          StringLike: { 'events:detail-type': pattern.endsWith('.*') ? pattern : `${pattern}.v*` },
        },
      };
    }
    case 'call':
      return {
        actions: ['lambda:InvokeFunction'],
        resources: [scope.callTarget(permission.plugin, permission.operation, key)],
      };
  }
}

/**
 * Compiles one line of a function's `permissions` to what IAM calls it.
 * @param key the function's key in its manifest
 * @throws Error for a line outside of the vocabulary
 */
export function compilePermission(permission: string, scope: PermissionScope, key: string): Grant {
  const parsed = parsePermission(permission);
  if (!parsed) throw new Error(`"${permission}" is not a permission`);
  return { permission, ...compileParsed(parsed, scope, key) };
}

export function toStatement({ actions, resources, conditions }: Omit<Grant, 'permission'>): PolicyStatement {
  return new PolicyStatement({
    actions: [...actions],
    resources: [...resources],
    ...(conditions && { conditions }),
  });
}

/** ARN of a function's alias, from its physical name: no reference to the stack that owns it. */
export function aliasArn(scope: Construct, functionName: string, alias: string): string {
  return Stack.of(scope).formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName: `${functionName}:${alias}`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** ARN of the alias that AWS's own triggers start. */
export const liveAliasArn = (scope: Construct, functionName: string): string =>
  aliasArn(scope, functionName, aliases.live);

/** Read of what the registry says of one plugin, which every function's pipeline does before each call. */
export function registryRead(tableArn: string, plugin: string): PolicyStatement {
  return new PolicyStatement({
    actions: ['dynamodb:GetItem'],
    resources: [tableArn],
    conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [`PLUGIN#${plugin}`] } },
  });
}
