import { AttributeType, Billing, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable, type ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { names, type Deployment } from '../deployment/deployment.ts';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import { PluginFunction } from './plugin-function.ts';
import { PluginSchedules } from './plugin-schedules.ts';
import { keepsData } from './plugin-table.ts';

/** The platform's function, and its schedule. */
const KEY = 'backup';

/** At night in most places, and not with all that runs on the hour. */
const DAILY = '17 2 * * ? *';

export interface ConfigBackupsProps {
  readonly deployment: Deployment;
  readonly backupKey: string;
  readonly code: Code;
  /** Upper bound of what the function may do. */
  readonly boundary: ManagedPolicy;
}

/** Keeps a copy of every plugin's configuration once a day, sealed to the operator's key, in a table of its own. */
export class ConfigBackups extends Construct {
  readonly function: PluginFunction;
  /** Of runs that failed. */
  readonly deadLetters: DeadLetterQueue;
  readonly #tableArn: string;

  constructor(scope: Construct, id: string, { deployment, backupKey, code, boundary }: ConfigBackupsProps) {
    super(scope, id);
    const { stage } = deployment;
    const table = new TableV2(this, 'Table', {
      tableName: names.backupTable(stage),
      partitionKey: { name: 'PK', type: AttributeType.STRING },
      sortKey: { name: 'SK', type: AttributeType.STRING },
      timeToLiveAttribute: 'ttl',
      billing: Billing.onDemand(),
      ...keepsData(deployment),
    });
    this.#tableArn = table.tableArn;
    const schedules = new PluginSchedules(this, 'Schedules', {
      deployment,
      plugin: 'platform',
      schedules: { [KEY]: { function: KEY, cron: DAILY } },
    });
    this.function = new PluginFunction(this, 'Function', {
      deployment,
      plugin: 'platform',
      key: KEY,
      code,
      handler: `${KEY}.handler`,
      description: 'Keeps sealed copies of the configuration of plugins',
      memoryMb: 256,
      timeoutSeconds: 300,
      environment: {
        ANINEEPLUS_CONFIG_SECRET_PREFIX: names.secret(stage, ''),
        ANINEEPLUS_CONFIG_BACKUP_TABLE: table.tableName,
        ANINEEPLUS_CONFIG_BACKUP_KEY: backupKey,
      },
      boundary,
      metadata: { grantable: [] },
    });
    for (const grantee of [this.function, boundary]) {
      Grant.addToPrincipal({ grantee, actions: ['dynamodb:PutItem'], resourceArns: [this.#tableArn] });
      schedules.grantSendFailed(grantee);
    }
    schedules.grantInvokeAll(boundary);
    schedules.bind(() => this.function.alias, boundary);
    this.deadLetters = schedules.deadLetters;
  }

  /** Read of all backups, which are sealed. */
  grantRead(grantee: IGrantable): Grant {
    const actions = ['dynamodb:GetItem', 'dynamodb:Query'];
    return Grant.addToPrincipal({ grantee, actions, resourceArns: [this.#tableArn] });
  }
}
