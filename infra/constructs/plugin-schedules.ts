import { Stack } from 'aws-cdk-lib';
import { type IGrantable, type ManagedPolicy, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type Alias, CfnEventInvokeConfig } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { Manifest } from '#infra/manifest/schema.ts';
import { aliases } from '#runtime/aliases.ts';
import { BoundedRole } from './bounded-role.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { names, type Deployment } from '../deployment/deployment.ts';
import { grantInvoke, liveAliasArn } from './function-alias.ts';

/** A run that has not succeeded within an hour goes to the dead-letter queue; later runs have started since. */
const MAX_AGE_SECONDS = 3600;

export interface PluginSchedulesProps {
  readonly deployment: Deployment;
  readonly plugin: string;
  readonly schedules: Manifest['schedules'];
}

/** What runs at fixed times: one schedule each, in a group of the plugin's, with one dead-letter queue for all. */
export class PluginSchedules extends Construct {
  readonly deadLetters: DeadLetterQueue;
  readonly #props: PluginSchedulesProps;
  readonly #group: CfnScheduleGroup;

  constructor(scope: Construct, id: string, props: PluginSchedulesProps) {
    super(scope, id);
    this.#props = props;
    const { deployment, plugin } = props;
    this.#group = new CfnScheduleGroup(this, 'Group', {
      name: names.scheduleGroup(deployment.stage, plugin),
    });
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters', {
      deployment,
      queueName: names.queue(deployment.stage, plugin, 'schedules-dlq'),
    });
  }

  /** For functions that run schedules: Lambda sends a failed run to the dead-letter queue in their name. */
  grantSendFailed(grantee: IGrantable): void {
    this.deadLetters.grantSend(grantee);
  }

  /** Invoke of the functions that run schedules, by ARN: for the boundary, which is there before the functions. */
  grantInvokeAll(grantee: IGrantable): void {
    const { deployment, plugin } = this.#props;
    grantInvoke(
      grantee,
      this.#functions().map((key) => liveAliasArn(this, names.function(deployment.stage, plugin, key))),
    );
  }

  #functions(): string[] {
    return [...new Set(Object.values(this.#props.schedules).map((declared) => declared.function))];
  }

  /** Lets the schedules start their functions. */
  bind(target: (key: string) => Alias, boundary: ManagedPolicy): void {
    const { schedules } = this.#props;
    for (const key of Object.keys(schedules)) this.#schedule(key, target, boundary);
    for (const key of this.#functions()) {
      const alias = target(key);
      const config = new CfnEventInvokeConfig(this, `Runs-${key}`, {
        functionName: alias.lambda.functionName,
        qualifier: aliases.live,
        maximumRetryAttempts: 2,
        maximumEventAgeInSeconds: MAX_AGE_SECONDS,
        destinationConfig: { onFailure: { destination: this.deadLetters.arn } },
      });
      config.node.addDependency(alias);
    }
  }

  #schedule(key: string, target: (key: string) => Alias, boundary: ManagedPolicy): void {
    const { deployment, plugin, schedules } = this.#props;
    const { function: fn, rate, cron, description = `${plugin}: ${key}` } = schedules[key] ?? unknown(key);
    const alias = target(fn);
    const role = new BoundedRole(this, `Role-${key}`, {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        // Only this group's schedules may assume the role, and not any schedule that names it.
        conditions: {
          StringEquals: {
            'aws:SourceAccount': Stack.of(this).account,
            'aws:SourceArn': this.#group.attrArn,
          },
        },
      }),
      description: `Starts ${fn} of ${plugin}, for the schedule ${key}`,
      boundary,
    });
    grantInvoke(role, [alias.functionArn]);
    this.deadLetters.grantSend(role);
    const schedule = new CfnSchedule(this, `Schedule-${key}`, {
      name: names.schedule(deployment.stage, plugin, key),
      groupName: this.#group.ref,
      description,
      scheduleExpression: rate === undefined ? `cron(${cron})` : `rate(${rate})`,
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: alias.functionArn,
        roleArn: role.arn,
        input: JSON.stringify({
          kind: 'schedule',
          schedule: key,
          scheduledAt: '<aws.scheduler.scheduled-time>',
        }),
        retryPolicy: { maximumEventAgeInSeconds: MAX_AGE_SECONDS, maximumRetryAttempts: 5 },
        deadLetterConfig: { arn: this.deadLetters.arn },
      },
    });
    schedule.addMetadata('AnineePlus', { plugin, schedule: key });
  }
}

function unknown(key: string): never {
  throw new Error(`no schedule "${key}"`);
}
