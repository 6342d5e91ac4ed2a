import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { names, type Deployment } from '../deployment/deployment.ts';
import { createTable, stringKey } from './create-table.ts';
import { grantKey } from './key-access.ts';

/** Which plugins are loaded, and which version of each one's configuration is in force. */
export class RegistryTable extends Construct {
  readonly table: ITable;
  readonly name: string;
  readonly arn: string;
  readonly #deployment: Deployment;

  constructor(scope: Construct, id: string, { deployment }: { readonly deployment: Deployment }) {
    super(scope, id);
    const table = createTable(this, 'Default', deployment, {
      tableName: names.registryTable(deployment.stage),
      partitionKey: stringKey('PK'),
      sortKey: stringKey('SK'),
    });
    this.#deployment = deployment;
    this.table = table;
    this.name = table.tableName;
    this.arn = table.tableArn;
  }

  /** Read of one plugin's entry, which every function's pipeline does before each call. */
  grantReadState(grantee: IGrantable, plugin: string): void {
    grantKey(grantee, this.#deployment, 'useTables');
    Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:GetItem'],
      resourceArns: [this.arn],
      conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [`PLUGIN#${plugin}`] } },
    });
  }

  /** Read and change of every plugin's entry and audit, for the function that loads and unloads plugins. */
  grantReadWrite(grantee: IGrantable): void {
    const actions = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'];
    grantKey(grantee, this.#deployment, 'useTables');
    Grant.addToPrincipal({ grantee, actions, resourceArns: [this.arn] });
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
