import { SecretValue, Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { names, type Deployment } from '../deployment/deployment.ts';
import { viaService } from './key-access.ts';
import { removalPolicyOf } from './removal.ts';

/**
 * First value of every secret. It does not depend on the manifest's config version: CloudFormation writes the value
 * again whenever the property changes, and so would wipe the stored configuration.
 */
const INITIAL = JSON.stringify({ configVersion: 1, values: {} });

/** A plugin's configuration, in a secret under a key of its own. */
export class PluginSecret extends Construct {
  readonly arn: string;
  readonly logicalId: string;
  readonly #keyArn: string;

  constructor(scope: Construct, id: string, props: { deployment: Deployment; plugin: string }) {
    super(scope, id);
    const { deployment, plugin } = props;
    const removalPolicy = removalPolicyOf(deployment);
    const key = new Key(this, 'Key', {
      description: `Configuration of the plugin ${plugin} (${deployment.stage})`,
      enableKeyRotation: true,
      removalPolicy,
    });
    const secret = new Secret(this, 'Secret', {
      secretName: names.secret(deployment.stage, plugin),
      description: `Configuration of the plugin ${plugin}`,
      encryptionKey: key,
      secretStringValue: SecretValue.unsafePlainText(INITIAL),
      removalPolicy,
    });
    const resource = secret.node.defaultChild as CfnSecret;
    Validations.of(resource).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SMG4',
      reason:
        'Holds the keys of providers, which nobody can rotate but the provider and the operator together',
    });
    this.arn = secret.secretArn;
    this.logicalId = secret.stack.getLogicalId(resource);
    this.#keyArn = key.keyArn;
  }

  /** Read of the configuration, and of its key by way of Secrets Manager alone. */
  grantRead(grantee: IGrantable): Grant {
    const secret = Grant.addToPrincipal({
      grantee,
      actions: ['secretsmanager:GetSecretValue'],
      resourceArns: [this.arn],
    });
    return Grant.addToPrincipal({
      grantee,
      actions: ['kms:Decrypt'],
      resourceArns: [this.#keyArn],
      conditions: {
        StringEquals: viaService('secretsmanager'),
      },
    }).combine(secret);
  }
}
