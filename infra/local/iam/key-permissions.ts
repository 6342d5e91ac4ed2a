import type { Encrypted, NeededPermission } from './action-mapper.ts';
import type { Context } from './template.ts';

const DECRYPT = ['kms:Decrypt'];
const ENCRYPT = ['kms:GenerateDataKey', 'kms:Decrypt'];

/**
 * What the caller needs of the key for an action: the service uses the key in the caller's name. DynamoDB encrypts under
 * data keys that it has by grants of its own, so that a write needs no more than a read.
 */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  'dynamodb:BatchGetItem': DECRYPT,
  'dynamodb:BatchWriteItem': DECRYPT,
  'dynamodb:ConditionCheckItem': DECRYPT,
  'dynamodb:DeleteItem': DECRYPT,
  'dynamodb:GetItem': DECRYPT,
  'dynamodb:GetRecords': DECRYPT,
  'dynamodb:PutItem': DECRYPT,
  'dynamodb:Query': DECRYPT,
  'dynamodb:Scan': DECRYPT,
  'dynamodb:UpdateItem': DECRYPT,
  'secretsmanager:GetSecretValue': DECRYPT,
  'secretsmanager:PutSecretValue': ENCRYPT,
  'sqs:ReceiveMessage': DECRYPT,
  'sqs:SendMessage': ENCRYPT,
};

/** What a use of a resource needs of its key; nothing for a key of AWS. */
export function keyPermissions(
  { action, resource }: Pick<NeededPermission, 'action' | 'resource'>,
  encrypted: Encrypted,
): readonly NeededPermission[] {
  const through = { action, resource };
  const actions = Object.hasOwn(ACTIONS, action) ? (ACTIONS[action] ?? []) : [];
  const [service = ''] = action.split(':');
  const found = actions.length === 0 ? undefined : keyOf(service, resource, encrypted);
  if (found === undefined) return [];
  const context: Context = {
    'kms:ViaService': `${service}.${encrypted.region}.amazonaws.com`,
    'kms:CallerAccount': encrypted.accountId,
    ...found.context,
  };
  return actions.map((one) => ({ action: one, resource: found.keyArn, context, through }));
}

/** The key of a resource, with the encryption context that its service gives. */
function keyOf(
  service: string,
  resource: string,
  { accountId, tables = [], queues = [], secrets = [] }: Encrypted,
): { readonly keyArn: string; readonly context: Context } | undefined {
  const of = (kmsKeyArn: string | undefined, context: Context) =>
    kmsKeyArn === undefined ? undefined : { keyArn: kmsKeyArn, context };
  if (service === 'dynamodb') {
    // Indexes and the stream are encrypted as their table.
    const table = tables.find(({ arn }) => resource === arn || resource.startsWith(`${arn}/`));
    return of(table?.kmsKeyArn, {
      'kms:EncryptionContext:aws:dynamodb:tableName': table?.name ?? null,
      'kms:EncryptionContext:aws:dynamodb:subscriberId': accountId,
    });
  }
  if (service === 'sqs') {
    const queue = queues.find(({ arn }) => arn === resource);
    return of(queue?.kmsKeyArn, { 'kms:EncryptionContext:aws:sqs:arn': resource });
  }
  const secret = secrets.find(({ arn }) => arn === resource);
  return of(secret?.kmsKeyArn, { 'kms:EncryptionContext:SecretARN': resource });
}
