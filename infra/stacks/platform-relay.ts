import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { DeadLetterQueue } from '#infra/constructs/dead-letter-queue.ts';
import type { ErrorsTable } from '#infra/constructs/errors-table.ts';
import { EventRelay } from '#infra/constructs/event-relay.ts';
import type { PlatformBus } from '#infra/constructs/platform-bus.ts';
import { PluginFunction } from '#infra/constructs/plugin-function.ts';
import { names, type Deployment } from '#infra/deployment/deployment.ts';
import { platformEvents } from '#infra/manifest/platform-events.ts';
import { OUTBOX_PREFIX } from '#runtime/error-tracking/error-items.ts';

export interface PlatformRelayProps {
  readonly deployment: Deployment;
  /** Folder of the bundle that the relays of plugins run too. */
  readonly relayDir: string;
  readonly errors: ErrorsTable;
  readonly bus: PlatformBus;
  readonly deadLetters: DeadLetterQueue;
}

/** The function that publishes the platform's own events from the outbox of the table of errors. */
export function createPlatformRelay(scope: Construct, props: PlatformRelayProps): PluginFunction {
  const { deployment, relayDir, errors, bus, deadLetters } = props;
  const source = names.eventSource(deployment.stage, 'platform');
  const boundary = new ManagedPolicy(scope, 'RelayBoundary', {
    description: "What the function that publishes the platform's events cannot go beyond",
  });
  const relay = new PluginFunction(scope, 'Function-errors-relay', {
    deployment,
    plugin: 'platform',
    key: 'relay',
    code: Code.fromAsset(relayDir),
    handler: 'relay.handler',
    description: "Publishes the platform's events from its outbox",
    memoryMb: 256,
    timeoutSeconds: 60,
    environment: { ANINEEPLUS_BUS_NAME: bus.name, ANINEEPLUS_EVENT_SOURCE: source },
    boundary,
    metadata: { grantable: [] },
  });
  for (const grantee of [relay, boundary]) {
    errors.grantStreamRead(grantee);
    for (const { type } of platformEvents) bus.grantPublish(grantee, { source, type });
    deadLetters.grantSend(grantee);
  }
  new EventRelay(scope, 'Relay', {
    streamArn: errors.streamArn,
    sortKey: 'SK',
    sortKeyPrefix: OUTBOX_PREFIX,
    deadLetters,
    relay: relay.alias,
  });
  return relay;
}
