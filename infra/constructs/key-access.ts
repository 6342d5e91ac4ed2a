import { Aws } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Deployment } from '../deployment/deployment.ts';

/** ARN of the key that what is created is encrypted with; undefined for AWS's own keys. */
export const encryptionKeyOf = ({ keyArn, encryptsWithKey }: Deployment): string | undefined =>
  encryptsWithKey ? keyArn : undefined;

/** Services that use the key of a table or queue in the name of whoever uses the table or queue. */
type Service = 'dynamodb' | 'sqs';

/** What a caller needs of the key by the service: DynamoDB writes under data keys that it gets by grants of its own. */
const ACTIONS = {
  useTables: { service: 'dynamodb', actions: ['kms:Decrypt'] },
  receive: { service: 'sqs', actions: ['kms:Decrypt'] },
  send: { service: 'sqs', actions: ['kms:Decrypt', 'kms:GenerateDataKey'] },
} as const satisfies Record<string, { service: Service; actions: readonly string[] }>;

/** Condition on a use of a key: by one service of AWS alone. */
export const viaService = (service: string): Record<string, string> => ({
  'kms:ViaService': `${service}.${Aws.REGION}.${Aws.URL_SUFFIX}`,
});

/** Lets a role use the customer's key as far as its use of tables or queues needs it; nothing where there is none. */
export function grantKey(grantee: IGrantable, { keyArn }: Deployment, use: keyof typeof ACTIONS): void {
  if (keyArn === undefined) return;
  const { service, actions } = ACTIONS[use];
  Grant.addToPrincipal({
    grantee,
    actions: [...actions],
    resourceArns: [keyArn],
    conditions: { StringEquals: viaService(service) },
  });
}

/**
 * The customer's key for a construct of CDK, which can add nothing to its policy: that of the platform is in another
 * stack, and that of an operator is the operator's. Undefined for keys of AWS.
 */
export function importedKey(scope: Construct, deployment: Deployment): IKey | undefined {
  const arn = encryptionKeyOf(deployment);
  return arn === undefined ? undefined : Key.fromKeyArn(scope, 'DataKey', arn);
}
