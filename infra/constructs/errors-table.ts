import { StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { names, type Deployment } from '../deployment/deployment.ts';
import { createTable, stringKey } from './create-table.ts';
import { grantKey } from './key-access.ts';
import { READ_STREAM } from './plugin-table.ts';

/** The errors of all plugins in groups, each plugin's in a partition of its own, and the outbox of their events. */
export class ErrorsTable extends Construct {
  readonly name: string;
  readonly arn: string;
  readonly streamArn: string;
  readonly #deployment: Deployment;

  constructor(scope: Construct, id: string, { deployment }: { readonly deployment: Deployment }) {
    super(scope, id);
    const table = createTable(this, 'Default', deployment, {
      tableName: names.errorsTable(deployment.stage),
      partitionKey: stringKey('PK'),
      sortKey: stringKey('SK'),
      timeToLiveAttribute: 'ttl',
      dynamoStream: StreamViewType.NEW_IMAGE,
    });
    this.#deployment = deployment;
    this.name = table.tableName;
    this.arn = table.tableArn;
    this.streamArn = table.tableStreamArn ?? '';
  }

  /** Adding to the groups of one plugin, which its functions do when they fail. */
  grantRecord(grantee: IGrantable, plugin: string): void {
    grantKey(grantee, this.#deployment, 'useTables');
    Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
      resourceArns: [this.arn],
      conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [`PLUGIN#${plugin}`] } },
    });
  }

  /** Reading the groups of every plugin, and marking them as resolved. */
  grantManage(grantee: IGrantable): void {
    const actions = ['dynamodb:Query', 'dynamodb:UpdateItem'];
    grantKey(grantee, this.#deployment, 'useTables');
    Grant.addToPrincipal({ grantee, actions, resourceArns: [this.arn] });
  }

  grantStreamRead(grantee: IGrantable): void {
    grantKey(grantee, this.#deployment, 'useTables');
    Grant.addToPrincipal({ grantee, actions: READ_STREAM, resourceArns: [this.streamArn] });
  }
}
