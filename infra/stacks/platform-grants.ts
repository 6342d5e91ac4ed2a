import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { names } from '#infra/deployment/deployment.ts';
import type { HttpApi } from '#infra/constructs/http-api.ts';
import { aliasArn, functionArn, grantInvoke } from '#infra/constructs/function-alias.ts';
import { viaService } from '#infra/constructs/key-access.ts';
import { aliases } from '#runtime/aliases.ts';

/*
 * The functions of the platform work for every plugin of their stage, and IAM takes policies of a bounded size. So what
 * they may use is named by pattern: a policy is the same for one plugin and for a hundred, and a new plugin changes no
 * role of the platform. A pattern ends in the alias that exists for this one invoker, and names of another stage never
 * match, since a stage's name has no hyphen.
 */

type Grantee = Construct & IGrantable;

/** Invoke of each plugin's health check. */
export const grantHealthChecks = (grantee: Grantee, stage: string): void =>
  grantInvokeByAlias(grantee, stage, aliases.health);

/** Invoke of the functions behind the fields of the GraphQL schema. */
export const grantGraphqlFields = (grantee: Grantee, stage: string): void =>
  grantInvokeByAlias(grantee, stage, aliases.graphql);

function grantInvokeByAlias(grantee: Grantee, stage: string, alias: string): void {
  const pattern = `${names.prefix(stage)}*`;
  grantInvoke(grantee, [aliasArn(grantee, pattern, alias)]);
  acknowledge(
    grantee,
    `lambda:<AWS::Region>:<AWS::AccountId>:function:${pattern}:${alias}`,
    `Functions of this stage have the alias "${alias}" for this invoker alone, and only where it may invoke them`,
  );
}

const READ_SECRET = { secrets: ['secretsmanager:GetSecretValue'], key: ['kms:Decrypt'] };
const CHANGE_SECRET = {
  secrets: [
    ...READ_SECRET.secrets,
    'secretsmanager:ListSecretVersionIds',
    'secretsmanager:PutSecretValue',
    'secretsmanager:UpdateSecretVersionStage',
  ],
  key: [...READ_SECRET.key, 'kms:GenerateDataKey'],
};

/** Read and change of the secret of each plugin that has a configuration, and the checks of a new one by the plugin. */
export function grantConfigurations(grantee: Grantee, stage: string): void {
  grantSecrets(grantee, stage, CHANGE_SECRET);
  grantInvokeByAlias(grantee, stage, aliases.config);
}

/** Read of the secret of each plugin that has a configuration. */
export const grantReadConfigurations = (grantee: Grantee, stage: string): void =>
  grantSecrets(grantee, stage, READ_SECRET);

function grantSecrets(grantee: Grantee, stage: string, actions: typeof READ_SECRET): void {
  const stack = Stack.of(grantee);
  const pattern = `secret:${names.secret(stage, '')}*`;
  const secretArn = stack.formatArn({
    service: 'secretsmanager',
    resource: pattern,
    arnFormat: ArnFormat.NO_RESOURCE_NAME,
  });
  Grant.addToPrincipal({ grantee, actions: actions.secrets, resourceArns: [secretArn] });
  const anyKey = stack.formatArn({ service: 'kms', resource: 'key', resourceName: '*' });
  Grant.addToPrincipal({
    grantee,
    actions: actions.key,
    resourceArns: [anyKey],
    conditions: {
      StringEquals: viaService('secretsmanager'),
      StringLike: { 'kms:EncryptionContext:SecretARN': secretArn },
    },
  });
  acknowledge(
    grantee,
    `secretsmanager:<AWS::Region>:<AWS::AccountId>:${pattern}`,
    'The prefix is that of the configurations of this stage, each a secret in the stack of its plugin',
  );
  acknowledge(
    grantee,
    'kms:<AWS::Region>:<AWS::AccountId>:key/*',
    'Each secret has a key in the stack of its plugin; the conditions leave only these secrets, by Secrets Manager',
  );
}

/** Switching the event source mappings of subscriptions, which are off while their plugin is unloaded. */
export function grantSwitchMappings(grantee: Grantee, stage: string): void {
  const functions = functionArn(grantee, `${names.prefix(stage)}*`);
  const relays = functionArn(grantee, `${names.prefix(stage)}*-relay`);
  const anyMapping = Stack.of(grantee).formatArn({
    service: 'lambda',
    resource: 'event-source-mapping',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  Grant.addToPrincipal({ grantee, actions: ['lambda:ListEventSourceMappings'], resourceArns: ['*'] });
  Grant.addToPrincipal({
    grantee,
    actions: ['lambda:UpdateEventSourceMapping'],
    resourceArns: [anyMapping],
    conditions: {
      ArnLike: { 'lambda:FunctionArn': functions },
      // An outbox is published whatever state its plugin has.
      ArnNotLike: { 'lambda:FunctionArn': [relays, `${relays}:${aliases.live}`] },
    },
  });
  const anyResource =
    'AWS has no resource and no condition for lambda:ListEventSourceMappings, which only reads';
  Validations.of(grantee).acknowledge(
    { id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]', reason: anyResource },
    { id: 'Serverless::Serverless-LambdaStarPermissions', reason: anyResource },
  );
  acknowledge(
    grantee,
    'lambda:<AWS::Region>:<AWS::AccountId>:event-source-mapping:*',
    'AWS chooses the ids of mappings; the conditions leave those of functions of this stage, without the relays',
  );
}

/** Throttles of routes: changes of the API's stage, and removal of what it has for single routes. */
export function grantThrottleRoutes(grantee: Grantee, { apiId, stage }: HttpApi): void {
  const stack = Stack.of(grantee);
  const stageArn = stack.formatArn({
    service: 'apigateway',
    account: '',
    resource: `/apis/${apiId}/stages/${stage.stageName}`,
    arnFormat: ArnFormat.NO_RESOURCE_NAME,
  });
  const settings = `${stageArn}/routesettings/*`;
  Grant.addToPrincipal({ grantee, actions: ['apigateway:PATCH'], resourceArns: [stageArn] });
  Grant.addToPrincipal({ grantee, actions: ['apigateway:DELETE'], resourceArns: [settings] });
  const { Ref: api } = stack.resolve(apiId) as { readonly Ref: string };
  acknowledge(
    grantee,
    `apigateway:<AWS::Region>::/apis/<${api}>/stages/${stage.stageName}/routesettings/*`,
    'Plugins bring the routes of this one stage, and it takes settings for them from this function alone',
  );
}

/** Acknowledges for cdk-nag a resource with a wildcard, as cdk-nag writes its ARN. */
function acknowledge(grantee: Grantee, resource: string, reason: string): void {
  Validations.of(grantee).acknowledge({
    id: `AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:${resource}]`,
    reason,
  });
}
