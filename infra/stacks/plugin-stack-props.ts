import type { StackProps } from 'aws-cdk-lib';
import type { Deployment } from '#infra/deployment/deployment.ts';
import type { LoadedPlugin } from '#infra/manifest/types.ts';
import type { PlatformStack } from './platform-stack.ts';

export interface PluginStackProps extends StackProps {
  readonly deployment: Deployment;
  readonly platform: PlatformStack;
  readonly plugin: LoadedPlugin & { readonly stageValues?: Readonly<Record<string, unknown>> };
  /** Every plugin with a valid manifest, for what this one subscribes to and calls. */
  readonly all: readonly LoadedPlugin[];
  /** Folder of the plugin's bundle. */
  readonly codeDir: string;
  /** Folder of the relay's bundle, the same for all plugins. */
  readonly relayDir: string;
  /** Folder of the bundle of the check of new versions; only where a plugin's traffic moves in steps. */
  readonly deployCheckDir?: string | undefined;
}
