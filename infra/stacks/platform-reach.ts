import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { healthFunctionOf } from '#infra/bundling/compose/directory.ts';
import { names } from '#infra/constructs/deployment.ts';
import { aliasArn, liveAliasArn, registryRead } from '#infra/constructs/permissions.ts';
import type { LoadedPlugin } from '#infra/manifest/types.ts';
import { aliases } from '#runtime/aliases.ts';

/** What one function of the platform may do. */
export interface Reach {
  /** New statements on each call, since a policy takes possession of them. */
  readonly statements: () => PolicyStatement[];
  /** Records on `holder` why a wildcard in these statements cannot be avoided. */
  readonly acknowledge?: (holder: Construct) => void;
}

function invoke(scope: Construct, functions: ReadonlySet<string>, alias: string): PolicyStatement[] {
  if (functions.size === 0) return [];
  const resources = [...functions].sort().map((name) => aliasArn(scope, name, alias));
  return [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources })];
}

/** The mappings that feed subscriptions: they stand still while their plugin is unloaded. */
function switchMappings(scope: Construct, functionNames: readonly string[]): PolicyStatement[] {
  if (functionNames.length === 0) return [];
  const stack = Stack.of(scope);
  const functionArns = functionNames.flatMap((name) => {
    const live = liveAliasArn(scope, name);
    return [live, live.slice(0, -':live'.length)];
  });
  const mappings = stack.formatArn({
    service: 'lambda',
    resource: 'event-source-mapping',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return [
    new PolicyStatement({ actions: ['lambda:ListEventSourceMappings'], resources: ['*'] }),
    new PolicyStatement({
      actions: ['lambda:UpdateEventSourceMapping'],
      resources: [mappings],
      conditions: { ArnEquals: { 'lambda:FunctionArn': functionArns } },
    }),
  ];
}

/** As cdk-nag writes the ARN of any mapping. */
const ANY_MAPPING = 'arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:event-source-mapping:*';

function acknowledgeMappings(holder: Construct): void {
  Validations.of(holder).acknowledge(
    {
      id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
      reason: 'AWS has no resource and no condition for lambda:ListEventSourceMappings, which only reads',
    },
    {
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::${ANY_MAPPING}]`,
      reason: 'AWS chooses the ids of mappings; the condition names the functions whose mappings are meant',
    },
  );
}

/** The `plugins` function: the registry, health checks, and the mappings of subscriptions. */
export function registryStatements(
  scope: Construct,
  registryArn: string,
  plugins: readonly LoadedPlugin[],
  stage: string,
): Reach {
  const health = plugins.flatMap(({ manifest }) => {
    const key = healthFunctionOf(manifest);
    return key === undefined ? [] : [names.function(stage, manifest.name, key)];
  });
  const subscribed = plugins.flatMap(({ manifest }) =>
    Object.values(manifest.events.subscribes).map((subscription) =>
      names.function(stage, manifest.name, subscription.function),
    ),
  );
  const mapped = [...new Set(subscribed)].sort();
  return {
    statements: () => [
      new PolicyStatement({
        actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
        resources: [registryArn],
      }),
      ...invoke(scope, new Set(health), aliases.health),
      ...switchMappings(scope, mapped),
    ],
    ...(mapped.length > 0 && { acknowledge: acknowledgeMappings }),
  };
}

/** The `graphql` function: the functions behind its fields, and the registry's word on which are loaded. */
export function graphqlStatements(
  scope: Construct,
  registryArn: string,
  plugins: readonly LoadedPlugin[],
  stage: string,
): Reach {
  const behind = plugins.flatMap(({ manifest }) =>
    Object.values(manifest.operations).flatMap(({ graphql, expose, function: key }) =>
      graphql && expose === 'public' ? [names.function(stage, manifest.name, key)] : [],
    ),
  );
  return {
    statements: () => [
      registryRead(registryArn, 'platform'),
      ...invoke(scope, new Set(behind), aliases.graphql),
    ],
  };
}
