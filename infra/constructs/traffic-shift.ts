import { Aws, Stack, Validations } from 'aws-cdk-lib';
import { CfnApplication, CfnDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { Grant, type IGrantable, ManagedPolicy, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Alias, CfnAlias } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { names, type Deployment } from '../deployment/deployment.ts';
import { BoundedRole } from './bounded-role.ts';
import { aliasArn, functionArn } from './function-alias.ts';

export interface TrafficShiftProps {
  readonly deployment: Deployment;
  readonly plugin: string;
  /** CodeDeploy's name of how traffic moves. */
  readonly deploymentConfig: string;
  /** Alarms of the plugin that end a deployment in a roll back. */
  readonly alarmNames: readonly string[];
  /** What is moved; each alias gets a deployment group, since a group has one deployment at a time. */
  readonly aliases: readonly ShiftedAlias[];
  /** Physical name of the function that checks a new version before it gets traffic; undefined for no check. */
  readonly hookName: string | undefined;
}

export interface ShiftedAlias {
  /** The function's key in the manifest. */
  readonly key: string;
  readonly aliasName: string;
  readonly alias: Alias;
}

/** Has CodeDeploy move aliases to new versions in steps, and back when an alarm goes off or the check fails. */
export class TrafficShift extends Construct {
  readonly #groups: readonly CfnDeploymentGroup[];
  readonly #application: CfnApplication;

  constructor(scope: Construct, id: string, props: TrafficShiftProps) {
    super(scope, id);
    const { deployment, plugin, aliases } = props;
    this.#application = new CfnApplication(this, 'Application', {
      applicationName: names.deployApplication(deployment.stage, plugin),
      computePlatform: 'Lambda',
    });
    const role = this.#role(props);
    this.#groups = aliases.map((shifted) => this.#shift(shifted, role, props));
  }

  /** Telling CodeDeploy the outcome of a hook, in deployments of this plugin alone. */
  grantReport(grantee: IGrantable): void {
    const stack = Stack.of(this);
    Grant.addToPrincipal({
      grantee,
      actions: ['codedeploy:PutLifecycleEventHookExecutionStatus'],
      resourceArns: this.#groups.map(({ ref }) =>
        stack.formatArn({
          service: 'codedeploy',
          resource: `deploymentgroup:${this.#application.ref}`,
          resourceName: ref,
        }),
      ),
    });
  }

  /** What CodeDeploy may do: move these aliases, see alarms, and start the hook. */
  #role({ deployment: { stage }, plugin, aliases, hookName }: TrafficShiftProps): BoundedRole {
    const stack = Stack.of(this);
    const boundary = new ManagedPolicy(this, 'Boundary', {
      description: `What CodeDeploy cannot go beyond for the plugin ${plugin}`,
    });
    const role = new BoundedRole(this, 'Role', {
      assumedBy: new ServicePrincipal('codedeploy.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
          ArnLike: {
            'aws:SourceArn': stack.formatArn({
              service: 'codedeploy',
              resource: `deploymentgroup:${names.deployApplication(stage, plugin)}`,
              resourceName: '*',
            }),
          },
        },
      }),
      description: `Moves traffic to new versions of ${plugin}`,
      boundary,
    });
    const functions = [...new Set(aliases.map(({ key }) => names.function(stage, plugin, key)))];
    const aliasArns = aliases.map(({ key, aliasName }) =>
      aliasArn(this, names.function(stage, plugin, key), aliasName),
    );
    for (const grantee of [role, boundary]) {
      Grant.addToPrincipal({
        grantee,
        actions: ['lambda:GetAlias', 'lambda:UpdateAlias', 'lambda:GetProvisionedConcurrencyConfig'],
        resourceArns: [...functions.map((name) => functionArn(this, name)), ...aliasArns],
      });
      Grant.addToPrincipal({ grantee, actions: ['cloudwatch:DescribeAlarms'], resourceArns: ['*'] });
      if (hookName !== undefined) {
        const hookArn = functionArn(this, hookName);
        Grant.addToPrincipal({ grantee, actions: ['lambda:InvokeFunction'], resourceArns: [hookArn] });
      }
      Validations.of(grantee).acknowledge({
        id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
        reason:
          'Reading the state of alarms: CodeDeploy asks for all that its groups name, and CloudWatch knows no narrower scope for composite ones',
      });
    }
    return role;
  }

  #shift(
    { key, aliasName, alias }: ShiftedAlias,
    role: BoundedRole,
    props: TrafficShiftProps,
  ): CfnDeploymentGroup {
    const { deploymentConfig, alarmNames, hookName } = props;
    const group = new CfnDeploymentGroup(this, `Group-${key}-${aliasName}`, {
      applicationName: this.#application.ref,
      serviceRoleArn: role.arn,
      deploymentConfigName: deploymentConfig,
      deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
      alarmConfiguration: {
        enabled: true,
        alarms: alarmNames.map((name) => ({ name })),
      },
      autoRollbackConfiguration: {
        enabled: true,
        events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
      },
    });
    (alias.node.defaultChild as CfnAlias).cfnOptions.updatePolicy = {
      codeDeployLambdaAliasUpdate: {
        applicationName: this.#application.ref,
        deploymentGroupName: group.ref,
        ...(hookName !== undefined && { beforeAllowTrafficHook: hookName }),
      },
    };
    return group;
  }
}
