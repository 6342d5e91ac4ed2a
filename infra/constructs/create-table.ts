import {
  AttributeType,
  Billing,
  type CfnGlobalTable,
  TableV2,
  type TablePropsV2,
} from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import type { Deployment } from '../deployment/deployment.ts';
import { encryptionKeyOf } from './key-access.ts';
import { removalPolicyOf } from './removal.ts';

export const stringKey = (name: string) => ({ name, type: AttributeType.STRING });

/**
 * A table with what every table of ours has in common: on demand, recoverable to any second, encrypted; outside of local
 * it is protected from deletion and outlives its stack, except when its very creation fails.
 */
export function createTable(
  scope: Construct,
  id: string,
  deployment: Deployment,
  props: TablePropsV2,
): TableV2 {
  const table = new TableV2(scope, id, {
    billing: Billing.onDemand(),
    deletionProtection: !deployment.isLocal,
    removalPolicy: removalPolicyOf(deployment),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    ...props,
  });
  const keyArn = encryptionKeyOf(deployment);
  if (keyArn !== undefined) {
    // CDK takes a key only where it knows the region.
    const resource = table.node.defaultChild as CfnGlobalTable;
    resource.sseSpecification = { sseEnabled: true, sseType: 'KMS' };
    resource.addPropertyOverride('Replicas.0.SSESpecification.KMSMasterKeyId', keyArn);
  }
  return table;
}
