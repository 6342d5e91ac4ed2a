import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type { Manifest } from '#infra/manifest/schema.ts';
import type { Deployment } from './deployment.ts';

type TableManifest = Manifest['tables'][string];

const text = (name: string) => ({ name, type: AttributeType.STRING });

/** Outlives its stack outside of local, except when its very creation fails. */
export function keepsData({ isLocal }: Deployment) {
  return {
    deletionProtection: !isLocal,
    removalPolicy: isLocal ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
  };
}

/** A plugin's table: on demand, recoverable to any second, encrypted, protected from deletion outside of local. */
export class PluginTable extends Construct {
  readonly arn: string;
  readonly indexArns: readonly string[];
  /** Undefined for a table without a stream. */
  readonly streamArn: string | undefined;

  constructor(
    scope: Construct,
    id: string,
    props: { deployment: Deployment; tableName: string; manifest: TableManifest },
  ) {
    super(scope, id);
    const { partitionKey, sortKey, ttl, indexes, stream } = props.manifest;
    const table = new TableV2(this, 'Table', {
      tableName: props.tableName,
      partitionKey: text(partitionKey),
      ...(sortKey !== undefined && { sortKey: text(sortKey) }),
      ...(ttl !== undefined && { timeToLiveAttribute: ttl }),
      ...(stream && { dynamoStream: StreamViewType[stream.view] }),
      globalSecondaryIndexes: Object.entries(indexes).map(([indexName, keys]) => ({
        indexName,
        partitionKey: text(keys.partitionKey),
        ...(keys.sortKey !== undefined && { sortKey: text(keys.sortKey) }),
      })),
      billing: Billing.onDemand(),
      ...keepsData(props.deployment),
    });
    this.arn = table.tableArn;
    this.indexArns = Object.keys(indexes).map((name) => `${table.tableArn}/index/${name}`);
    this.streamArn = stream && table.tableStreamArn;
  }
}
