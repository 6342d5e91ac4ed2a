import { CfnOutput, Stack } from 'aws-cdk-lib';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { shiftTraffic } from './plugin-deploy.ts';
import { createPluginFunctions, createRelayFunction } from './plugin-functions.ts';
import { grantBoundary, grantFunctions, grantRelay } from './plugin-grants.ts';
import { pluginMetadata } from './plugin-metadata.ts';
import { monitorPlugin } from './plugin-monitoring.ts';
import type { PluginParts } from './plugin-parts.ts';
import { createPluginPermissions } from './plugin-permissions.ts';
import { createPluginResources } from './plugin-resources.ts';
import type { PluginStackProps } from './plugin-stack-props.ts';
import {
  feedRelay,
  feedSubscriptions,
  openWebhooks,
  routeOperations,
  type Target,
} from './plugin-triggers.ts';

/** Everything that one plugin owns. It refers to the platform's stack and to nothing else. */
export class PluginStack extends Stack {
  constructor(scope: Construct, id: string, props: PluginStackProps) {
    super(scope, id, props);
    const { deployment, platform, plugin } = props;
    const { manifest } = plugin;
    const resources = createPluginResources(this, props);
    const { tables, secret, subscriptions, schedules } = resources;
    const permissions = createPluginPermissions(this, { ...props, bus: platform.bus, tables });
    const boundary = new ManagedPolicy(this, 'Boundary', {
      description: `What no function of the plugin ${manifest.name} can go beyond`,
    });
    const parts: PluginParts = { ...props, resources, permissions, boundary };
    const functions = createPluginFunctions(this, parts);
    const relay = createRelayFunction(this, parts);

    grantBoundary(parts);
    grantFunctions(parts, functions);
    if (relay) grantRelay(parts, relay);
    const monitoring = monitorPlugin(this, parts, { ...functions, ...(relay && { relay }) });
    shiftTraffic(this, parts, functions, monitoring);

    const target: Target = (key) => {
      const found = functions[key];
      if (!found) throw new Error(`no function "${key}"`);
      return found.alias;
    };
    routeOperations(this, { deployment, api: platform.api, manifest }, target);
    openWebhooks(this, manifest, target);
    feedSubscriptions(this, { deployment, manifest, subscriptions }, target);
    schedules?.bind(target, boundary);
    if (relay) feedRelay(this, { manifest, tables, deadLetters: platform.relayDeadLetters }, relay.alias);

    if (secret) {
      const description = `Secret to put the configuration of ${manifest.name} into`;
      new CfnOutput(this, 'ConfigSecretArn', { value: secret.arn, description });
    }
    this.templateOptions.metadata = { AnineePlus: pluginMetadata(plugin, secret?.logicalId) };
  }
}
