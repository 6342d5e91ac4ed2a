import { AttributeType, Billing, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { names, type Deployment } from '../deployment/deployment.ts';
import { keepsData, READ_STREAM } from './plugin-table.ts';

/** The errors of all plugins in groups, each plugin's in a partition of its own, and the outbox of their events. */
export class ErrorsTable extends Construct {
  readonly name: string;
  readonly arn: string;
  readonly streamArn: string;

  constructor(scope: Construct, id: string, { deployment }: { readonly deployment: Deployment }) {
    super(scope, id);
    const table = new TableV2(this, 'Default', {
      tableName: names.errorsTable(deployment.stage),
      partitionKey: { name: 'PK', type: AttributeType.STRING },
      sortKey: { name: 'SK', type: AttributeType.STRING },
      timeToLiveAttribute: 'ttl',
      dynamoStream: StreamViewType.NEW_IMAGE,
      billing: Billing.onDemand(),
      ...keepsData(deployment),
    });
    this.name = table.tableName;
    this.arn = table.tableArn;
    this.streamArn = table.tableStreamArn ?? '';
  }

  /** Adding to the groups of one plugin, which its functions do when they fail. */
  grantRecord(grantee: IGrantable, plugin: string): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
      resourceArns: [this.arn],
      conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [`PLUGIN#${plugin}`] } },
    });
  }

  /** Reading the groups of every plugin, and marking them as resolved. */
  grantManage(grantee: IGrantable): Grant {
    const actions = ['dynamodb:Query', 'dynamodb:UpdateItem'];
    return Grant.addToPrincipal({ grantee, actions, resourceArns: [this.arn] });
  }

  grantStreamRead(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({ grantee, actions: READ_STREAM, resourceArns: [this.streamArn] });
  }
}
