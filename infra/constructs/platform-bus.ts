import { CfnArchive, EventBus } from 'aws-cdk-lib/aws-events';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { names, type Deployment } from '../deployment/deployment.ts';

interface Publication {
  /** EventBridge's `source`, which names the plugin that publishes. */
  readonly source: string;
  /** Event type without its version, or `<prefix>.*`; any type of the source when left out. */
  readonly type?: string;
}

/** The event bus of a deployment, which all plugins share. */
export class PlatformBus extends Construct {
  readonly name: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, { deployment }: { readonly deployment: Deployment }) {
    super(scope, id);
    const { stage, archiveDays } = deployment;
    const bus = new EventBus(this, 'Default', {
      eventBusName: names.bus(stage),
      description: `Events of all plugins (${stage})`,
    });
    if (archiveDays > 0) {
      new CfnArchive(this, 'Archive', {
        archiveName: names.bus(stage),
        description: `Events of all plugins (${stage}), to be replayed`,
        sourceArn: bus.eventBusArn,
        eventPattern: { source: [{ prefix: names.eventSource(stage, '') }] },
        retentionDays: archiveDays,
      });
    }
    this.name = bus.eventBusName;
    this.arn = bus.eventBusArn;
  }

  grantPublish(grantee: IGrantable, { source, type }: Publication): Grant {
    const detailType = type === undefined || type.endsWith('.*') ? type : `${type}.v*`;
    return Grant.addToPrincipal({
      grantee,
      actions: ['events:PutEvents'],
      resourceArns: [this.arn],
      conditions: {
        StringEquals: { 'events:source': source },
        ...(detailType !== undefined && { StringLike: { 'events:detail-type': detailType } }),
      },
    });
  }
}
