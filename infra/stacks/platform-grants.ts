import { ArnFormat, Aws, Stack, Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { configFunctionOf, healthFunctionOf } from '#infra/bundling/compose/directory.ts';
import { names } from '#infra/deployment/deployment.ts';
import { aliasArn, grantInvoke, liveAliasArn } from '#infra/constructs/function-alias.ts';
import type { Manifest } from '#infra/manifest/schema.ts';
import type { LoadedPlugin } from '#infra/manifest/types.ts';
import { aliases } from '#runtime/aliases.ts';

type Grantee = Construct & IGrantable;

/** Invoke of each plugin's health check. */
export function grantHealthChecks(grantee: Grantee, plugins: readonly LoadedPlugin[], stage: string): void {
  grantInvokeAll(grantee, functionsOf(plugins, stage, healthFunctionOf), aliases.health);
}

/** The function of each plugin that has one of its kind. */
const functionsOf = (
  plugins: readonly LoadedPlugin[],
  stage: string,
  keyOf: (manifest: Manifest) => string | undefined,
): readonly string[] =>
  plugins.flatMap(({ manifest }) => {
    const key = keyOf(manifest);
    return key === undefined ? [] : [names.function(stage, manifest.name, key)];
  });

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

const withConfig = (plugins: readonly LoadedPlugin[]) => plugins.filter(({ manifest }) => manifest.config);

/** Read and change of the secret of each plugin that has a configuration, and the checks of a new one by the plugin. */
export function grantConfigurations(grantee: Grantee, plugins: readonly LoadedPlugin[], stage: string): void {
  const configured = withConfig(plugins);
  grantSecrets(grantee, configured, stage, CHANGE_SECRET);
  grantInvokeAll(grantee, functionsOf(configured, stage, configFunctionOf), aliases.config);
}

/** Read of the secret of each plugin that has a configuration. */
export const grantReadConfigurations = (
  grantee: Grantee,
  plugins: readonly LoadedPlugin[],
  stage: string,
): void => grantSecrets(grantee, withConfig(plugins), stage, READ_SECRET);

function grantSecrets(
  grantee: Grantee,
  configured: readonly LoadedPlugin[],
  stage: string,
  actions: typeof READ_SECRET,
): void {
  if (configured.length === 0) return;
  const stack = Stack.of(grantee);
  const secretArns = configured.map(({ manifest }) =>
    stack.formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      // Secrets Manager adds six characters of its own; a plugin's secret belongs to its stack, which builds on this one.
      resourceName: `${names.secret(stage, manifest.name)}-??????`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
  );
  Grant.addToPrincipal({ grantee, actions: actions.secrets, resourceArns: secretArns });
  const anyKey = stack.formatArn({ service: 'kms', resource: 'key', resourceName: '*' });
  Grant.addToPrincipal({
    grantee,
    actions: actions.key,
    resourceArns: [anyKey],
    conditions: {
      StringEquals: { 'kms:ViaService': `secretsmanager.${Aws.REGION}.${Aws.URL_SUFFIX}` },
      StringLike: { 'kms:EncryptionContext:SecretARN': secretArns },
    },
  });
  Validations.of(grantee).acknowledge({
    id: `AwsSolutions::AwsSolutions-IAM5[Resource::${ANY_KEY}]`,
    reason:
      'Each secret has a key in the stack of its plugin; the conditions leave only these secrets, by Secrets Manager',
  });
}

/** As cdk-nag writes the ARN of any key. */
const ANY_KEY = 'arn:<AWS::Partition>:kms:<AWS::Region>:<AWS::AccountId>:key/*';

/** Invoke of the functions behind the fields of the GraphQL schema. */
export function grantGraphqlFields(grantee: Grantee, plugins: readonly LoadedPlugin[], stage: string): void {
  const functions = plugins.flatMap(({ manifest }) =>
    Object.values(manifest.operations).flatMap(({ graphql, expose, function: key }) =>
      graphql && expose === 'public' ? [names.function(stage, manifest.name, key)] : [],
    ),
  );
  grantInvokeAll(grantee, functions, aliases.graphql);
}

function grantInvokeAll(grantee: Grantee, functions: readonly string[], alias: string): void {
  const unique = [...new Set(functions)].sort();
  grantInvoke(
    grantee,
    unique.map((name) => aliasArn(grantee, name, alias)),
  );
}

/** Switching the event source mappings of subscriptions, which are off while their plugin is unloaded. */
export function grantSwitchMappings(grantee: Grantee, plugins: readonly LoadedPlugin[], stage: string): void {
  const subscribed = plugins.flatMap(({ manifest }) =>
    Object.values(manifest.events.subscribes).map((subscription) =>
      names.function(stage, manifest.name, subscription.function),
    ),
  );
  if (subscribed.length === 0) return;
  const functionArns = [...new Set(subscribed)].sort().flatMap((name) => {
    const live = liveAliasArn(grantee, name);
    return [live, live.slice(0, -':live'.length)];
  });
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
    conditions: { ArnEquals: { 'lambda:FunctionArn': functionArns } },
  });
  acknowledgeAnyMapping(grantee);
}

/** As cdk-nag writes the ARN of any mapping. */
const ANY_MAPPING = 'arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:event-source-mapping:*';

function acknowledgeAnyMapping(grantee: Grantee): void {
  const anyResource =
    'AWS has no resource and no condition for lambda:ListEventSourceMappings, which only reads';
  Validations.of(grantee).acknowledge(
    { id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]', reason: anyResource },
    { id: 'Serverless::Serverless-LambdaStarPermissions', reason: anyResource },
    {
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::${ANY_MAPPING}]`,
      reason: 'AWS chooses the ids of mappings; the condition names the functions whose mappings are meant',
    },
  );
}
