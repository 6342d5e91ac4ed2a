import { Grant, type IGrantable, type ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { names, type Deployment } from '../deployment/deployment.ts';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import { createTable, stringKey } from './create-table.ts';
import { grantKey } from './key-access.ts';
import { PluginFunction } from './plugin-function.ts';
import { PluginSchedules } from './plugin-schedules.ts';

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
  readonly #deployment: Deployment;

  constructor(scope: Construct, id: string, { deployment, backupKey, code, boundary }: ConfigBackupsProps) {
    super(scope, id);
    const { stage } = deployment;
    const table = createTable(this, 'Table', deployment, {
      tableName: names.backupTable(stage),
      partitionKey: stringKey('PK'),
      sortKey: stringKey('SK'),
      timeToLiveAttribute: 'ttl',
    });
    this.#tableArn = table.tableArn;
    this.#deployment = deployment;
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
      this.#grant(grantee, ['dynamodb:PutItem']);
      schedules.grantSendFailed(grantee);
    }
    schedules.grantInvokeAll(boundary);
    schedules.bind(() => this.function.alias, boundary);
    this.deadLetters = schedules.deadLetters;
  }

  /** Read of all backups, which are sealed. */
  grantRead(grantee: IGrantable): void {
    this.#grant(grantee, ['dynamodb:GetItem', 'dynamodb:Query']);
  }

  #grant(grantee: IGrantable, actions: string[]): void {
    Grant.addToPrincipal({ grantee, actions, resourceArns: [this.#tableArn] });
    grantKey(grantee, this.#deployment, 'useTables');
  }
}
