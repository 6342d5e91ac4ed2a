import { Aws, Stack, Validations } from 'aws-cdk-lib';
import { Effect, type IGrantable, type ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { IamStatement } from '#infra/manifest/iam.ts';
import { platformResources } from '#infra/manifest/platform-resources.ts';

const PSEUDO: Readonly<Record<string, string>> = {
  '${AWS::Partition}': Aws.PARTITION,
  '${AWS::Region}': Aws.REGION,
  '${AWS::AccountId}': Aws.ACCOUNT_ID,
};

const resolved = (resource: string): string =>
  Object.entries(PSEUDO).reduce((text, [name, value]) => text.replaceAll(name, value), resource);

/** Grants a statement of a manifest as it is written; the project that hosts `plugin` allows it by name. */
export function grantStatement(
  grantee: Construct & IGrantable,
  { sid, actions, resources, conditions }: IamStatement,
  plugin: string,
): void {
  grantee.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({
      sid,
      actions: [...actions],
      resources: resources.map(resolved),
      ...(conditions && { conditions }),
    }),
  );
  const wild = resources.filter((resource) => resource.includes('*'));
  if (wild.length === 0) return;
  const reason = `The project allows the statement ${sid} of ${plugin} in its package.json`;
  Validations.of(grantee).acknowledge(
    ...wild.map((resource) => ({
      // As cdk-nag writes it.
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::${resource.replaceAll(/\$\{([^}]*)\}/g, '<$1>')}]`,
      reason,
    })),
    { id: 'Serverless::Serverless-LambdaStarPermissions', reason },
  );
}

/**
 * Denies everything on what the platform manages but the actions that are allowed so far, each of which has its own
 * resources: a statement that is granted later cannot reach it, whatever its resources are.
 */
export function denyPlatform(boundary: ManagedPolicy): void {
  const { Statement: statements = [] } = Stack.of(boundary).resolve(boundary.document.toJSON()) as {
    readonly Statement?: readonly { readonly Action: string | readonly string[] }[];
  };
  boundary.addStatements(
    new PolicyStatement({
      sid: 'DenyPlatform',
      effect: Effect.DENY,
      notActions: [...new Set(statements.flatMap(({ Action: actions }) => actions))].sort(),
      resources: [...platformResources],
    }),
  );
}
