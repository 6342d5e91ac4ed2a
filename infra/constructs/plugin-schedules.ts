import { Duration, Stack } from 'aws-cdk-lib';
import {
  type ManagedPolicy,
  PolicyDocument,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { type Alias, CfnEventInvokeConfig } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Manifest } from '#infra/manifest/schema.ts';
import { aliases } from '#runtime/aliases.ts';
import { acknowledgeDeadLetterQueue } from './dead-letter-queue.ts';
import { names, type Deployment } from './deployment.ts';
import { liveAliasArn } from './permissions.ts';

/** A run that could not be started, or failed, within an hour is given up: the next ones have come since. */
const MAX_AGE_SECONDS = 3600;

export interface PluginSchedulesProps {
  readonly deployment: Deployment;
  readonly plugin: string;
  readonly schedules: Manifest['schedules'];
}

/** What runs at fixed times: one schedule each, in a group of the plugin's, with one dead-letter queue for all. */
export class PluginSchedules extends Construct {
  readonly #props: PluginSchedulesProps;
  readonly #group: CfnScheduleGroup;
  readonly #deadLetters: Queue;

  constructor(scope: Construct, id: string, props: PluginSchedulesProps) {
    super(scope, id);
    this.#props = props;
    const { deployment, plugin } = props;
    this.#group = new CfnScheduleGroup(this, 'Group', {
      name: names.scheduleGroup(deployment.stage, plugin),
    });
    this.#deadLetters = new Queue(this, 'DeadLetters', {
      queueName: names.queue(deployment.stage, plugin, 'schedules-dlq'),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledgeDeadLetterQueue(this.#deadLetters);
  }

  /** What a function that runs schedules needs, so that its failed runs are put aside. */
  putAsideStatement(): PolicyStatement {
    return new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.#deadLetters.queueArn] });
  }

  /** What the roles of schedules and the functions they run need, for the boundary of them all. */
  boundaryStatements(): PolicyStatement[] {
    const { deployment, plugin, schedules } = this.#props;
    const keys = new Set(Object.values(schedules).map((declared) => declared.function));
    const resources = [...keys].map((key) =>
      liveAliasArn(this, names.function(deployment.stage, plugin, key)),
    );
    return [this.putAsideStatement(), new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources })];
  }

  /** Lets the schedules start their functions. */
  bind(target: (key: string) => Alias, boundary: ManagedPolicy): void {
    const { schedules } = this.#props;
    for (const key of Object.keys(schedules)) this.#schedule(key, target, boundary);
    for (const key of new Set(Object.values(schedules).map((declared) => declared.function))) {
      const alias = target(key);
      const config = new CfnEventInvokeConfig(this, `Runs-${key}`, {
        functionName: alias.lambda.functionName,
        qualifier: aliases.live,
        maximumRetryAttempts: 2,
        maximumEventAgeInSeconds: MAX_AGE_SECONDS,
        destinationConfig: { onFailure: { destination: this.#deadLetters.queueArn } },
      });
      config.node.addDependency(alias);
    }
  }

  #schedule(key: string, target: (key: string) => Alias, boundary: ManagedPolicy): void {
    const { deployment, plugin, schedules } = this.#props;
    const { function: fn, rate, cron, description = `${plugin}: ${key}` } = schedules[key] ?? unknown(key);
    const alias = target(fn);
    const role = new Role(this, `Role-${key}`, {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        // Only this group's schedules, not those of whoever can name the role.
        conditions: {
          StringEquals: {
            'aws:SourceAccount': Stack.of(this).account,
            'aws:SourceArn': this.#group.attrArn,
          },
        },
      }),
      description: `Starts ${fn} of ${plugin}, for the schedule ${key}`,
      permissionsBoundary: boundary,
      inlinePolicies: {
        permissions: new PolicyDocument({
          statements: [
            new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [alias.functionArn] }),
            this.putAsideStatement(),
          ],
        }),
      },
    });
    const schedule = new CfnSchedule(this, `Schedule-${key}`, {
      name: names.schedule(deployment.stage, plugin, key),
      groupName: this.#group.ref,
      description,
      scheduleExpression: rate === undefined ? `cron(${cron})` : `rate(${rate})`,
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: alias.functionArn,
        roleArn: role.roleArn,
        input: JSON.stringify({
          kind: 'schedule',
          schedule: key,
          scheduledAt: '<aws.scheduler.scheduled-time>',
        }),
        retryPolicy: { maximumEventAgeInSeconds: MAX_AGE_SECONDS, maximumRetryAttempts: 5 },
        deadLetterConfig: { arn: this.#deadLetters.queueArn },
      },
    });
    schedule.addMetadata('AnineePlus', { plugin, schedule: key });
  }
}

function unknown(key: string): never {
  throw new Error(`no schedule "${key}"`);
}
