import { CfnResource, RemovalPolicy } from 'aws-cdk-lib';
import type { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { aliases } from '#runtime/aliases.ts';
import { names, type Deployment } from '../deployment/deployment.ts';
import { aliasArn } from './function-alias.ts';

/** Type of the custom resource, as it stands in the template. */
const QUEUE_STATE = 'Custom::AnineePlusQueueState';

/** How long CloudFormation waits for an answer. */
const TIMEOUT_SECONDS = 120;

export interface QueueStateProps {
  readonly deployment: Deployment;
  readonly plugin: string;
  readonly mappings: readonly CfnEventSourceMapping[];
}

/**
 * Brings new event source mappings of a plugin to the state that the registry has for it: a plugin that is unloaded
 * when a subscription is deployed gets none of its messages. CloudFormation calls it whenever a mapping is created or
 * replaced, since its id is a property.
 */
export class QueueState extends Construct {
  readonly resource: CfnResource;

  constructor(scope: Construct, id: string, { deployment, plugin, mappings }: QueueStateProps) {
    super(scope, id);
    this.resource = new CfnResource(this, 'Resource', {
      type: QUEUE_STATE,
      properties: {
        ServiceToken: aliasArn(
          this,
          names.function(deployment.stage, 'platform', 'plugins'),
          aliases.deployment,
        ),
        ServiceTimeout: TIMEOUT_SECONDS,
        plugin,
        mappings: mappings.map(({ ref }) => ref),
      },
    });
    // There is nothing to delete, and the platform's function may have been deleted before.
    this.resource.applyRemovalPolicy(RemovalPolicy.RETAIN);
  }
}
