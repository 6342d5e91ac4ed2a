import { AttributeType, Billing, type ITable, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { names, type Deployment } from '../deployment/deployment.ts';
import { keepsData } from './plugin-table.ts';

/** Which plugins are loaded, and which version of each one's configuration is in force. */
export class RegistryTable extends Construct {
  readonly table: ITable;
  readonly name: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, { deployment }: { readonly deployment: Deployment }) {
    super(scope, id);
    const table = new TableV2(this, 'Default', {
      tableName: names.registryTable(deployment.stage),
      partitionKey: { name: 'PK', type: AttributeType.STRING },
      sortKey: { name: 'SK', type: AttributeType.STRING },
      billing: Billing.onDemand(),
      ...keepsData(deployment),
    });
    this.table = table;
    this.name = table.tableName;
    this.arn = table.tableArn;
  }

  /** Read of one plugin's entry, which every function's pipeline does before each call. */
  grantReadState(grantee: IGrantable, plugin: string): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:GetItem'],
      resourceArns: [this.arn],
      conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [`PLUGIN#${plugin}`] } },
    });
  }

  /** Read and change of every plugin's entry and audit, for the function that loads and unloads plugins. */
  grantReadWrite(grantee: IGrantable): Grant {
    const actions = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'];
    return Grant.addToPrincipal({ grantee, actions, resourceArns: [this.arn] });
  }

  /** The same, and removal of what is known of versions that are gone; nobody may delete an entry of an audit. */
  grantConfigure(grantee: IGrantable): void {
    this.grantReadWrite(grantee);
    Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:DeleteItem'],
      resourceArns: [this.arn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['CONFIG#*'] } },
    });
  }
}
