import type { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { PluginPermissions } from './plugin-permissions.ts';
import type { PluginResources } from './plugin-resources.ts';
import type { PluginStackProps } from './plugin-stack-props.ts';

/** What the functions of a plugin are made with, and what is granted to them. */
export interface PluginParts extends PluginStackProps {
  readonly resources: PluginResources;
  readonly permissions: PluginPermissions;
  /** Upper bound of every role of the plugin. */
  readonly boundary: ManagedPolicy;
}
