import { CfnOutput } from 'aws-cdk-lib';
import { type Alias, type CfnUrl, FunctionUrl, FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { pascal } from '#infra/deployment/deployment.ts';

export interface WebhookUrlProps {
  readonly plugin: string;
  readonly webhook: string;
  /** Where the local runner serves it. */
  readonly path: string;
  readonly maxBodyBytes: number;
  readonly target: Alias;
}

/** A public URL for a provider's webhooks. Open on purpose: the function verifies the signature over the raw body. */
export class WebhookUrl extends Construct {
  constructor(scope: Construct, id: string, props: WebhookUrlProps) {
    super(scope, id);
    const { plugin, webhook, path, maxBodyBytes, target } = props;
    const url = new FunctionUrl(this, 'Url', { function: target, authType: FunctionUrlAuthType.NONE });
    (url.node.defaultChild as CfnUrl).addMetadata('AnineePlus', { plugin, webhook, path, maxBodyBytes });
    const output = new CfnOutput(this, 'Address', {
      value: url.url,
      description: `Where the provider delivers to, locally ${path}`,
    });
    output.overrideLogicalId(`Webhook${pascal(webhook)}Url`);
  }
}
