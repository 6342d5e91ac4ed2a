import type { JsonObject } from '../json.ts';
import type { ActionMapper, SdkCall, NeededPermission } from './action-mapper.ts';
import { listMember, record, textMember, UnreadableBody } from './body.ts';
import type { Context, ContextValue } from './template.ts';

function tableArn(call: SdkCall, name: string): string {
  return name.startsWith('arn:') ? name : `arn:aws:dynamodb:${call.region}:${call.accountId}:table/${name}`;
}

function knownTable(call: SdkCall, name: string): NonNullable<SdkCall['tables']>[number] | undefined {
  const bare = name.startsWith('arn:') ? name.slice(name.indexOf('/') + 1) : name;
  return call.tables?.find((one) => one.name === bare);
}

/** Values of the partition key that a call names; null (never allowed by a condition) when they are not known. */
function leadingKeys(call: SdkCall, name: string, keys: readonly unknown[]): ContextValue {
  const partitionKey = knownTable(call, name)?.partitionKey.name;
  const values = keys.map((key) => attributeText(partitionKey && record(key)[partitionKey]));
  return values.every((value) => value !== undefined) ? values : null;
}

/** The content of an attribute value such as `{"S": "a"}`. */
function attributeText(attribute: unknown): string | undefined {
  if (typeof attribute !== 'object' || attribute === null) return undefined;
  const [value] = Object.values(attribute) as readonly unknown[];
  return typeof value === 'string' ? value : undefined;
}

/** Condition keys that repeat a member of the call. `Attributes` is not worked out, so it never allows. */
function contextOf(fields: JsonObject, leading: ContextValue): Context {
  const members = ['ReturnValues', 'ReturnConsumedCapacity', 'Select'] as const;
  const given = members.flatMap((member) => {
    const value = fields[member];
    return typeof value === 'string' ? [[`dynamodb:${member}`, value] as const] : [];
  });
  return {
    ...Object.fromEntries(given),
    'dynamodb:LeadingKeys': leading,
    'dynamodb:Attributes': null,
  };
}

/** A call on one item, whose key is in `member`. */
function item(action: string, member: 'Key' | 'Item'): ActionMapper {
  return (call) => [itemNeed(call, action, member, record(call.body))];
}

function itemNeed(call: SdkCall, action: string, member: string, fields: JsonObject): NeededPermission {
  const name = textMember(fields, 'TableName');
  const context = contextOf(fields, leadingKeys(call, name, [fields[member] ?? {}]));
  return { action: `dynamodb:${action}`, resource: tableArn(call, name), context };
}

/** Query and Scan: on the index when one is named. */
function read(action: string): ActionMapper {
  return (call) => {
    const fields = record(call.body);
    const name = textMember(fields, 'TableName');
    const index = fields['IndexName'];
    const resource = tableArn(call, name) + (typeof index === 'string' ? `/index/${index}` : '');
    const leading = action === 'Query' ? queriedKey(call, fields, name, index) : null;
    return [{ action: `dynamodb:${action}`, resource, context: contextOf(fields, leading) }];
  };
}

/** The partition key's value in a query's key condition, e.g. `#pk = :pk AND begins_with(SK, :x)`. */
function queriedKey(call: SdkCall, fields: JsonObject, name: string, index: unknown): ContextValue {
  const queried = knownTable(call, name);
  const key = typeof index === 'string' ? queried?.indexes.find((one) => one.name === index) : queried;
  const condition = fields['KeyConditionExpression'];
  if (key === undefined || typeof condition !== 'string') return null;
  const names = record(fields['ExpressionAttributeNames'] ?? {});
  const values = record(fields['ExpressionAttributeValues'] ?? {});
  for (const [, left = '', right = ''] of condition.matchAll(/([#\w.-]+)\s*=\s*(:\w+)/g)) {
    if ((left.startsWith('#') ? names[left] : left) !== key.partitionKey.name) continue;
    const value = attributeText(values[right]);
    return value === undefined ? null : [value];
  }
  return null;
}

function table(action: string): ActionMapper {
  return (call) => {
    const resource = tableArn(call, textMember(call.body, 'TableName'));
    return [{ action: `dynamodb:${action}`, resource, context: {} }];
  };
}

function batch(action: string, keysOf: (request: unknown) => readonly unknown[]): ActionMapper {
  return (call) => {
    const requests = record(record(call.body)['RequestItems']);
    return Object.entries(requests).map(([name, request]) => ({
      action: `dynamodb:${action}`,
      resource: tableArn(call, name),
      context: contextOf(record(call.body), leadingKeys(call, name, keysOf(request))),
    }));
  };
}

function writtenKeys(requests: unknown): readonly unknown[] {
  if (!Array.isArray(requests)) throw new UnreadableBody('RequestItems');
  return (requests as readonly unknown[]).map((request) => {
    const { PutRequest: put, DeleteRequest: remove } = record(request);
    return put === undefined ? record(remove)['Key'] : record(put)['Item'];
  });
}

/** Each item of a transaction is checked as the single call it stands for. */
const TRANSACTION: Readonly<Record<string, readonly [action: string, member: string]>> = {
  Get: ['GetItem', 'Key'],
  Put: ['PutItem', 'Item'],
  Update: ['UpdateItem', 'Key'],
  Delete: ['DeleteItem', 'Key'],
  ConditionCheck: ['ConditionCheckItem', 'Key'],
};

function transaction(operation: string): ActionMapper {
  return (call) =>
    listMember(call.body, 'TransactItems').flatMap((element) =>
      Object.entries(record(element)).map(([kind, fields]) => {
        const known = Object.hasOwn(TRANSACTION, kind) ? TRANSACTION[kind] : undefined;
        if (known === undefined) throw new UnreadableBody(kind);
        const need = itemNeed(call, known[0], known[1], record(fields));
        return { ...need, context: { ...need.context, 'dynamodb:EnclosingOperation': operation } };
      }),
    );
}

function stream(action: string): ActionMapper {
  return (call) => {
    const resource = textMember(call.body, 'StreamArn');
    return [{ action: `dynamodb:${action}`, resource, context: {} }];
  };
}

/** A shard iterator starts with its stream's ARN and a bar. */
const getRecords: ActionMapper = (call) => {
  const [resource = ''] = textMember(call.body, 'ShardIterator').split('|');
  if (!resource.startsWith('arn:')) throw new UnreadableBody('ShardIterator');
  return [{ action: 'dynamodb:GetRecords', resource, context: {} }];
};

/** DynamoDB and DynamoDB Streams. PartiQL is not mapped. */
export const DYNAMODB: Readonly<Record<string, ActionMapper>> = {
  GetItem: item('GetItem', 'Key'),
  PutItem: item('PutItem', 'Item'),
  UpdateItem: item('UpdateItem', 'Key'),
  DeleteItem: item('DeleteItem', 'Key'),
  Query: read('Query'),
  Scan: read('Scan'),
  BatchGetItem: batch('BatchGetItem', (request) => listMember(request, 'Keys')),
  BatchWriteItem: batch('BatchWriteItem', writtenKeys),
  TransactGetItems: transaction('TransactGetItems'),
  TransactWriteItems: transaction('TransactWriteItems'),
  DescribeTable: table('DescribeTable'),
  DescribeTimeToLive: table('DescribeTimeToLive'),
  DescribeStream: stream('DescribeStream'),
  GetShardIterator: stream('GetShardIterator'),
  GetRecords: getRecords,
  ListStreams: () => [{ action: 'dynamodb:ListStreams', resource: '*', context: {} }],
};
