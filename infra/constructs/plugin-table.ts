import { type ITable, ProjectionType, StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { TableAccess } from '#infra/manifest/permissions.ts';
import type { Manifest } from '#infra/manifest/schema.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { grantKey } from './key-access.ts';
import { createTable, stringKey } from './create-table.ts';

const READ = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:ConditionCheckItem'];
// TransactWriteItems is authorized by the actions of its members, condition checks among them.
const WRITE = [
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:BatchWriteItem',
  'dynamodb:ConditionCheckItem',
];
export const READ_STREAM = [
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:ListStreams',
];

type TableManifest = Manifest['tables'][string];

/** A plugin's table: on demand, recoverable to any second, encrypted, protected from deletion outside of local. */
export class PluginTable extends Construct {
  readonly table: ITable;
  readonly arn: string;
  readonly indexArns: readonly string[];
  /** Undefined for a table without a stream. */
  readonly streamArn: string | undefined;
  readonly #deployment: Deployment;

  constructor(
    scope: Construct,
    id: string,
    props: { deployment: Deployment; tableName: string; manifest: TableManifest },
  ) {
    super(scope, id);
    const { partitionKey, sortKey, ttl, indexes, stream } = props.manifest;
    const table = createTable(this, 'Table', props.deployment, {
      tableName: props.tableName,
      partitionKey: stringKey(partitionKey),
      ...(sortKey !== undefined && { sortKey: stringKey(sortKey) }),
      ...(ttl !== undefined && { timeToLiveAttribute: ttl }),
      ...(stream && { dynamoStream: StreamViewType[stream.view] }),
      globalSecondaryIndexes: Object.entries(indexes).map(([indexName, keys]) => ({
        indexName,
        partitionKey: stringKey(keys.partitionKey),
        ...(keys.sortKey !== undefined && { sortKey: stringKey(keys.sortKey) }),
        projectionType: ProjectionType[keys.projection],
        ...(keys.nonKeyAttributes && { nonKeyAttributes: keys.nonKeyAttributes }),
      })),
    });
    this.#deployment = props.deployment;
    this.table = table;
    this.arn = table.tableArn;
    this.indexArns = Object.keys(indexes).map((name) => `${table.tableArn}/index/${name}`);
    this.streamArn = stream && table.tableStreamArn;
  }

  /** Reads by key of the table and its indexes; a scan is not among them. */
  grantRead(grantee: IGrantable): void {
    this.#grant(grantee, READ, [this.arn, ...this.indexArns]);
  }

  /** Reads of every item of the table or of an index, which cost by its size and not by the answer's. */
  grantScan(grantee: IGrantable): void {
    this.#grant(grantee, ['dynamodb:Scan'], [this.arn, ...this.indexArns]);
  }

  grantWrite(grantee: IGrantable): void {
    this.#grant(grantee, WRITE, [this.arn]);
  }

  /** One of the accesses that `permissions` of a manifest can name. */
  grantAccess(grantee: IGrantable, access: TableAccess): void {
    if (access === 'scan') this.grantScan(grantee);
    else if (access === 'read') this.grantRead(grantee);
    else this.grantWrite(grantee);
  }

  /** What the role of a function needs that the table's stream feeds; nothing for a table without a stream. */
  grantStreamRead(grantee: IGrantable): void {
    if (this.streamArn !== undefined) this.#grant(grantee, READ_STREAM, [this.streamArn]);
  }

  #grant(grantee: IGrantable, actions: string[], resourceArns: string[]): void {
    Grant.addToPrincipal({ grantee, actions, resourceArns });
    grantKey(grantee, this.#deployment, 'useTables');
  }
}
